"""How long a simulated provider thinks: distributions given by their median and their 99th percentile."""

from __future__ import annotations

import math
from statistics import NormalDist

import msgspec

_NORMAL = NormalDist()
_Z99 = _NORMAL.inv_cdf(0.99)
_EDGE = 1e-9


class Spread(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log-normal distribution of waits; with equal percentiles it is always the same wait."""

    p50_ms: float
    p99_ms: float

    def at(self, fraction: float) -> float:
        """Return the wait in milliseconds that ``fraction`` of all waits stay below.

        ln X is normal with mean ln p50 and deviation ln(p99/p50)/z(0.99).
        """
        if self.p50_ms <= 0 or self.p99_ms <= self.p50_ms:
            return max(self.p50_ms, 0.0)
        deviation = math.log(self.p99_ms / self.p50_ms) / _Z99
        inside = min(max(fraction, _EDGE), 1 - _EDGE)
        return self.p50_ms * math.exp(deviation * _NORMAL.inv_cdf(inside))


class Latency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an answer takes: until its first token, and from each token to the next."""

    first_token: Spread = Spread(p50_ms=0, p99_ms=0)
    per_token: Spread = Spread(p50_ms=0, p99_ms=0)  #: drawn once a request: a slow answer is slow throughout
