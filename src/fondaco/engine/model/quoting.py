"""Which articles an answer was made from, told by the words that both have.

Everyday words stand in every article, so it takes some that say what a text is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from fondaco.domain.articles import Passage
from fondaco.domain.events import Citation

_GRAM = 4  # letters; two in scripts that write words with few
_DENSE_FROM = "\u2e80"  # Chinese, Japanese and Korean letters lie behind this one
_SHARE = 0.2  # of the answer's grams that an article must hold to be named
_MOST = 3
_TELLING = (
    4  # points that what both have must make: two long words, a figure and a word, four Far Eastern pairs
)
_LONG = 5  # letters from which on a word tells what a text is about
_STEM = 6  # letters of it that count, so that its ending does not matter
_WORD = re.compile(r"[^\W_]+")


def quoted(text: str, passages: tuple[Passage, ...]) -> tuple[Citation, ...]:
    """Return the articles that hold a fifth of the answer or more, the nearest first, three at most."""
    said = _grams(text) if passages else set()
    if not said:
        return ()
    about = _topics(text)
    shares: dict[str, tuple[float, Passage]] = {}
    for passage in passages:
        share = len(said & _grams_of_article(passage.text)) / len(said)
        if share >= _SHARE and _points(about & _topics_of_article(passage.text)) >= _TELLING:
            shares.setdefault(passage.article_id, (share, passage))
    nearest = sorted(shares.values(), key=lambda found: found[0], reverse=True)[:_MOST]
    return tuple(Citation(one.article_id, one.key, one.title) for _, one in nearest)


# The same passages are found again and again.
@lru_cache(maxsize=1024)
def _grams_of_article(text: str) -> frozenset[str]:
    return frozenset(_grams(text))


@lru_cache(maxsize=1024)
def _topics_of_article(text: str) -> frozenset[str]:
    return frozenset(_topics(text))


def _points(topics: Iterable[str]) -> int:
    return sum(map(_worth, topics))


def _worth(topic: str) -> int:
    if topic[0].isdigit():
        return 3
    return 2 if topic[0] < _DENSE_FROM and len(topic) >= _LONG else 1


def _topics(text: str) -> set[str]:
    """Return the figures, the longer words without their endings, and the pairs of Far Eastern signs."""
    topics: set[str] = set()
    for word in _words(text):
        if word[0] >= _DENSE_FROM:
            topics.update(map("".join, pairwise(word)))
        elif word[0].isdigit() or len(word) >= _GRAM:
            topics.add(word[:_STEM])
    return topics


def _grams(text: str) -> set[str]:
    grams: set[str] = set()
    for word in _words(text):
        size = 2 if word[0] >= _DENSE_FROM else _GRAM
        grams.update(word[place : place + size] for place in range(max(1, len(word) - size + 1)))
    return grams


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())
