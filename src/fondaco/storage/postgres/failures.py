"""What asyncpg's errors mean for us: does it pass by, is it one operation's fault, must somebody act."""

from __future__ import annotations

import asyncpg

from fondaco.domain.errors import Conflict, InvalidInput, StorageBusy, StorageError
from fondaco.storage.failures import explained

#: Everything that the driver raises when a statement does not succeed.
DRIVER_ERRORS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,  # TimeoutError is one too
)

_PASSING: tuple[type[Exception], ...] = (
    # The connection was lost, before the statement, under it or at its commit.
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    # The server stops, starts, or has handed over to another one.
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    # Two transactions were in each other's way, or a table was altered under a prepared statement.
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,
)

_SLOW: tuple[type[Exception], ...] = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)
_VALUES = "22"  # SQLSTATE class: data exception
_TOO_LARGE = "54"  # SQLSTATE class: program limit exceeded, such as a tsvector of over 1 MB
_INTEGRITY = "23"  # SQLSTATE class: integrity constraint violation


def is_passing(error: Exception) -> bool:
    """Return whether the same work may succeed when it is repeated."""
    # The driver's own refusal to encode a value is an InterfaceError and a ValueError.
    return isinstance(error, _PASSING) and not isinstance(error, ValueError)


def told(error: Exception, place: str) -> StorageError | InvalidInput:
    """Return the domain's error for one of the driver's; its text quotes no address and no value.

    An InvalidInput is the fault of the values; in a batch, of one operation's values.
    """
    code = str(getattr(error, "sqlstate", "") or "")
    if isinstance(error, ValueError) or code.startswith((_VALUES, _TOO_LARGE)):
        return InvalidInput(f"The database {place} cannot keep this value; remove its control characters.")
    if code.startswith(_INTEGRITY):
        return Conflict(f"The database {place} has another row with this id already; nothing was written.")
    if isinstance(error, _SLOW):
        return StorageBusy(
            f"The database {place} did not finish a statement in time; "
            "look for long transactions in pg_stat_activity, or try again."
        )
    if isinstance(error, asyncpg.PostgresError):
        return explained(error, place)
    return StorageError(
        f"The database {place} cannot be reached; start the server or correct host and port in its address."
    )
