"""Which schema a database has, asked without loading SQLAlchemy: every start asks it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from fondaco.storage.drivers import asyncpg_driver
from fondaco.storage.failures import explained
from fondaco.storage.place import is_postgres, place_of, sqlite_path

_CONNECT_TIMEOUT_SECONDS = 10


async def stored_version(url: str) -> int | None:
    """Return the number of the schema that the database has; None where there is no schema yet.

    Creates nothing.  Raises ConfigurationError, StorageError or one of its kin.
    """
    place = place_of(url)
    if is_postgres(url):
        return await _in_postgres(url, place)
    return await asyncio.to_thread(_in_sqlite, sqlite_path(url), place)


def _in_sqlite(path: Path, place: str) -> int | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise explained(error, place) from error
    return int(version) or None


async def _in_postgres(url: str, place: str) -> int | None:
    asyncpg = asyncpg_driver()
    try:
        connection = await asyncpg.connect(url, timeout=_CONNECT_TIMEOUT_SECONDS)
        try:
            if await connection.fetchval("select to_regclass('fondaco_schema')") is None:
                return None
            version = await connection.fetchval("select version from fondaco_schema")
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise explained(error, place) from error
    return None if version is None else int(version)
