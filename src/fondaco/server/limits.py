"""Token buckets: how often one visitor, key or address may ask, in bounded memory."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from fondaco.kit.clock import Clock
from fondaco.server.options import LimitOptions, Rate
from fondaco.server.problem import too_many


class Buckets:
    """One bucket per name, each filling at the same rate.

    A bucket that nobody has asked for longest is forgotten first, which is as if it were full again.
    """

    def __init__(self, clock: Clock, rate: Rate, tracked: int) -> None:
        self._clock = clock
        self._per_ms = rate.per_minute / 60_000
        self._burst = float(rate.burst)
        self._tracked = tracked
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, name: str) -> float:
        """Take one token; return 0, or after how many seconds there will be one."""
        now = self._clock.monotonic_ms()
        level, at = self._levels.get(name, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_ms)
        allowed = level >= 1
        self._levels[name] = (level - 1 if allowed else level, now)
        self._levels.move_to_end(name)
        if len(self._levels) > self._tracked:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._per_ms / 1000


class Limits:
    """Every limit of the server, each raising the refusal that says how long to wait."""

    def __init__(self, clock: Clock, options: LimitOptions) -> None:
        self._visitors = Buckets(clock, options.visitor, options.tracked)
        self._keys = Buckets(clock, options.key, options.tracked)
        self._addresses = Buckets(clock, options.address, options.tracked)
        self._beginnings = Buckets(clock, options.new_conversation, options.tracked)

    def visitor(self, conversation_id: str) -> None:
        """Count a request of a visitor.  Raises Refused."""
        _demand(self._visitors.take(conversation_id), "requests of this visitor")

    def key(self, key_id: str) -> None:
        """Count a request with an API key.  Raises Refused."""
        _demand(self._keys.take(key_id), "requests with this key")

    def address(self, host: str) -> None:
        """Count a request that nobody has vouched for.  Raises Refused."""
        _demand(self._addresses.take(network_of(host)), "requests from this address")

    def new_conversation(self, host: str) -> None:
        """Count a conversation that is begun from an address.  Raises Refused."""
        _demand(self._beginnings.take(network_of(host)), "new conversations from this address")


def network_of(host: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 that one household has in IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _demand(wait_seconds: float, what: str) -> None:
    if wait_seconds > 0:
        raise too_many(wait_seconds, what)
