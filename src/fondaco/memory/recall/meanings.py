"""The vectors of an episode's turns, by themselves and with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.turns import PastTurn
from fondaco.memory.recall.vectors import EMBEDDED_CHARACTERS, Floats, Meaning, unit

_FADING_TOKENS = 50.0  #: at such a distance a neighbour counts a third
_REACH_TOKENS = 400.0  #: farther it counts nothing
_BATCH = 64


class Meanings:
    """Vectors of the first turns of a past; empty until there is a model that makes them."""

    def __init__(self) -> None:
        self.alone: Floats = np.zeros((0, 0), dtype=np.float32)
        self.around: Floats = np.zeros((0, 0), dtype=np.float32)  #: of any length
        self.meaning: Meaning | None = None
        self._lengths: Floats = np.zeros(0, dtype=np.float32)  # of what is around
        self._wanted: tuple[tuple[str, ...], Floats] | None = None  # what was asked last

    def __len__(self) -> int:
        return len(self.alone)

    def grow(
        self,
        meaning: Meaning,
        turns: Sequence[PastTurn],
        sittings: NDArray[np.int64],
        middles: NDArray[np.float64],
    ) -> None:
        """Embed the turns that are new; vectors of another model are made anew."""
        if meaning is not self.meaning:
            self.alone = self.around = np.zeros((0, meaning.dimensions), dtype=np.float32)
            self.meaning, self._wanted = meaning, None
        known = len(self.alone)
        if known == len(turns):
            return
        texts = [turn.text[:EMBEDDED_CHARACTERS] for turn in turns[known:]]
        new = [meaning.encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        self.alone = np.concatenate([self.alone, *new])
        self._surround(known, sittings, middles)

    def _surround(self, known: int, sittings: NDArray[np.int64], middles: NDArray[np.float64]) -> None:
        """Add the new vectors to those around them; only turns near the end see them."""
        first = int(np.searchsorted(middles, middles[known] - _REACH_TOKENS))
        gaps = np.abs(middles[first:, None] - middles[None, first:])
        together = (sittings[first:, None] == sittings[None, first:]) & (gaps <= _REACH_TOKENS)
        fading = (np.exp(-gaps / _FADING_TOKENS) * together).astype(np.float32)
        fading[: known - first, : known - first] = 0  # they have seen each other
        grown = np.zeros((len(self.alone), self.alone.shape[1]), dtype=np.float32)
        grown[:known] = self.around
        grown[first:] += fading @ self.alone[first:]
        self.around = grown
        self._lengths = np.maximum(np.linalg.norm(grown, axis=1), np.float32(1e-9))

    def wanted(self, rewritten: tuple[str, ...]) -> Floats | None:
        """Return the direction of a question, None without a model; asking again is free."""
        if self.meaning is None or len(self) == 0:
            return None
        if self._wanted is None or self._wanted[0] != rewritten:
            vectors = self.meaning.encode([text[:EMBEDDED_CHARACTERS] for text in rewritten])
            self._wanted = (rewritten, unit(vectors.sum(axis=0)))
        return self._wanted[1]

    def nearness(self, rewritten: tuple[str, ...], until: int) -> tuple[Floats, Floats] | None:
        """Return the cosines of the first turns, alone and with what is around; None without vectors."""
        wanted = self.wanted(rewritten)
        if wanted is None:
            return None
        return self.alone[:until] @ wanted, (self.around[:until] @ wanted) / self._lengths[:until]
