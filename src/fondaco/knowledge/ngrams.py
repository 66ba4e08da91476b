"""Texts as sparse vectors of hashed words and letter groups, for the regression that needs no model."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from fondaco.kit.text import words

BUCKETS = 4096
_SMALLEST_GROUP, _LARGEST_GROUP = 2, 5
_KNOWN_WORDS = 4_096  # words come again and again; a long one has a hundred groups


@dataclass(frozen=True, slots=True)
class SparseText:
    """A text's buckets and their values; the values have length 1 together."""

    buckets: NDArray[np.int64]
    values: NDArray[np.float32]


class NgramSpace:
    """Words, word pairs and letter groups hashed into 4,096 buckets, rare ones weighing more."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._rows = [_counted(text) for text in texts]
        seen = np.zeros(BUCKETS, dtype=np.float32)
        for row in self._rows:
            seen[row.buckets] += 1
        self._weights = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)

    def matrix(self) -> NDArray[np.float32]:
        """Return the texts that the space was built from, one row each."""
        filled = np.zeros((len(self._rows), BUCKETS), dtype=np.float32)
        for position, row in enumerate(self._rows):
            weighted = self._weighted(row)
            filled[position, weighted.buckets] = weighted.values
        return filled

    def vector(self, text: str) -> SparseText:
        """Return another text as the space sees it."""
        return self._weighted(_counted(text))

    def _weighted(self, row: SparseText) -> SparseText:
        values = row.values * self._weights[row.buckets]
        length = math.sqrt(float(values @ values))
        return SparseText(row.buckets, values / np.float32(length) if length > 0 else values)


def _counted(text: str) -> SparseText:
    found = words(text)
    counts = Counter(chain.from_iterable(map(_buckets_of, found)))
    counts.update(_bucket(f"{first} {second}") for first, second in pairwise(found))
    buckets = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    return SparseText(buckets, 1 + np.log(times))


@lru_cache(maxsize=_KNOWN_WORDS)
def _buckets_of(word: str) -> tuple[int, ...]:
    """Return the buckets of a word and of its letter groups."""
    padded = f"^{word}$"
    groups = [
        padded[start : start + length]
        for length in range(_SMALLEST_GROUP, _LARGEST_GROUP + 1)
        for start in range(len(padded) - length + 1)
    ]
    return tuple(map(_bucket, [word, *groups]))


def _bucket(group: str) -> int:
    return zlib.crc32(group.encode()) % BUCKETS
