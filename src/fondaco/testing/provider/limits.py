"""Requests and tokens a minute, as token buckets, and the many ways to say how long to wait."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import formatdate
from enum import StrEnum

import msgspec

from fondaco.testing.provider.script import WireName

_MINUTE_MS = 60_000


class RetryDialect(StrEnum):
    """How a provider says how long to wait."""

    SECONDS = "seconds"  #: ``retry-after: 2``
    FRACTION = "fraction"  #: ``retry-after: 1.5``
    DATE = "date"  #: ``retry-after: Sun, 22 Nov 2026 12:00:00 GMT``
    MILLISECONDS = "milliseconds"  #: ``retry-after-ms: 1500``
    GOOGLE = "google"  #: ``google.rpc.RetryInfo`` in the body
    RESET = "reset"  #: ``x-ratelimit-reset-requests: 1.5s`` alone
    NONE = "none"  #: not at all


#: How the owners of the protocols say it.
USUAL_DIALECT = {
    WireName.OPENAI: RetryDialect.MILLISECONDS,
    WireName.ANTHROPIC: RetryDialect.SECONDS,
    WireName.GEMINI: RetryDialect.GOOGLE,
}


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one key may ask; 0 is without limit."""

    requests_per_minute: int = 0
    tokens_per_minute: int = 0  #: input when it is admitted, output when it was made
    saved_seconds: int = 60  #: for how long what is not used is kept: 1 is a limit by the second


class Bucket:
    """Fills up steadily to what it holds; output that was not foreseen may leave it in debt."""

    def __init__(self, per_minute: int, now_ms: float, saved_seconds: int = 60) -> None:
        self.capacity = max(per_minute * saved_seconds // 60, 1)
        self._per_ms = per_minute / _MINUTE_MS
        self._level = float(self.capacity)
        self._at_ms = now_ms

    def level(self, now_ms: float) -> float:
        """Return what it holds now."""
        filled = (now_ms - self._at_ms) * self._per_ms
        self._level = min(self._level + max(filled, 0.0), float(self.capacity))
        self._at_ms = max(now_ms, self._at_ms)
        return self._level

    def wait_ms(self, amount: float, now_ms: float) -> float:
        """Return how long it takes until it holds ``amount``, or as much as it ever holds."""
        missing = min(amount, self.capacity) - self.level(now_ms)
        return max(missing, 0.0) / self._per_ms

    def take(self, amount: float, now_ms: float) -> None:
        """Take it out, into debt if need be."""
        self._level = self.level(now_ms) - amount


class Limiter:
    """The buckets of every key."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buckets: dict[str, tuple[Bucket | None, Bucket | None]] = {}

    def admit(self, key: str, tokens: int, now_ms: float) -> float:
        """Take one request with its input; returns 0, or how many milliseconds to wait, and takes nothing."""
        requests, amounts = self._of(key, now_ms)
        waits = [
            bucket.wait_ms(amount, now_ms) for bucket, amount in ((requests, 1), (amounts, tokens)) if bucket
        ]
        wait = max(waits, default=0.0)
        if wait <= 0:
            for bucket, amount in ((requests, 1), (amounts, tokens)):
                if bucket:
                    bucket.take(amount, now_ms)
        return wait

    def settle(self, key: str, output: int, now_ms: float) -> None:
        """Take the output that an admitted request has made."""
        amounts = self._of(key, now_ms)[1]
        if amounts:
            amounts.take(output, now_ms)

    def headers(self, wire: WireName, key: str, now_ms: float, wall_ms: int) -> dict[str, str]:
        """Return what the protocol's owner tells about the limits of a key."""
        if wire is WireName.GEMINI or self._limits == Limits():
            return {}
        told: dict[str, str] = {}
        for name, bucket in zip(("requests", "tokens"), self._of(key, now_ms), strict=True):
            if bucket:
                full_ms = bucket.wait_ms(bucket.capacity, now_ms)
                left = str(max(int(bucket.level(now_ms)), 0))
                if wire is WireName.OPENAI:
                    told[f"x-ratelimit-limit-{name}"] = str(bucket.capacity)
                    told[f"x-ratelimit-remaining-{name}"] = left
                    told[f"x-ratelimit-reset-{name}"] = _duration(full_ms)
                else:
                    told[f"anthropic-ratelimit-{name}-limit"] = str(bucket.capacity)
                    told[f"anthropic-ratelimit-{name}-remaining"] = left
                    told[f"anthropic-ratelimit-{name}-reset"] = _moment(wall_ms + full_ms)
        return told

    def _of(self, key: str, now_ms: float) -> tuple[Bucket | None, Bucket | None]:
        if key not in self._buckets:
            amounts = (self._limits.requests_per_minute, self._limits.tokens_per_minute)
            saved = self._limits.saved_seconds
            requests, tokens = (Bucket(amount, now_ms, saved) if amount else None for amount in amounts)
            self._buckets[key] = (requests, tokens)
        return self._buckets[key]


def retry_headers(dialect: RetryDialect, wait_ms: float, wall_ms: int) -> dict[str, str]:
    """Return the headers that say how long to wait; never less than the wait."""
    match dialect:
        case RetryDialect.SECONDS:
            return {"retry-after": str(math.ceil(wait_ms / 1000))}
        case RetryDialect.FRACTION:
            return {"retry-after": f"{math.ceil(wait_ms) / 1000:.3f}"}
        case RetryDialect.DATE:
            return {"retry-after": formatdate(math.ceil((wall_ms + wait_ms) / 1000), usegmt=True)}
        case RetryDialect.MILLISECONDS:
            return {"retry-after-ms": str(math.ceil(wait_ms)), "retry-after": str(math.ceil(wait_ms / 1000))}
        case RetryDialect.RESET:
            return {"x-ratelimit-reset-requests": _duration(wait_ms)}
        case RetryDialect.GOOGLE | RetryDialect.NONE:
            return {}


def _duration(wait_ms: float) -> str:
    """Return OpenAI's spelling, such as ``6m0s``, ``1.5s`` or ``20ms``."""
    rounded = math.ceil(wait_ms)
    if rounded < 1000:
        return f"{rounded}ms"
    minutes, rest = divmod(rounded, _MINUTE_MS)
    seconds = f"{rest / 1000:g}s"
    return f"{minutes}m{seconds}" if minutes else seconds


def _moment(wall_ms: float) -> str:
    return f"{datetime.fromtimestamp(math.ceil(wall_ms / 1000), UTC):%Y-%m-%dT%H:%M:%SZ}"
