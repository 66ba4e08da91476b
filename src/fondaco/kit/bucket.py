"""A quantity that somebody grants by the minute, filled up steadily, as its headers correct it."""

from __future__ import annotations

_MINUTE_MS = 60_000
_TELLING_SHARE = 0.05  # with less of the limit used, a reset rounded to seconds says nothing of the pace
_ROUNDING = 1e-6  # of floating point: what is so close to enough is enough


class Bucket:
    """A token bucket; without any limit it is always full.

    What is configured bounds what is learnt.  The level may fall below nothing, where more was used than
    reserved: then it has to be earned back.
    """

    __slots__ = ("_at_ms", "_configured", "_learnt", "_level", "_rate", "capacity")

    def __init__(self, per_minute: int, now_ms: float) -> None:
        self._configured = per_minute
        self._learnt = 0  #: what the provider said last; 0: nothing
        self._at_ms = now_ms
        self.capacity = per_minute  #: 0: no limit is known
        self._level = float(per_minute)
        self._rate = per_minute / _MINUTE_MS

    def wait_ms(self, now_ms: float, amount: float) -> float:
        """Return how long until so much is there; 0.0: now."""
        if not self.capacity:
            return 0.0
        missing = amount - self.level(now_ms)
        return missing / self._rate if missing > _ROUNDING else 0.0

    def take(self, now_ms: float, amount: float) -> None:
        """Take so much, whether it is there or not; a negative amount gives back."""
        if self.capacity:
            self._level = min(self.level(now_ms) - amount, self.capacity)

    def level(self, now_ms: float) -> float:
        """Return what is there."""
        if now_ms > self._at_ms:
            self._level = min(self._level + (now_ms - self._at_ms) * self._rate, self.capacity)
            self._at_ms = now_ms
        return self._level

    def learn(self, now_ms: float, limit: int | None, left: int | None, reset_ms: int | None) -> None:
        """Take a provider's word: its limit, what is left of it, and in how many ms it is whole again.

        What others use under the same key shows in what is left; it only ever lowers the level, since
        answers come back out of order.  The pace is what fills the bucket by the reset, which holds for
        limits by the second, the minute or the day.
        """
        if limit is not None and limit > 0:
            self._learn_limit(now_ms, limit)
            used = limit - (limit if left is None else left)
            if reset_ms and used >= _TELLING_SHARE * limit:
                self._rate = self._bounded(used / reset_ms)
        if left is not None and self.capacity:
            self._level = min(self.level(now_ms), float(left))

    def configure(self, now_ms: float, per_minute: int) -> None:
        """Change what is configured, such as where others take their part of it; never to no limit at all."""
        self._configured = per_minute
        self._set_capacity(now_ms, min(self._learnt or per_minute, per_minute))

    def _learn_limit(self, now_ms: float, limit: int) -> None:
        self._learnt = limit
        self._set_capacity(now_ms, min(limit, self._configured or limit))

    def _set_capacity(self, now_ms: float, capacity: int) -> None:
        if capacity == self.capacity:
            return
        self._level = min(self.level(now_ms), capacity) if self.capacity else float(capacity)
        self._at_ms = now_ms
        self.capacity = capacity
        self._rate = capacity / _MINUTE_MS

    def _bounded(self, rate: float) -> float:
        return min(rate, self._configured / _MINUTE_MS) if self._configured else rate
