"""The terms under which a turn is found: words without their endings, and pairs of CJK characters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from fondaco.kit.text import has_cjk, pairs, words
from fondaco.memory.recall.cues import SMALL_WORDS

_KNOWN_WORDS = 8_192  # the same words come again and again
_LEAST_STEM = 3
#: English and German endings, and what stands for them; the first that fits is taken off.
_ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("ings", ""),
    ("ing", ""),
    ("ungen", "ung"),
    ("ern", ""),
    ("ers", "er"),
    ("est", ""),
    ("ed", ""),
    ("es", ""),
    ("en", ""),
    ("em", ""),
    ("s", ""),
    ("ly", ""),
    ("e", ""),
    ("n", ""),
)
_KEPT_DOUBLE = "lsz"  # fill, miss and buzz end so by themselves


def terms(text: str) -> list[str]:
    """Return the terms of ``text`` in order, each as often as it stands there; grammar words have none."""
    return list(_terms(text))


def _terms(text: str) -> Iterator[str]:
    for run in words(text):
        if not run.isascii() and has_cjk(run):
            yield from pairs(run) if len(run) > 1 else run
        elif run not in SMALL_WORDS:
            yield stem(run)


@lru_cache(maxsize=_KNOWN_WORDS)
def stem(word: str) -> str:
    """Return a folded word without its English or German ending, so that "painted" meets "painting".

    One rule for both languages, because a message is too short to tell them apart for certain.
    """
    if len(word) <= _LEAST_STEM or not (word.isascii() and word.isalpha()):
        return word
    short = _without_ending(word)
    if len(short) > _LEAST_STEM and short[-1] == short[-2] and short[-1] not in _KEPT_DOUBLE:
        short = short[:-1]
    return short[:-1] if len(short) > _LEAST_STEM and short[-1] == "e" else short


def _without_ending(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word if ending == "s" and word.endswith("ss") else word[: -len(ending)] + instead
    return word
