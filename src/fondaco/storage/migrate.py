"""Brings a database to the schema that this fondaco needs: all of it or nothing.

Loads SQLAlchemy and Alembic, so it is imported only where ``stored_version`` has found something to do.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from fondaco.storage.database import engine_for, told_of
from fondaco.storage.place import place_of
from fondaco.storage.stored_version import stored_version
from fondaco.storage.version import demand_readable

__all__ = ["HISTORY", "Migrated", "migrate", "stored_version"]

HISTORY = Path(__file__).parent / "migrations"  #: the folder with one file for each version

_ADVISORY_LOCK = 0x666F6E6461636F  # "fondaco": one migration at a time within a PostgreSQL database


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """What a migration did; both numbers are equal where nothing was to be done."""

    from_version: int | None  #: None: the database was empty
    to_version: int


async def migrate(url: str, history: Path = HISTORY) -> Migrated:
    """Bring the database to the newest schema, creating SQLite's file if there is none.

    One transaction: whatever goes wrong, the old schema is still there.  Safe to call from several
    processes at once; the first one works and the others find it done.
    Raises SchemaTooNew, StorageCorrupt, StorageError or one of its kin, ConfigurationError.
    """
    place = place_of(url)
    demand_readable(await stored_version(url), place)
    engine = engine_for(url)
    try:
        with told_of(place):
            async with engine.begin() as connection:
                return await connection.run_sync(_upgrade, place, _config(history))
    finally:
        await engine.dispose()


def _config(history: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(history).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, place: str, config: Config) -> Migrated:
    numbers: _Numbers = _InSqlite() if connection.dialect.name == "sqlite" else _InPostgres()
    numbers.wait_for_others(connection)
    before = numbers.read(connection)
    newest = int(ScriptDirectory.from_config(config).get_current_head() or 0)
    if before == newest:
        return Migrated(from_version=before, to_version=before)
    demand_readable(before, place)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    numbers.write(connection, newest)
    return Migrated(from_version=before, to_version=newest)


class _InSqlite:
    """The number in SQLite's header; ``BEGIN IMMEDIATE`` has kept others out already."""

    def wait_for_others(self, connection: Connection) -> None:
        pass

    def read(self, connection: Connection) -> int | None:
        return int(connection.execute(text("PRAGMA user_version")).scalar_one()) or None

    def write(self, connection: Connection, version: int) -> None:
        connection.execute(text(f"PRAGMA user_version = {version:d}"))


class _InPostgres:
    """The number in a table of one row."""

    def wait_for_others(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})

    def read(self, connection: Connection) -> int | None:
        connection.execute(text("CREATE TABLE IF NOT EXISTS fondaco_schema (version int NOT NULL)"))
        return connection.execute(text("SELECT version FROM fondaco_schema")).scalar_one_or_none()

    def write(self, connection: Connection, version: int) -> None:
        connection.execute(text("DELETE FROM fondaco_schema"))
        connection.execute(text("INSERT INTO fondaco_schema VALUES (:version)"), {"version": version})


_Numbers = _InSqlite | _InPostgres
