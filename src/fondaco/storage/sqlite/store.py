"""The port ``Store`` on a SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from fondaco.domain.changes import Change, Committed
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery
from fondaco.domain.errors import StorageError
from fondaco.domain.ids import ConversationId, WorkerId, WorkspaceId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.domain.turns import Lease, Opening, Step
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage.rules import SILENCE_MS
from fondaco.storage.sqlite import changes, lanes, newcomers, outbox, search
from fondaco.storage.sqlite.connect import connect_writing, demand_schema, told
from fondaco.storage.sqlite.ledger import SqliteLedger
from fondaco.storage.sqlite.lock import OwnerLock
from fondaco.storage.sqlite.notes import SqliteNotes
from fondaco.storage.sqlite.reader import SqliteReader
from fondaco.storage.sqlite.spending import SqliteSpending
from fondaco.storage.sqlite.writer import Writer


class SqliteStore(SqliteReader):
    """``Store`` and ``Reader``; the process that has opened the file is its only owner until it closes it.

    Made by ``open``.  Every write goes through one thread, so that what is read on the way stays true.
    """

    def __init__(
        self,
        path: Path,
        lock: OwnerLock,
        writing: sqlite3.Connection,
        clock: Clock,
        signals: SignalHub,
        silence_ms: int,
    ) -> None:
        super().__init__(path, clock, silence_ms)
        self.signals = signals
        self._lock = lock
        # A lease lives no longer than the process, so a token has to be greater than those that are stored
        # and than any that this process gave before.
        self._tokens = count(max(lanes.void_former_leases(writing), clock.now_ms()) + 1)
        self._writer = Writer(writing, str(path), signals.ring, asyncio.get_running_loop())
        self.ledger = SqliteLedger(self._writer, self._aside)
        self.spending = SqliteSpending(self._writer, self._aside)
        self.notes = SqliteNotes(self._writer, self._aside)
        self.relay = None  # nobody else may open the file
        self._unsearched = 0  # messages, more or less, since the index was fed
        self._feeding: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Clock,
        signals: SignalHub,
        silence_ms: int = SILENCE_MS,
        connect: Callable[[Path], sqlite3.Connection] = connect_writing,
    ) -> Self:
        """Open a migrated database for this process alone; what a former process held is free at once.

        ``silence_ms``: after so long without a sign of life what a worker holds may be taken over.
        Raises StorageBusy where another process has it, SchemaTooNew, StorageCorrupt, StorageError.
        """
        place = str(path)
        with told(place):
            lock = OwnerLock.acquire(path)
            try:
                writing = connect(path)
                try:
                    demand_schema(writing, place)
                    return cls(path, lock, writing, clock, signals, silence_ms)
                except BaseException:
                    writing.close()
                    raise
            except BaseException:
                lock.release()
                raise

    async def close(self) -> None:
        """Write what has been asked for already, then let go of the file."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)  # a caller that goes away must not leave it half closed

    async def _end(self) -> None:
        if self._feeding is not None:
            await asyncio.wait([self._feeding])
        await self._writer.close()
        await self._close_reader()
        self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open_conversation(self, opening: Opening) -> Conversation:
        return await self._writer.do(lambda db: newcomers.open_conversation(db, opening))

    async def accept(self, conversation_id: ConversationId, inbound: Inbound) -> Accepted:
        accepted, change = await self._writer.do(lambda db: lanes.accept(db, conversation_id, inbound))
        if change is not None:
            self._episodes.follow(change)
            self._note_unsearched()
        return accepted

    async def claim(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        workspaces: Collection[WorkspaceId] | None = None,
    ) -> list[Lease]:
        claim = lanes.Claim(worker_id, now_ms, limit, now_ms - self._silence_ms, workspaces)
        return await self._writer.do(lambda db: lanes.claim(db, claim, self._tokens))

    async def journal(self, lease: Lease, step: Step) -> None:
        await self._writer.do(lambda db: changes.journal(db, lease, step))

    async def commit(self, change: Change, lease: Lease | None = None) -> Committed:
        committed = await self._writer.do(lambda db: changes.commit(db, change, lease))
        if committed is Committed.DONE:
            self._episodes.follow(change)
            self._note_unsearched()
        return committed

    def _note_unsearched(self) -> None:
        self._unsearched += 1
        if self._unsearched >= search.BACKLOG and (self._feeding is None or self._feeding.done()):
            self._feeding = asyncio.create_task(self._feed_aside())

    async def _feed_aside(self) -> None:
        with suppress(StorageError):  # what waits is found all the same
            await self._feed()

    async def _feed(self) -> None:
        """Bring all that waits into the index."""
        self._unsearched = 0
        while await self._writer.do(search.feed):
            pass

    async def release(self, lease: Lease, due_at_ms: int | None) -> None:
        await self._writer.do(lambda db: lanes.release(db, lease, due_at_ms))

    async def renew(self, worker_id: WorkerId, now_ms: int) -> None:
        await self._writer.do(lambda db: lanes.see(db, worker_id, now_ms))

    async def retire(self, worker_id: WorkerId) -> None:
        await self._writer.do(lambda db: lanes.retire(db, worker_id))

    async def claim_deliveries(self, worker_id: WorkerId, now_ms: int, limit: int) -> list[Delivery]:
        since_ms = now_ms - self._silence_ms
        return await self._writer.do(
            lambda db: outbox.claim_deliveries(db, worker_id, now_ms, limit, since_ms)
        )

    async def record_attempt(self, worker_id: WorkerId, attempt: Attempt) -> None:
        await self._writer.do(lambda db: outbox.record_attempt(db, worker_id, attempt))
