"""Opens parts of a database beside a server that works on it: what changes rarely, and reading."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any, NamedTuple

from fondaco.domain.costs import Costs, Ledger
from fondaco.domain.ports import Reader, Registry, SharedNotes
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage.place import is_postgres, sqlite_path
from fondaco.storage.rules import SILENCE_MS
from fondaco.storage.stored_version import stored_version
from fondaco.storage.version import SCHEMA_VERSION


class Books(NamedTuple):
    """What is written about models: what they cost, and what processes tell each other of them."""

    ledger: Ledger
    notes: SharedNotes


@asynccontextmanager
async def opened_registry(url: str) -> AsyncIterator[Registry]:
    """Migrate the database and open what changes rarely; no lease and no lock is taken.

    Raises StorageBusy, SchemaTooNew, StorageCorrupt, StorageError, ConfigurationError.
    """
    # SQLAlchemy takes a while to load; whoever opens no database does not pay for it.
    from fondaco.storage.database import engine_for  # noqa: PLC0415
    from fondaco.storage.registry import SqlRegistry  # noqa: PLC0415

    await _bring_to_schema(url)
    engine = engine_for(url)
    try:
        yield SqlRegistry(engine)
    finally:
        await engine.dispose()


@asynccontextmanager
async def opened_reader(url: str, clock: Clock) -> AsyncIterator[Reader]:
    """Migrate the database and open it for reading alone.  Raises as ``opened_registry``."""
    await _bring_to_schema(url)
    if is_postgres(url):
        from fondaco.storage.postgres import PostgresStore  # noqa: PLC0415

        async with await PostgresStore.open(url, clock=clock, signals=SignalHub()) as store:
            yield store
        return
    from fondaco.storage.sqlite.reader import SqliteReader  # noqa: PLC0415

    class Reading(SqliteReader):
        async def close(self) -> None:
            await self._close_reader()

    reader = Reading(sqlite_path(url), clock, SILENCE_MS)
    try:
        yield reader
    finally:
        await reader.close()


@asynccontextmanager
async def opened_costs(url: str, clock: Clock) -> AsyncIterator[Costs]:
    """Migrate the database and open what models cost, for reading alone.  Raises as ``opened_registry``."""
    await _bring_to_schema(url)
    if is_postgres(url):
        from fondaco.storage.postgres.database import Database, Limits  # noqa: PLC0415
        from fondaco.storage.postgres.ledger import PostgresLedger  # noqa: PLC0415

        database = await Database.open(url, clock, Limits())
        try:
            yield PostgresLedger(database)
        finally:
            await database.close()
        return
    from fondaco.storage.sqlite.connect import connect_reading, told  # noqa: PLC0415
    from fondaco.storage.sqlite.ledger import SqliteCosts  # noqa: PLC0415

    path = sqlite_path(url)
    with closing(connect_reading(path)) as connection:

        async def aside(read: Callable[[sqlite3.Connection], list[Any]]) -> list[Any]:
            with told(str(path)):
                return await asyncio.to_thread(read, connection)

        yield SqliteCosts(aside)


@asynccontextmanager
async def opened_books(url: str, clock: Clock) -> AsyncIterator[Books]:
    """Migrate the database and open what is written about models, beside a server or without one.

    On SQLite these few writes wait their turn between those of the server.  Raises as ``opened_registry``.
    """
    await _bring_to_schema(url)
    if is_postgres(url):
        from fondaco.storage.postgres.database import Database, Limits  # noqa: PLC0415
        from fondaco.storage.postgres.ledger import PostgresLedger  # noqa: PLC0415
        from fondaco.storage.postgres.notes import PostgresNotes  # noqa: PLC0415

        database = await Database.open(url, clock, Limits())
        try:
            yield Books(PostgresLedger(database), PostgresNotes(database))
        finally:
            await database.close()
        return
    async with _sqlite_books(url) as books:
        yield books


@asynccontextmanager
async def _sqlite_books(url: str) -> AsyncIterator[Books]:
    from fondaco.storage.sqlite.connect import connect_reading, connect_writing, told  # noqa: PLC0415
    from fondaco.storage.sqlite.ledger import SqliteLedger  # noqa: PLC0415
    from fondaco.storage.sqlite.notes import SqliteNotes  # noqa: PLC0415
    from fondaco.storage.sqlite.writer import Writer  # noqa: PLC0415

    path = sqlite_path(url)
    place = str(path)
    with told(place), closing(connect_reading(path)) as reading:

        async def aside(read: Callable[[sqlite3.Connection], list[Any]]) -> list[Any]:
            with told(place):
                return await asyncio.to_thread(read, reading)

        writer = Writer(connect_writing(path), place, SignalHub().ring, asyncio.get_running_loop())
        try:
            yield Books(SqliteLedger(writer, aside), SqliteNotes(writer, aside))
        finally:
            await writer.close()


async def _bring_to_schema(url: str) -> None:
    if await stored_version(url) == SCHEMA_VERSION:
        return
    from fondaco.storage.migrate import migrate  # noqa: PLC0415

    await migrate(url)
