"""BM25 over a turn, over what stands around it, and over everything said in one sitting."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.vectors import Floats

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.2.
_SATURATION = 1.2  # k1
_LENGTH_WEIGHT = 0.75  # b
WINDOW_TOKENS = 150  #: so far around the middle of a turn its window reaches


def bm25(counts: Floats, lengths: Floats) -> Floats:
    """Return how well each column fits; ``counts`` has a row a term, ``lengths`` are in terms."""
    size = counts.shape[1]
    holding = (counts > 0).sum(axis=1, dtype=np.float32)
    rarity = np.log(1 + (size - holding + 0.5) / (holding + 0.5))
    mean = max(float(lengths.mean()), 1.0) if size else 1.0
    norm = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths / mean)
    fit: Floats = rarity @ (counts * np.float32(_SATURATION + 1) / (counts + norm))
    return fit.astype(np.float32)


def stretches(
    middles: NDArray[np.float64], sittings: NDArray[np.int64], reach: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each turn from where to where the turns of its sitting are within so many tokens."""
    starts, ends = np.searchsorted(sittings, sittings), np.searchsorted(sittings, sittings, side="right")
    first = np.searchsorted(middles, middles - reach)
    behind = np.searchsorted(middles, middles + reach, side="right")
    return np.maximum(first, starts), np.minimum(behind, ends)


class Windows:
    """For each turn the stretch of turns around it; sums over stretches take no loop."""

    def __init__(self, middles: NDArray[np.float64], sittings: NDArray[np.int64]) -> None:
        self._from, self._to = stretches(middles, sittings, WINDOW_TOKENS)

    def sums(self, columns: Floats) -> Floats:
        """Return for each turn the sum over its window; turns are the last axis."""
        total = np.zeros((*columns.shape[:-1], columns.shape[-1] + 1), dtype=np.float32)
        np.cumsum(columns, axis=-1, out=total[..., 1:])
        summed: Floats = total[..., self._to] - total[..., self._from]
        return summed


def by_sitting(columns: Floats, sittings: NDArray[np.int64]) -> Floats:
    """Return the sums over each sitting; turns are the last axis."""
    starts = np.flatnonzero(np.diff(sittings, prepend=sittings[0] - 1))
    summed: Floats = np.add.reduceat(columns, starts, axis=-1)
    return summed


def standard(scores: Floats) -> Floats:
    """Return the scores with a mean of 0 and a deviation of 1; equal ones are all 0."""
    centred: Floats = scores - scores.mean()
    deviation = math.sqrt(float(centred @ centred) / len(centred))
    scaled: Floats = centred / np.float32(deviation + 1e-6)
    return scaled
