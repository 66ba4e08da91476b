"""Finds what a text repeats word for word of texts that it must not repeat."""

from __future__ import annotations

import re
from functools import lru_cache

from fondaco.kit.text import has_cjk, words

WORDS, CHARACTERS = 8, 20  #: so many in a row, of a spaced script and of an unspaced one, are a quotation
#: A repeated stretch of eight words holds one of the groups of four that begin at every fifth word.
_WORD_GROUP, _WORD_STEP = 4, 5
_CHARACTER_GROUP, _CHARACTER_STEP = 10, 11
_UNSPACED = re.compile("[^\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


def overlap(text: str, protected: str) -> str:
    """Return the first stretch that ``text`` repeats of ``protected``; empty where it repeats none."""
    told, kept = _sampled(text), _index(protected)
    if not told.groups.isdisjoint(kept.groups):
        found = _quoted(words(text), WORDS, " ", kept.plain)
        if found:
            return found
    if told.runs.isdisjoint(kept.runs):
        return ""
    return _quoted(list(_UNSPACED.sub("", text)), CHARACTERS, "", kept.unspaced)


class _Index:
    """A protected text, cut up once."""

    def __init__(self, text: str) -> None:
        told = words(text)
        self.plain = f" {' '.join(told)} "
        self.groups = {tuple(told[at : at + _WORD_GROUP]) for at in range(len(told) - _WORD_GROUP + 1)}
        unspaced = _UNSPACED.sub("", text)
        self.unspaced = unspaced
        self.runs = {
            unspaced[at : at + _CHARACTER_GROUP] for at in range(len(unspaced) - _CHARACTER_GROUP + 1)
        }


@lru_cache(maxsize=256)
def _index(text: str) -> _Index:
    return _Index(text)


class _Sample:
    """Pieces of a text, so far from each other that no long stretch holds none of them."""

    def __init__(self, text: str) -> None:
        told = words(text)
        unspaced = _UNSPACED.sub("", text) if has_cjk(text) else ""
        self.groups = {
            tuple(told[at : at + _WORD_GROUP]) for at in range(0, len(told) - _WORD_GROUP + 1, _WORD_STEP)
        }
        self.runs = {
            unspaced[at : at + _CHARACTER_GROUP]
            for at in range(0, len(unspaced) - _CHARACTER_GROUP + 1, _CHARACTER_STEP)
        }


# One text is compared with many.
@lru_cache(maxsize=8)
def _sampled(text: str) -> _Sample:
    return _Sample(text)


def _quoted(pieces: list[str], length: int, gap: str, kept: str) -> str:
    """Return the first so many pieces in a row that stand in what is kept."""
    for begin in range(len(pieces) - length + 1):
        stretch = gap.join(pieces[begin : begin + length])
        if f"{gap}{stretch}{gap}" in kept:
            return stretch
    return ""
