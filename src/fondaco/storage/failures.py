"""What the drivers' failures mean: each becomes one of the domain's errors, which says what to do."""

from __future__ import annotations

import sqlite3

from fondaco.domain.errors import (
    InvalidInput,
    StorageBusy,
    StorageCorrupt,
    StorageError,
    StorageFull,
)

#: Primary result codes of SQLite (sqlite.org/rescode.html) and what follows from each.
_SQLITE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (StorageBusy, "is held by another process; stop that one or try again"),
    sqlite3.SQLITE_LOCKED: (StorageBusy, "is held by another process; stop that one or try again"),
    sqlite3.SQLITE_READONLY: (StorageError, "may only be read; let this account write it and its folder"),
    sqlite3.SQLITE_PERM: (StorageError, "may not be opened; give this account the right to it"),
    sqlite3.SQLITE_CANTOPEN: (
        StorageError,
        "cannot be opened; create its folder and let this account write it",
    ),
    sqlite3.SQLITE_FULL: (StorageFull, "has no room left on its disk; make room and start again"),
    sqlite3.SQLITE_CORRUPT: (StorageCorrupt, "is damaged; restore it from the last backup"),
    sqlite3.SQLITE_NOTADB: (StorageCorrupt, "is damaged or no database; restore it from the last backup"),
    sqlite3.SQLITE_IOERR: (StorageError, "could not be read or written; check the disk"),
}

#: SQLSTATE, or its first two letters (PostgreSQL manual, appendix A), and what follows from each.
_POSTGRES: dict[str, tuple[type[StorageError], str]] = {
    "08": (StorageError, "broke off the connection; try again"),
    "28": (StorageError, "refused the name or the password; correct them in its address"),
    "3D": (StorageError, "does not exist; create it or correct its name in the address"),
    "42501": (StorageError, "does not let this role do that; grant it the right to create and write tables"),
    "42P01": (StorageError, "lacks fondaco's tables; run the migration"),
    "53100": (StorageFull, "has no room left on its disk; make room and start again"),
    "53": (StorageBusy, "has no connection or memory left; raise its limits or try again"),
    "55P03": (StorageBusy, "is held by another process; stop that one or try again"),
    "57P": (StorageError, "broke off the connection; try again"),
    "25006": (StorageError, "may only be read; name the primary server in the address"),
    "XX001": (StorageCorrupt, "is damaged; restore it from the last backup"),
    "XX002": (StorageCorrupt, "is damaged; restore it from the last backup"),
}
_UNREACHABLE = (StorageError, "cannot be reached; start the server or correct host and port in its address")


def explained(error: BaseException, place: str) -> StorageError | InvalidInput:
    """Return the domain's error for what a driver raised; its text never quotes an address or a value."""
    root = _root(error)
    code = getattr(root, "sqlstate", None)
    if isinstance(code, str) and code.startswith("22"):
        return InvalidInput(f"The database {place} cannot keep this value; remove its control characters.")
    kind, remedy = _meaning(root, code)
    return kind(f"The database {place} {remedy}.")


def _meaning(error: BaseException, code: object) -> tuple[type[StorageError], str]:
    if isinstance(error, sqlite3.Error):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE.get(primary) or (StorageError, f"answered: {error}")
    if isinstance(code, str):
        found = next((_POSTGRES[code[:length]] for length in (5, 3, 2) if code[:length] in _POSTGRES), None)
        return found or (StorageError, f"failed with SQLSTATE {code}; see the server's log")
    if isinstance(error, OSError):
        return _UNREACHABLE
    return StorageError, f"failed ({type(error).__name__}); see the cause"


def _root(error: BaseException) -> BaseException:
    """Return the outermost cause that has a code, since SQLAlchemy's adapters wrap what the driver raised."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.Error) or getattr(cause, "sqlstate", None):
            return cause
        error, cause = cause, cause.__cause__
    return error
