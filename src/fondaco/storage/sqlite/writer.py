"""The one thread that writes: whatever has queued up becomes one transaction."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fondaco.storage.sqlite.connect import closed, meaning

T = TypeVar("T")

#: Operations in one transaction at most, so that the first of them does not wait for too many others.
LARGEST_GROUP = 512
_CROWD = 4  # operations at once are a crowd's; two or three may be a single contact's
_LOOK_SECONDS = 0.001  # in which a crowd's next operation has come; a single contact has none more
_GATHER_SECONDS = 0.004  # for further operations, while many write at once


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What an operation returns, and the topics that ring once it is on the disk."""

    value: T
    topics: tuple[str, ...] = ()


Operation = Callable[[sqlite3.Connection], Done[T]]


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


@dataclass(frozen=True, slots=True)
class _Job:
    operation: Operation[Any]
    future: asyncio.Future[Any]


class _WroteAndFailed(Exception):
    """An operation that has no savepoint failed after it had written something."""


class Writer:
    """Runs operations in a thread of its own, one after another, and commits them in groups.

    A disk that takes a millisecond to flush takes it once for everybody who waits.  One that fails leaves
    nothing behind and harms no other: most fail before they have written anything, and where one does not,
    the group is run again with a savepoint for each.  Callers are told only after the commit.
    A caller that goes away does not stop its operation: it is written or not as a whole.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        place: str,
        ring: Callable[[str], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._connection = connection
        self._place = place
        self._ring = ring
        self._loop = loop
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"fondaco-writer {place}", daemon=True)
        self._closing = False
        self._hurry = threading.Event()  #: set where nobody is to be waited for any more
        self._last = 0  #: operations of the last group; after several, others may come
        self._thread.start()

    async def do(self, operation: Operation[T]) -> T:
        """Run the operation; returns once it is on the disk.  Raises what it raised, or StorageError."""
        if self._closing:
            raise closed(self._place)
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(operation, future))
        return await future

    async def close(self) -> None:
        """Write what has queued up, then end the thread and close the connection."""
        if not self._closing:
            self._closing = True
            self._hurry.set()
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        open_ = True
        while open_:
            jobs, open_ = self._next_group()
            if jobs:
                outcomes = self._write(jobs)
                self._answer(jobs, outcomes)
        self._connection.close()

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Wait for a job and take along all that came meanwhile; False where it was the last group."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        if self._last > 1:
            self._gather()
        while job is not None:
            jobs.append(job)
            if len(jobs) == LARGEST_GROUP:
                break
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
        self._last = len(jobs)
        return jobs, job is not None

    def _gather(self) -> None:
        """Let a crowd's operations come: a commit costs the same for one as for fifty."""
        queued = self._jobs.qsize()
        self._hurry.wait(_LOOK_SECONDS)
        if self._last >= _CROWD or self._jobs.qsize() > queued:
            self._hurry.wait(_GATHER_SECONDS)

    def _write(self, jobs: Sequence[_Job]) -> list[Done[Any] | _Failed]:
        try:
            try:
                return self._commit(jobs, saved=False)
            except _WroteAndFailed:
                self._roll_back()
                return self._commit(jobs, saved=True)
        except sqlite3.Error as error:
            self._roll_back()
            return [_failure(error, self._place) for _ in jobs]

    def _commit(self, jobs: Sequence[_Job], *, saved: bool) -> list[Done[Any] | _Failed]:
        self._connection.execute("begin immediate")
        outcomes = [self._run_alone(job.operation, saved=saved) for job in jobs]
        self._connection.execute("commit")
        return outcomes

    def _run_alone(self, operation: Operation[Any], *, saved: bool) -> Done[Any] | _Failed:
        db = self._connection
        if saved:
            db.execute("savepoint operation")
        written = db.total_changes
        outcome: Done[Any] | _Failed
        try:
            outcome = operation(db)
        except Exception as error:
            # The one worker loop of this wall: what an operation raises is its caller's, not the thread's.
            if not db.in_transaction:
                raise  # SQLite gave the whole group up, as it does when the disk is full
            if saved:
                db.execute("rollback to operation")
            elif db.total_changes != written:
                raise _WroteAndFailed from error
            outcome = _failure(error, self._place)
        if saved:
            db.execute("release operation")
        return outcome

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except sqlite3.Error:
            # What SQLite could not roll back it has rolled back itself (sqlite.org/lang_transaction.html, 3).
            return

    def _answer(self, jobs: Sequence[_Job], outcomes: Sequence[Done[Any] | _Failed]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._settle, jobs, outcomes)
        except RuntimeError:
            # The event loop is gone, and with it everybody who waited for an answer.
            return

    def _settle(self, jobs: Sequence[_Job], outcomes: Sequence[Done[Any] | _Failed]) -> None:
        topics: dict[str, None] = {}
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Done):
                topics.update(dict.fromkeys(outcome.topics))
            if job.future.done():
                continue
            if isinstance(outcome, Done):
                job.future.set_result(outcome.value)
            else:
                job.future.set_exception(outcome.error)
        for topic in topics:
            self._ring(topic)


def _failure(error: BaseException, place: str) -> _Failed:
    told = meaning(error, place)
    if told is not error:
        told.__cause__ = error
    return _Failed(told)
