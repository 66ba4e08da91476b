"""Remembers results for a while: fresh ones that need not be fetched again, and the last known ones."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import msgspec

from fondaco.domain.tools import ToolCall, ToolSpec
from fondaco.kit.clock import Clock
from fondaco.tools.binding import Binding

_MOST_BYTES = 32_000_000
_MOST_CHANGED = 10_000


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A result and how old it is."""

    result: dict[str, Any]
    age_seconds: float


class Place(msgspec.Struct, frozen=True):
    """Where a result is kept."""

    person: tuple[str, str]  #: workspace and subject
    digest: bytes  #: of everything that the result depends on


class _Kept(msgspec.Struct, frozen=True):
    written: bytes
    at_ms: float
    until_ms: float


class Memory:
    """The results of READ tools by workspace, subject, tool and arguments, within this process.

    What belongs to one subject is never found for another.  It is lost with the process, which costs a
    handoff where the tool is down just then; docs/decisions/0013 says why it is not written down.
    """

    def __init__(self, clock: Clock, most_bytes: int = _MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._changed: dict[tuple[str, str], float] = {}  # when something was last changed for a person
        self._bytes = 0

    def remember(
        self, place: Place, result: dict[str, Any], keep_seconds: float, asked_ms: float | None = None
    ) -> None:
        """Keep a result for so long, if there is room; the oldest is forgotten first.

        It is as old as the question, ``asked_ms`` by ``Clock.monotonic_ms``: what was changed meanwhile may
        not be in it.
        """
        now_ms, key = self._clock.monotonic_ms(), place.digest
        self._forget(key)
        kept = _Kept(
            msgspec.json.encode(result),
            now_ms if asked_ms is None else asked_ms,
            now_ms + 1000 * keep_seconds,
        )
        self._kept[key] = kept
        self._bytes += len(kept.written)
        while self._kept and (self._bytes > self._most_bytes or self._oldest.until_ms <= now_ms):
            self._forget(next(iter(self._kept)))

    def recall(self, place: Place, within_seconds: float) -> Known | None:
        """Return the result if it is kept, at most so old, and nothing was changed for the person since."""
        kept, now_ms = self._kept.get(place.digest), self._clock.monotonic_ms()
        if kept is None or now_ms - kept.at_ms > 1000 * within_seconds:
            return None
        if kept.at_ms <= self._changed.get(place.person, -1.0):
            return None
        result = msgspec.json.decode(kept.written, type=dict[str, Any])
        return Known(result=result, age_seconds=(now_ms - kept.at_ms) / 1000)

    def spoil(self, person: tuple[str, str]) -> None:
        """Believe nothing any more that was known for a person until now: something was changed."""
        if len(self._changed) >= _MOST_CHANGED:
            self._kept.clear()
            self._changed.clear()
            self._bytes = 0
        self._changed[person] = self._clock.monotonic_ms()

    @property
    def _oldest(self) -> _Kept:
        return next(iter(self._kept.values()))

    def _forget(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        self._bytes -= len(kept.written) if kept is not None else 0


def person_of(binding: Binding) -> tuple[str, str]:
    """Return whose results a call is about."""
    return binding.workspace_id, binding.subject


def place_of(spec: ToolSpec, call: ToolCall, binding: Binding) -> Place:
    """Return where the result of this call is kept."""
    place = [binding.workspace_id, binding.subject, binding.verification, spec.name, call.arguments]
    digest = hashlib.sha256(msgspec.json.encode(place, order="sorted")).digest()
    return Place(person_of(binding), digest)
