"""A few connections to one PostgreSQL database, lent one at a time.

The driver's own pool starts a task and two timers for every loan, which costs more than most statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

import asyncpg

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock

#: A connection that lay unused for longer is not trusted: something between may have forgotten it.
_UNUSED_MS = 300_000.0


class Connections:
    """Lends connections, opens them when they are wanted and throws away those that may be spoilt."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        clock: Clock,
        *,
        most: int,
        wait_seconds: float,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._most = most
        self._wait_seconds = wait_seconds
        self._room = asyncio.Semaphore(most)
        self._unused: list[tuple[asyncpg.Connection, float]] = []  # the one used last is lent first

    def lend(self) -> Loan:
        """Return a context that has a connection.  Raises TimeoutError when none becomes free in time."""
        return Loan(self)

    async def take(self) -> asyncpg.Connection:
        """Return a connection that is to be given back."""
        if self._room.locked():
            async with asyncio.timeout(self._wait_seconds):
                await self._room.acquire()
        else:
            await self._room.acquire()
        try:
            return self._usable() or await self._connect()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, connection: asyncpg.Connection, error: BaseException | None) -> None:
        """Keep the connection for the next one who asks, unless what happened may have spoilt it."""
        told = error is None or isinstance(error, asyncpg.PostgresError | FondacoError)
        if told and not connection.is_closed() and not connection.is_in_transaction():
            self._unused.append((connection, self._clock.monotonic_ms()))
        else:
            connection.terminate()
        self._room.release()

    async def close(self) -> None:
        """Close every connection as it comes back; cancelled, it breaks off those that lie unused."""
        try:
            for _ in range(self._most):
                await self._room.acquire()
            while self._unused:
                await self._unused.pop()[0].close()
        finally:
            for connection, _ in self._unused:
                connection.terminate()

    def _usable(self) -> asyncpg.Connection | None:
        fresh_ms = self._clock.monotonic_ms() - _UNUSED_MS
        while self._unused:
            connection, since_ms = self._unused.pop()
            if since_ms >= fresh_ms and not connection.is_closed():
                return connection
            connection.terminate()
        return None


class Loan:
    """One connection for as long as the context lasts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await self._connections.take()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.give_back(self._connection, error)
