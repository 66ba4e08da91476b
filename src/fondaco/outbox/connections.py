"""Remembers connections for a few seconds, since every message on its way needs one."""

from __future__ import annotations

from typing import Protocol

from fondaco.domain.access import Connection
from fondaco.domain.ids import ConnectionId
from fondaco.kit.clock import Clock
from fondaco.kit.together import Together

_KEEP_MS = 5_000.0  # as long as a credential is remembered
_MOST = 1_000


class Connections(Protocol):
    """Where connections are looked up; a registry is one."""

    async def connection(self, connection_id: ConnectionId) -> Connection:
        """Raises NotFound."""
        ...


class RememberedConnections:
    """Looks a connection up once in five seconds; a changed one counts from then on."""

    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock
        self._together = Together[Connection]()
        self._known: dict[ConnectionId, tuple[float, Connection]] = {}

    async def connection(self, connection_id: ConnectionId) -> Connection:
        """Return the connection as it was within the last five seconds.  Raises NotFound."""
        now_ms = self._clock.monotonic_ms()
        known = self._known.get(connection_id)
        if known is not None and now_ms - known[0] < _KEEP_MS:
            return known[1]
        return await self._together.ask(connection_id, lambda: self._look_up(connection_id))

    async def _look_up(self, connection_id: ConnectionId) -> Connection:
        now_ms = self._clock.monotonic_ms()
        found = await self._connections.connection(connection_id)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[connection_id] = (now_ms, found)
        return found
