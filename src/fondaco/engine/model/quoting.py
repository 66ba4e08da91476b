"""Which articles an answer was made from, told by the words that both have."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from fondaco.domain.articles import Passage
from fondaco.domain.events import Citation

_GRAM = 4  # letters; two in scripts that write words with few
_DENSE_FROM = "\u2e80"  # Chinese, Japanese and Korean letters lie behind this one
_SHARE = 0.2  # of the answer's grams that an article must hold to be named
_MOST = 3
_WORD = re.compile(r"[^\W_]+")


def quoted(text: str, passages: tuple[Passage, ...]) -> tuple[Citation, ...]:
    """Return the articles that hold a fifth of the answer or more, the nearest first, three at most."""
    said = _grams(text)
    if not said:
        return ()
    shares: dict[str, tuple[float, Passage]] = {}
    for passage in passages:
        share = len(said & _grams_of_article(passage.text)) / len(said)
        if share >= _SHARE:
            shares.setdefault(passage.article_id, (share, passage))
    nearest = sorted(shares.values(), key=lambda found: found[0], reverse=True)[:_MOST]
    return tuple(Citation(one.article_id, one.key, one.title) for _, one in nearest)


# The same passages are found again and again.
@lru_cache(maxsize=1024)
def _grams_of_article(text: str) -> frozenset[str]:
    return frozenset(_grams(text))


def _grams(text: str) -> set[str]:
    grams: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        size = 2 if word[0] >= _DENSE_FROM else _GRAM
        grams.update(word[place : place + size] for place in range(max(1, len(word) - size + 1)))
    return grams
