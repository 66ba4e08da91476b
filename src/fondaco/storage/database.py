"""SQLAlchemy engines for migrations, administration and reports; the hot path has its own statements.

Importing SQLAlchemy takes up to a second, so this module and those built on it are imported by the functions
that use them: ``fondaco --help`` and the hot stores stay quick.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from fondaco.domain.errors import StorageBusy
from fondaco.storage.drivers import asyncpg_driver
from fondaco.storage.failures import explained
from fondaco.storage.place import is_postgres, place_of, sqlite_path

BUSY_TIMEOUT_MS = 5_000
CONNECT_TIMEOUT_SECONDS = 10
_POOL = 4  # administration is rare; connections are the hot store's
_READING = "fondaco_reading"
_PLACE = "fondaco_place"


def engine_for(url: str, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> AsyncEngine:
    """Return an engine for ``sqlite:///path`` or ``postgresql://…``; it connects when it is first used.

    ``busy_timeout_ms`` is how long SQLite waits for another writer before StorageBusy.
    Raises ConfigurationError for another address, or where PostgreSQL's driver is not installed.
    """
    return _postgres_engine(url) if is_postgres(url) else _sqlite_engine(url, busy_timeout_ms)


def reading(engine: AsyncEngine) -> AsyncEngine:
    """Return the same engine for single statements that only read: no transaction, so no wait."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine.execution_options(**{_READING: True})


def place_of_engine(engine: AsyncEngine) -> str:
    """Return the database's name for people, as ``place_of`` gave it."""
    return str(engine.get_execution_options()[_PLACE])


@contextmanager
def told_of(place: str) -> Iterator[None]:
    """Turn what SQLAlchemy or a driver raises inside the block into an error of the domain.

    Raises InvalidInput for a value that the database cannot keep, and StorageError or one of its kin.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise StorageBusy(f"The database {place} has no free connection; try again.") from error
    except DBAPIError as error:
        raise explained(error.orig or error, place) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise explained(error, place) from error


def _postgres_engine(url: str) -> AsyncEngine:
    place, asyncpg = place_of(url), asyncpg_driver()

    async def connect() -> Any:
        try:
            return await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise explained(error, place) from error

    return create_async_engine(
        URL.create("postgresql+asyncpg"),  # the driver reads the address itself, as it does for the hot store
        async_creator=connect,
        pool_size=_POOL,
        pool_pre_ping=True,  # a server that was restarted costs no failed request
        hide_parameters=True,
        execution_options={_PLACE: place},
    )


def _sqlite_engine(url: str, busy_timeout_ms: int) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(sqlite_path(url))),
        connect_args={"timeout": busy_timeout_ms / 1000},
        pool_size=_POOL,
        hide_parameters=True,
        execution_options={_PLACE: place_of(url)},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # pysqlite would open transactions of its own, after the first DDL statement instead of before it;
    # docs.sqlalchemy.org, SQLite dialect, "Serializable isolation / Savepoints / Transactional DDL".
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes then would fail if another one wrote in between.
    if not connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
