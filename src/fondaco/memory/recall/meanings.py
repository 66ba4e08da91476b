"""The vectors of an episode's turns, as far as some question needed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.vectors import Floats
from fondaco.memory.recall.views import stretches

_FADING_TOKENS = 50.0  #: at such a distance a neighbour counts a third
_REACH_TOKENS = 400.0  #: farther it counts nothing
#: So many turns of a long past, the best by words, are compared by meaning: embedding them takes about 0.8 s
#: of CPU, once, and what is found is nearly what all of them find (``fondaco lab memory`` has both).
MOST_COMPARED = 512
_STEPS = 127.0  # of a byte with a sign

Places = NDArray[np.int64]


class Meanings:
    """Vectors by the places of their turns, a byte a number.

    So one of 512 numbers takes half a kilobyte; what ``fondaco lab memory`` finds with it is what it finds
    with whole ones.
    """

    def __init__(self) -> None:
        self._rows: NDArray[np.int8] = np.zeros((0, 0), dtype=np.int8)
        self._steps: Floats = np.zeros(0, dtype=np.float32)  # what a step of each row is worth
        self._row_of: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._row_of)

    def lack(self, places: Iterable[int]) -> list[int]:
        """Return those of the places that have no vector yet."""
        return [place for place in places if place not in self._row_of]

    def keep(self, places: Sequence[int], vectors: Floats) -> None:
        """Keep the vectors of these turns, a row each."""
        steps = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-9)) / np.float32(_STEPS)
        rows = np.rint(vectors / steps[:, None]).astype(np.int8)
        known = len(self._rows)
        self._rows = np.concatenate([self._rows, rows]) if known else rows
        self._steps = np.concatenate([self._steps, steps])
        self._row_of.update(zip(places, range(known, known + len(places)), strict=True))

    def known(self, places: Places) -> Places:
        """Return those of the places that have a vector."""
        if len(self) == 0:
            return places[:0]
        return places[[place in self._row_of for place in places.tolist()]]

    def nearness(self, places: Places, wanted: Floats) -> Floats:
        """Return the cosines of these turns with a direction."""
        rows = [self._row_of[place] for place in places.tolist()]
        near: Floats = (self._rows[rows].astype(np.float32) @ wanted) * self._steps[rows]
        return near


def around(near: Floats, middles: NDArray[np.float64], sittings: NDArray[np.int64]) -> Floats:
    """Return for each turn the nearness of all that stands around it, fading with distance.

    Divided by the length that the sum of their vectors had if they had nothing in common, so that many
    neighbours do not count for more than few, whichever turns of a long past have vectors.
    """
    starts, ends = stretches(middles, sittings, _REACH_TOKENS)
    sizes = ends - starts
    owners = np.repeat(np.arange(len(near)), sizes)
    others = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes - starts, sizes)
    fading = np.exp(-np.abs(middles[owners] - middles[others]) / _FADING_TOKENS)
    summed = np.bincount(owners, fading * near[others], minlength=len(near))
    lengths = np.sqrt(np.bincount(owners, fading * fading, minlength=len(near)))
    result: Floats = (summed / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result


def compared(by_words: Floats, most: int = MOST_COMPARED) -> Places:
    """Return the places of the turns that are compared by meaning, in order.

    They follow from past and question alone and not from what this process has embedded before, so that
    every process recalls the same.
    """
    if len(by_words) <= most:
        return np.arange(len(by_words))
    return np.sort(np.argsort(-by_words, kind="stable")[:most])
