"""What happened lately, counted in a fixed number of buckets of time, however much happened."""

from __future__ import annotations

import msgspec

_BUCKETS = 10


class Totals(msgspec.Struct, frozen=True):
    """Counts of one window."""

    attempts: int = 0
    failures: int = 0
    slow: int = 0

    @property
    def answers(self) -> int:
        """Attempts that did not fail."""
        return self.attempts - self.failures

    @property
    def failure_share(self) -> float:
        """Failures among the attempts; 0 where there was none."""
        return self.failures / self.attempts if self.attempts else 0.0

    @property
    def slow_share(self) -> float:
        """Slow ones among the answers; 0 where there was none."""
        return self.slow / self.answers if self.answers else 0.0


class Window:
    """Counts of the last ``span_ms`` milliseconds, exact to a tenth of the span.

    The time is handed in; one that goes back counts as the latest that was seen.
    """

    __slots__ = ("_attempts", "_failures", "_newest", "_rows", "_slow", "_width_ms")

    def __init__(self, span_ms: float) -> None:
        self._width_ms = max(span_ms / _BUCKETS, 1.0)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._newest = 0
        self._rows = [[0, 0, 0] for _ in range(_BUCKETS)]
        self._attempts = self._failures = self._slow = 0

    def add(self, now_ms: float, *, failed: bool = False, slow: bool = False) -> None:
        """Count one attempt."""
        self._move_to(now_ms)
        row = self._rows[self._newest % _BUCKETS]
        row[0] += 1
        self._attempts += 1
        if failed:
            row[1] += 1
            self._failures += 1
        if slow:
            row[2] += 1
            self._slow += 1

    def totals(self, now_ms: float) -> Totals:
        """Return the counts of the span that ends now."""
        self._move_to(now_ms)
        return Totals(self._attempts, self._failures, self._slow)

    def _move_to(self, now_ms: float) -> None:
        newest = int(now_ms / self._width_ms)
        if newest <= self._newest:
            return
        for number in range(max(self._newest + 1, newest - _BUCKETS + 1), newest + 1):
            row = self._rows[number % _BUCKETS]
            self._attempts -= row[0]
            self._failures -= row[1]
            self._slow -= row[2]
            row[:] = (0, 0, 0)
        self._newest = newest
