"""A small memory that forgets by time and by size."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

from fondaco.kit.clock import Clock

V = TypeVar("V")


class TtlCache(Generic[V]):
    """Remembers at most so many values, each for so many seconds."""

    def __init__(self, clock: Clock, seconds: float, size: int) -> None:
        self._clock = clock
        self._keep_ms = seconds * 1000
        self._size = size
        self._values: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def get(self, name: str) -> V | None:
        """Return what is remembered, unless its time is over."""
        found = self._values.get(name)
        if found is None:
            return None
        if self._clock.monotonic_ms() - found[0] >= self._keep_ms:
            del self._values[name]
            return None
        return found[1]

    def put(self, name: str, value: V) -> None:
        """Remember a value, forgetting the oldest where there is no room."""
        self._values[name] = (self._clock.monotonic_ms(), value)
        self._values.move_to_end(name)
        if len(self._values) > self._size:
            self._values.popitem(last=False)
