"""Connections to one PostgreSQL database, and work on them that outlives a lost connection."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import asyncpg

from fondaco.domain.errors import StorageError
from fondaco.kit.clock import Clock
from fondaco.storage.place import place_of
from fondaco.storage.postgres.connections import Connections
from fondaco.storage.postgres.failures import DRIVER_ERRORS, is_passing, told
from fondaco.storage.stored_version import stored_version
from fondaco.storage.version import SCHEMA_VERSION, demand_readable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """Something to do on a connection, in a transaction.

    ``again`` says that it was begun before, and that nobody knows whether that was written.
    """

    async def __call__(self, connection: asyncpg.Connection, *, again: bool) -> T_co: ...


class _Attempt(Protocol[T_co]):
    async def __call__(self, *, again: bool) -> T_co: ...


_GRACE_SECONDS = 2.0  # the server gives up first, and says why
_AT_ONCE = 2  # tries without a pause: after a restart of the server every connection is dead
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections, and how long anything may take."""

    connections: int = 5  #: more are not faster, since operations share transactions
    connect_seconds: float = 5.0
    statement_seconds: float = 10.0  #: for one statement, waiting for locks included
    patience_seconds: float = 15.0  #: how long work is repeated while the server is away


class Database:
    """A few connections to one database."""

    def __init__(self, connections: Connections, place: str, clock: Clock, limits: Limits) -> None:
        self._connections = connections
        self._place = place
        self._clock = clock
        self._limits = limits

    @classmethod
    async def open(cls, dsn: str, clock: Clock, limits: Limits) -> Database:
        """Connect to a database that has been migrated.

        Raises StorageError or one of its kin, SchemaTooNew among them, and ConfigurationError.
        """
        place = place_of(dsn)
        _demand_current(await stored_version(dsn), place)

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect(
                dsn,
                timeout=limits.connect_seconds,
                command_timeout=limits.statement_seconds + _GRACE_SECONDS,
                server_settings=_settings(limits),
            )

        connections = Connections(
            connect, clock, most=limits.connections, wait_seconds=limits.connect_seconds
        )
        return cls(connections, place, clock, limits)

    async def transact(self, work: Work[T]) -> T:
        """Do ``work`` in one transaction; again after a lost connection or a collision.

        Raises StorageError, InvalidInput.
        """

        async def attempt(*, again: bool) -> T:
            async with self._connections.lend() as connection, connection.transaction():
                return await work(connection, again=again)

        return await self._persist(attempt)

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Run one statement by itself and return its rows; again after a lost connection."""

        async def attempt(*, again: bool) -> list[asyncpg.Record]:
            del again  # those statements that are run by themselves may be run twice
            async with self._connections.lend() as connection:
                found: list[asyncpg.Record] = await connection.fetch(statement, *values)
                return found

        return await self._persist(attempt)

    async def row(self, statement: str, *values: object) -> asyncpg.Record | None:
        """Run one statement by itself and return its first row."""
        return next(iter(await self.rows(statement, *values)), None)

    async def close(self) -> None:
        """Give the connections back once they are no longer busy; break off what takes too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.statement_seconds):
                await self._connections.close()

    async def _persist(self, attempt: _Attempt[T]) -> T:
        began_ms, tries = self._clock.monotonic_ms(), 0
        while True:
            try:
                return await attempt(again=tries > 0)
            except DRIVER_ERRORS as error:
                over = self._clock.monotonic_ms() - began_ms > self._limits.patience_seconds * 1000
                if over or not is_passing(error):
                    raise told(error, self._place) from error
            tries += 1
            await self._pause(tries - _AT_ONCE)

    async def _pause(self, number: int) -> None:
        if number > 0:
            await self._clock.sleep(min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(number, 10)))


def _demand_current(version: int | None, place: str) -> None:
    """Refuse a database that is not of the schema that this fondaco writes."""
    demand_readable(version, place)
    if version != SCHEMA_VERSION:
        has = "no schema yet" if version is None else f"schema {version}"
        raise StorageError(
            f"The database {place} has {has}, and this fondaco needs {SCHEMA_VERSION}; run `fondaco migrate`."
        )


def _settings(limits: Limits) -> dict[str, Any]:
    milliseconds = str(int(limits.statement_seconds * 1000))
    return {
        "application_name": "fondaco",
        "statement_timeout": milliseconds,
        "idle_in_transaction_session_timeout": milliseconds,  # so that no dead process keeps a lock
        "plan_cache_mode": "force_generic_plan",  # planning costs more than running these statements
        "jit": "off",
        # A plan made while the tables were nearly empty would scan them, and is kept when they have grown.
        "enable_seqscan": "off",
    }
