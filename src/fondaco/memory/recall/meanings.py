"""The vectors of an episode's turns, as far as some question needed them."""

from __future__ import annotations

from collections.abc import Sequence

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

    So one of 512 numbers takes half a kilobyte, and its cosines are those of the whole one to a hundredth.
    """

    def __init__(self) -> None:
        self._rows: NDArray[np.int8] = np.zeros((0, 0), dtype=np.int8)
        self._steps: Floats = np.zeros(0, dtype=np.float32)  # what a step of each row is worth
        self._row_of: Places = np.zeros(0, dtype=np.int64)  # -1 where there is none

    def __len__(self) -> int:
        return len(self._rows)

    def known(self, places: Places) -> Places:
        """Return those of the places that have a vector."""
        read = places[places < len(self._row_of)]
        return read[self._row_of[read] >= 0]

    def lack(self, places: Places) -> list[int]:
        """Return those of the places that have no vector yet."""
        lacking: list[int] = np.setdiff1d(places, self.known(places), assume_unique=True).tolist()
        return lacking

    def keep(self, places: Sequence[int], vectors: Floats) -> None:
        """Keep the vectors of these turns, a row each."""
        steps = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-9)) / np.float32(_STEPS)
        rows = np.rint(vectors / steps[:, None]).astype(np.int8)
        known, farthest = len(self), max(places) + 1
        self._rows = np.concatenate([self._rows, rows]) if known else rows
        self._steps = np.concatenate([self._steps, steps])
        more = np.full(max(0, farthest - len(self._row_of)), -1)
        self._row_of = np.concatenate([self._row_of, more])
        self._row_of[list(places)] = np.arange(known, known + len(places))

    def nearness(self, places: Places, wanted: Floats) -> Floats:
        """Return the cosines of these turns with whichever row of ``wanted`` is nearest to each.

        The rows are wordings of one question, and a turn answers one of them.
        """
        rows = self._row_of[places]
        near = (self._rows[rows].astype(np.float32) @ wanted.T).max(axis=1)
        cosines: Floats = near * self._steps[rows]
        return cosines


class Surroundings:
    """What stands around turns, and how much it counts by its distance."""

    def __init__(self, middles: NDArray[np.float64], sittings: NDArray[np.int64]) -> None:
        starts, ends = stretches(middles, sittings, _REACH_TOKENS)
        sizes = ends - starts
        owners = np.repeat(np.arange(len(middles)), sizes)
        self._others = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes - starts, sizes)
        self._fading = np.exp(-np.abs(middles[owners] - middles[self._others]) / _FADING_TOKENS)
        self._begin = np.cumsum(sizes) - sizes
        self._lengths = np.sqrt(np.add.reduceat(self._fading**2, self._begin))

    def nearness(self, alone: Floats) -> Floats:
        """Return for each turn the nearness of all that stands around it and its own.

        Divided by the length that the sum of their vectors had if they had nothing in common, so that many
        neighbours do not count for more than few, whichever turns of a long past have vectors.
        """
        summed = np.add.reduceat(self._fading * alone[self._others], self._begin)
        result: Floats = (summed / self._lengths).astype(np.float32)
        return result


def compared(by_words: Floats, most: int = MOST_COMPARED) -> Places:
    """Return the places of the turns that are compared by meaning, in order.

    They follow from past and question alone and not from what this process has embedded before, so that
    every process recalls the same.
    """
    if len(by_words) <= most:
        return np.arange(len(by_words))
    return np.sort(np.argsort(-by_words, kind="stable")[:most])
