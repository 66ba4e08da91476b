"""One thread that writes: whatever has queued up is committed together, and each write fails alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from fondaco.domain.errors import StorageError

T = TypeVar("T")


class _Work(Protocol):
    def perform(self, connection: sqlite3.Connection) -> None: ...

    def settle(self) -> None: ...

    def fail(self, error: StorageError) -> None: ...


class _Job(Generic[T]):
    """One write and the future of whoever waits for it."""

    def __init__(self, operation: Callable[[sqlite3.Connection], T]) -> None:
        self.future: Future[T] = Future()
        self._operation = operation
        self._results: list[T] = []

    def perform(self, connection: sqlite3.Connection) -> None:
        """Do the write inside a savepoint, unless nobody waits for it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        connection.execute("SAVEPOINT job")
        try:
            self._results.append(self._operation(connection))
        except sqlite3.Error as error:
            connection.execute("ROLLBACK TO job")
            self.fail(_explained(error))
        connection.execute("RELEASE job")

    def settle(self) -> None:
        """Hand the result over; called only after the commit has reached the disk."""
        if self._results and not self.future.done():
            self.future.set_result(self._results[0])

    def fail(self, error: StorageError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Writer:
    """Runs operations on the one connection, in order, and answers when they are on the disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: deque[_Work] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="erp-writer")

    async def run(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the operation returns, once it is committed.

        Raises:
            StorageError: nothing of the operation was stored.
        """
        job = _Job(operation)
        self._waiting.append(job)
        self._thread.submit(self._drain)
        return await asyncio.wrap_future(job.future)

    def close(self) -> None:
        """Finish what is waiting, then close the database."""
        self._thread.shutdown(wait=True)
        self._connection.close()

    def _drain(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch:
            return
        try:
            self._commit(batch)
        except sqlite3.Error as error:
            self._give_up(batch, _explained(error))
        finally:
            # Whatever was not settled above must not leave anybody waiting.
            self._give_up(batch, StorageError("The merchant system stopped during a write; send it again."))

    def _commit(self, batch: list[_Work]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for job in batch:
            job.perform(self._connection)
        self._connection.execute("COMMIT")
        for job in batch:
            job.settle()

    def _give_up(self, batch: list[_Work], error: StorageError) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for job in batch:
            job.fail(error)


def _explained(error: sqlite3.Error) -> StorageError:
    return StorageError(f"The merchant system's database did not take the write ({error}); nothing was done.")
