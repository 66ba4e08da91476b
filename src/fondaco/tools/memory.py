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


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A result and how old it is."""

    result: dict[str, Any]
    age_seconds: float


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
        self._bytes = 0

    def remember(self, key: bytes, result: dict[str, Any], keep_seconds: float) -> None:
        """Keep a result for so long, if there is room; the oldest is forgotten first."""
        now_ms = self._clock.monotonic_ms()
        self._forget(key)
        kept = _Kept(msgspec.json.encode(result), now_ms, now_ms + 1000 * keep_seconds)
        self._kept[key] = kept
        self._bytes += len(kept.written)
        while self._kept and (self._bytes > self._most_bytes or self._oldest.until_ms <= now_ms):
            self._forget(next(iter(self._kept)))

    def recall(self, key: bytes, within_seconds: float) -> Known | None:
        """Return the result if it is kept and at most so old."""
        kept, now_ms = self._kept.get(key), self._clock.monotonic_ms()
        if kept is None or now_ms - kept.at_ms > 1000 * within_seconds:
            return None
        result = msgspec.json.decode(kept.written, type=dict[str, Any])
        return Known(result=result, age_seconds=(now_ms - kept.at_ms) / 1000)

    @property
    def _oldest(self) -> _Kept:
        return next(iter(self._kept.values()))

    def _forget(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        self._bytes -= len(kept.written) if kept is not None else 0


def memory_key(spec: ToolSpec, call: ToolCall, binding: Binding) -> bytes:
    """Return under what the result of this call is kept."""
    place = [binding.workspace_id, binding.subject, binding.verification, spec.name, call.arguments]
    return hashlib.sha256(msgspec.json.encode(place, order="sorted")).digest()
