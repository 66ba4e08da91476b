"""How late the event loop is: time in which nobody looked at what had come.

A deadline that passes while the loop is kept busy says nothing about whoever was to meet it: their answer may
have lain there all the time.  So the loop is given an alarm every now and then, and each alarm that rings
after its time has lost what it is late by.
"""

from __future__ import annotations

import asyncio

from fondaco.kit.clock import Clock

_TICK_MS = 50.0  # a shorter delay is no news for deadlines of seconds
_ATTENTIVE = 0.5  # of the time that somebody was given; with less, nobody can tell whether they kept to it


def is_ours(allowed_ms: float, spent_ms: float, lost_ms: float) -> bool:
    """Return whether a deadline passed for our own lateness.

    It has to have passed at all, and what was left of it while the loop was attentive must be less than half.
    """
    return spent_ms >= allowed_ms and spent_ms - lost_ms < _ATTENTIVE * allowed_ms


class LoopLateness:
    """Adds up what the running event loop has lost; it has an alarm only while somebody watches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers = 0
        self._lost_ms = 0.0
        self._due_ms = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    def begin(self) -> Stretch:
        """Watch from now on, until as many have ended as have begun."""
        self._watchers += 1
        if self._watchers == 1:
            self._set_alarm()
        return self.stretch()

    def end(self) -> None:
        """One of those who watched needs it no longer."""
        self._watchers -= 1
        if self._watchers == 0 and self._alarm is not None:
            self._lost_ms = self.lost_ms()
            self._alarm.cancel()
            self._alarm = None

    def stretch(self) -> Stretch:
        """Return a stretch of time that begins now; for those who watch."""
        return Stretch(self, self._clock.monotonic_ms(), self.lost_ms())

    def lost_ms(self) -> float:
        """Return what was lost while somebody watched, the alarm that is late just now included."""
        late_ms = 0.0 if self._alarm is None else self._clock.monotonic_ms() - self._due_ms
        return self._lost_ms + max(0.0, late_ms)

    def now_ms(self) -> float:
        """Return the moment by the clock that stretches are measured with."""
        return self._clock.monotonic_ms()

    def _set_alarm(self) -> None:
        self._due_ms = self._clock.monotonic_ms() + _TICK_MS
        self._alarm = asyncio.get_running_loop().call_later(_TICK_MS / 1000, self._ring)

    def _ring(self) -> None:
        self._lost_ms = self.lost_ms()
        self._set_alarm()


class Stretch:
    """Some time that somebody was given, and what of it the loop has lost."""

    __slots__ = ("_began_ms", "_lateness", "_lost_before_ms")

    def __init__(self, lateness: LoopLateness, began_ms: float, lost_before_ms: float) -> None:
        self._lateness = lateness
        self._began_ms = began_ms
        self._lost_before_ms = lost_before_ms

    def spent_ms(self) -> float:
        """Return how long it has lasted."""
        return self._lateness.now_ms() - self._began_ms

    def lost_ms(self) -> float:
        """Return what the loop has lost of it."""
        return self._lateness.lost_ms() - self._lost_before_ms

    def is_ours(self, allowed_ms: float) -> bool:
        """Return whether so much time is over, and that for our own lateness."""
        return is_ours(allowed_ms, self.spent_ms(), self.lost_ms())
