"""Connections to a SQLite file, set for safety, and what their failures mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from fondaco.domain.errors import Conflict, FondacoError, StorageError
from fondaco.storage.failures import explained
from fondaco.storage.version import SCHEMA_VERSION, demand_readable

#: How long to wait for the registry's and the migration's transactions on the same file.
BUSY_TIMEOUT_MS = 5_000

_STATEMENTS = 256  # all of ours stay prepared


def connect_writing(path: Path) -> sqlite3.Connection:
    """Return the connection of the one writer: nothing is acknowledged before it is on the disk."""
    connection = _connect(path, "rw")
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    return connection


def connect_reading(path: Path) -> sqlite3.Connection:
    """Return a connection that reads a consistent state beside the writer and never waits for it."""
    connection = _connect(path, "ro")
    connection.execute("pragma query_only = on")
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        isolation_level=None,  # transactions begin where we say so
        check_same_thread=False,  # opened in one thread and then used in one other
        cached_statements=_STATEMENTS,
    )
    connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection


def demand_schema(connection: sqlite3.Connection, place: str) -> None:
    """Refuse a database without our tables or with other ones.  Raises SchemaTooNew, StorageError."""
    (found,) = connection.execute("pragma user_version").fetchone()
    demand_readable(found, place)
    if found != SCHEMA_VERSION:
        has = f"has schema {found}" if found else "has no tables yet"
        raise StorageError(
            f"The database {place} {has}, and this fondaco needs schema {SCHEMA_VERSION}; migrate it first."
        )


def closed(place: str) -> StorageError:
    """Return the error for what is asked of a store after its end."""
    return StorageError(f"The database {place} is closed; open it again.")


def meaning(error: BaseException, place: str) -> BaseException:
    """Return what a failure of the driver means to those above; everything else stays as it is."""
    if isinstance(error, sqlite3.ProgrammingError) and "closed database" in str(error):
        return closed(place)
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(f"This contradicts what is stored already ({error}); nothing was written.")
    if isinstance(error, sqlite3.Error):
        return explained(error, place)
    return error


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raise what SQLite raises inside the block as one of the domain's errors."""
    try:
        yield
    except FondacoError:
        raise
    except sqlite3.Error as error:
        raise meaning(error, place) from error
