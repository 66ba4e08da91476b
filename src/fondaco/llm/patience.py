"""Tells a provider's slowness from our own: the time it was given, less that in which nobody listened."""

from __future__ import annotations

import math

from fondaco.kit.lateness import LoopLateness


class Patience:
    """Begins with an attempt and follows whichever deadline comes next; ``end`` it with the attempt."""

    __slots__ = ("_began", "_given_ms", "_lateness", "_lost_first_ms", "_since")

    def __init__(self, lateness: LoopLateness) -> None:
        self._lateness = lateness
        self._began = self._since = lateness.begin()
        self._given_ms = math.inf
        self._lost_first_ms = 0.0

    def end(self) -> None:
        """The attempt is over."""
        self._lateness.end()

    def give(self, milliseconds: float) -> None:
        """Say how long the wait that has just begun may last."""
        self._given_ms = milliseconds

    def next_event(self, within_ms: float, left_ms: float) -> None:
        """Give so long until the next event, but no longer than is left for the whole."""
        if within_ms < left_ms:
            self._since, self._given_ms = self._lateness.stretch(), within_ms
        else:
            self._since, self._given_ms = self._began, self._began.spent_ms() + left_ms

    def heard_first(self) -> float:
        """The first token is there; return what of the wait for it we have lost, in milliseconds."""
        self._lost_first_ms = self._began.lost_ms()
        return self._lost_first_ms

    def lost_since_first_ms(self) -> float:
        """Return what we have lost since the first token."""
        return self._began.lost_ms() - self._lost_first_ms

    def was_lost(self) -> bool:
        """Return whether the deadline that has passed did so for our own lateness."""
        return self._since.is_ours(self._given_ms)

    def lost_all_of(self, milliseconds: float) -> bool:
        """Return whether the attempt's first so many milliseconds passed for our own lateness."""
        return self._began.is_ours(milliseconds)
