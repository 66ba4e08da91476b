"""The engine's tables in PostgreSQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

import asyncpg

from fondaco.domain.changes import Change, Committed
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery
from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConversationId, WorkerId, WorkspaceId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.domain.turns import Lease, Opening, Step, Work
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage.episodes import Episodes
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.accepting import Arrival, Received, accept_all
from fondaco.storage.postgres.bells import Herald, Listener
from fondaco.storage.postgres.coalescer import Coalescer
from fondaco.storage.postgres.committing import Proposal, commit_all
from fondaco.storage.postgres.database import Database, Limits
from fondaco.storage.postgres.leasing import Claim, Finished, Return, journal_all, read_all, release_all
from fondaco.storage.postgres.ledger import PostgresLedger
from fondaco.storage.postgres.newcomers import Opened
from fondaco.storage.postgres.notes import PostgresNotes
from fondaco.storage.postgres.reader import PostgresReader
from fondaco.storage.postgres.relay import PostgresRelay
from fondaco.storage.postgres.sending import Report, Taking, record_all, void_outdated
from fondaco.storage.postgres.spending import PostgresSpending
from fondaco.storage.postgres.writes import Batch
from fondaco.storage.rules import DELIVERIES, LANES, SILENCE_MS

Op = TypeVar("Op")
Out = TypeVar("Out")
Op_contra = TypeVar("Op_contra", contravariant=True)


class _Written(Protocol[Op_contra, Out]):
    """Runs a batch of operations in a transaction."""

    async def __call__(
        self, connection: asyncpg.Connection, ops: Sequence[Op_contra], /, *, again: bool
    ) -> Batch[Out]: ...


class PostgresStore(PostgresReader):
    """The ``Store`` and the ``Reader`` of ``fondaco.domain.ports``, shared by any number of processes.

    Operations of one kind that come while such a batch is under way go into the next one together.
    What was begun when the connection is lost is repeated, and takes effect once.
    Everything raises StorageError or one of its kin besides what the port names.
    """

    def __init__(
        self,
        database: Database,
        signals: SignalHub,
        *,
        clock: Clock,
        silence_ms: int,
        herald: Herald,
        listener: Listener,
        relay: PostgresRelay,
    ) -> None:
        super().__init__(database, clock, silence_ms)
        self.signals = signals
        self.ledger = PostgresLedger(database)
        self.spending = PostgresSpending(database)
        self.notes = PostgresNotes(database)
        self.relay = relay
        self._herald = herald
        self._listener = listener
        self._accepts: Coalescer[Arrival, Received] = Coalescer(
            self._batch(accept_all), _conversation_of_arrival
        )
        self._commits: Coalescer[Proposal, Committed] = Coalescer(
            self._batch(commit_all), _conversation_of_proposal
        )
        self._releases: Coalescer[Return, None] = Coalescer(self._batch(release_all), _conversation_of_return)
        self._reports: Coalescer[Report, None] = Coalescer(self._batch(record_all), _delivery_of_report)
        self._journals: Coalescer[Finished, None] = Coalescer(self._journal, _step_of_finished)
        self._episodes = Episodes()
        self._reads: Coalescer[Lease, Work] = Coalescer(self._read, _conversation_of_lease)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        clock: Clock,
        signals: SignalHub | None = None,
        silence_ms: int = SILENCE_MS,
        limits: Limits | None = None,
    ) -> Self:
        """Connect to a database that has been migrated; ``close`` it, or use it as a context.

        A worker that gives no sign of life for ``silence_ms`` milliseconds loses what it holds.
        Raises ConfigurationError, StorageError, SchemaTooNew.
        """
        signals = signals or SignalHub()
        database = await Database.open(dsn, clock, limits or Limits())
        [named] = await database.rows("select gen_random_uuid()::text")
        relay = PostgresRelay(database, named[0])
        listener = Listener(dsn, signals, named[0], clock, relay)
        store = cls(
            database,
            signals,
            clock=clock,
            silence_ms=silence_ms,
            herald=Herald(database, signals, named[0]),
            listener=listener,
            relay=relay,
        )
        await listener.start()
        return store

    async def close(self) -> None:
        """Finish what was begun and disconnect; begin nothing more after it."""
        await self._listener.stop()
        for kind in (
            self._accepts,
            self._commits,
            self._releases,
            self._reports,
            self._journals,
            self._reads,
            self._conversations,
        ):
            await kind.drain()
        await self.ledger.drain()
        await self._herald.drain()
        await self.relay.drain()
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open_conversation(self, opening: Opening) -> Conversation:
        return await self._database.transact(Opened(opening).run)

    async def accept(self, conversation_id: ConversationId, inbound: Inbound) -> Accepted:
        received = await self._accepts.submit(Arrival(conversation_id, inbound))
        if received.change is not None:
            self._episodes.follow(received.change)
        return received.accepted

    async def claim(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        workspaces: Collection[WorkspaceId] | None = None,
    ) -> list[Lease]:
        claim = Claim(worker_id, now_ms, limit, now_ms - self._silence_ms, workspaces)
        return await self._database.transact(claim.run)

    async def read_work(self, lease: Lease) -> Work:
        return await self._reads.submit(lease)

    async def journal(self, lease: Lease, step: Step) -> None:
        await self._journals.submit(Finished(lease, step))

    async def commit(self, change: Change, lease: Lease | None = None) -> Committed:
        committed = await self._commits.submit(Proposal(change, lease))
        if committed is Committed.DONE:
            self._episodes.follow(change)
        return committed

    async def release(self, lease: Lease, due_at_ms: int | None) -> None:
        await self._releases.submit(Return(lease, due_at_ms))

    async def renew(self, worker_id: WorkerId, now_ms: int) -> None:
        await self._database.rows(sql.BEAT, worker_id, now_ms)

    async def retire(self, worker_id: WorkerId) -> None:
        async def work(connection: asyncpg.Connection, *, again: bool) -> None:
            del again  # what is given back twice is given back once
            for statement in (sql.RETIRE_LANES, sql.RETIRE_DELIVERIES, sql.DELETE_WORKER):
                await connection.execute(statement, worker_id)

        await self._database.transact(work)
        self._herald.ring((LANES, DELIVERIES))

    async def claim_deliveries(self, worker_id: WorkerId, now_ms: int, limit: int) -> list[Delivery]:
        while True:
            taking = Taking(worker_id, now_ms, limit, self._silence_ms)
            taken = await self._database.transact(taking.run)
            if not taking.stale:
                return taken
            await self._void(taking.stale, now_ms)

    async def _void(self, conversation_ids: Iterable[ConversationId], now_ms: int) -> None:
        """Void in a transaction of its own, since it locks conversations, which comes before deliveries."""

        async def work(connection: asyncpg.Connection, *, again: bool) -> list[str]:
            del again  # what is voided is not found again
            return await void_outdated(connection, conversation_ids, now_ms, self._silence_ms)

        self._herald.ring(await self._database.transact(work))

    async def record_attempt(self, worker_id: WorkerId, attempt: Attempt) -> None:
        await self._reports.submit(Report(worker_id, attempt))

    def _batch(self, run: _Written[Op, Out]) -> Callable[[Sequence[Op]], Awaitable[Sequence[Out]]]:
        """Return what runs a batch in a transaction of its own, and rings after its commit."""

        async def whole(ops: Sequence[Op]) -> Sequence[Out]:
            async def work(connection: asyncpg.Connection, *, again: bool) -> Batch[Out]:
                return await run(connection, ops, again=again)

            batch = await self._database.transact(work)
            self._herald.ring(batch.topics)
            return batch.answers

        return whole

    async def _read(self, leases: Sequence[Lease]) -> Sequence[Work | FondacoError]:
        return await read_all(self._database, self._episodes, leases)

    async def _journal(self, finished: Sequence[Finished]) -> Sequence[FondacoError | None]:
        return await journal_all(self._database, finished)


def _conversation_of_arrival(arrival: Arrival) -> Hashable:
    return arrival.conversation_id


def _conversation_of_proposal(proposal: Proposal) -> Hashable:
    return proposal.change.base.id


def _conversation_of_return(given: Return) -> Hashable:
    return given.lease.conversation_id


def _conversation_of_lease(lease: Lease) -> Hashable:
    return lease.conversation_id


def _step_of_finished(finished: Finished) -> Hashable:
    return finished.lease.conversation_id, finished.step.turn_id, finished.step.key


def _delivery_of_report(report: Report) -> Hashable:
    return report.attempt.delivery_id
