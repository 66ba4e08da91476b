"""Randomness as a value that is handed in: seeded in tests, from the system otherwise."""

from __future__ import annotations

import random
from typing import Protocol


class Chance(Protocol):
    """Where random bits come from."""

    def bits(self, count: int) -> int:
        """Return a non-negative integer of ``count`` random bits."""
        ...

    def fraction(self) -> float:
        """Return a number in [0, 1)."""
        ...


class SystemChance:
    """The operating system's random source; fit for secrets."""

    def __init__(self) -> None:
        self._source = random.SystemRandom()

    def bits(self, count: int) -> int:
        return self._source.getrandbits(count)

    def fraction(self) -> float:
        return self._source.random()


class SeededChance:
    """The same bits for the same seed; never for secrets."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def bits(self, count: int) -> int:
        return self._source.getrandbits(count)

    def fraction(self) -> float:
        return self._source.random()
