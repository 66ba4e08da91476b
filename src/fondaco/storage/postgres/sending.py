"""Deliveries: taking those that are due, and writing down what came of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from fondaco.domain.changes import Change
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import FondacoError, NotFound
from fondaco.domain.ids import ConversationId, DeliveryId, WorkerId
from fondaco.storage import rows
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.writes import Batch, as_json, lock_conversations, write_changes
from fondaco.storage.rules import (
    DELIVERIES,
    VOIDED_REASON,
    Unfinished,
    ended,
    plan_sending,
    tells_the_conversation,
    topics_of,
)

_UPDATE_COLUMNS = ("id", "state", "due_at_ms", "last_error")


class Report(msgspec.Struct, frozen=True):
    """What a worker says of one attempt."""

    worker_id: WorkerId
    attempt: Attempt


class Taking:
    """One call of ``claim_deliveries``, which may have to be repeated when its commit was not heard of."""

    def __init__(self, worker_id: WorkerId, now_ms: int, limit: int, silence_ms: int) -> None:
        self._worker_id = worker_id
        self._now_ms = now_ms
        self._limit = limit
        self._silent_before_ms = now_ms - silence_ms
        self._taken: list[Delivery] = []
        self.stale: set[ConversationId] = set()  #: where something has to be voided before anything is taken

    async def run(self, connection: asyncpg.Connection, *, again: bool) -> list[Delivery]:
        """Take deliveries; with ``again``, those that were taken before if that was written."""
        if again and (started := await self._started(connection)):
            return started
        values = (self._now_ms, self._limit, self._silent_before_ms)
        found = await connection.fetch(sql.LOCK_DUE_DELIVERIES, *values)
        self.stale = {row["conversation_id"] for row in found if row["stale"]}
        if self.stale:
            return []
        self._taken = [_begun(row) for row in found]
        if self._taken:
            ids = [delivery.id for delivery in self._taken]
            await connection.execute(sql.START_DELIVERIES, ids, self._worker_id)
            await connection.execute(sql.BEAT, self._worker_id, self._now_ms)
        return self._taken

    async def _started(self, connection: asyncpg.Connection) -> list[Delivery]:
        ids = [delivery.id for delivery in self._taken]
        found = await connection.fetch(sql.STARTED_DELIVERIES, ids, self._worker_id) if ids else ()
        started = {row["id"] for row in found}
        return [delivery for delivery in self._taken if delivery.id in started]


def _begun(row: asyncpg.Record) -> Delivery:
    due = rows.delivery_of(row)
    return msgspec.structs.replace(due, attempts=due.attempts + 1, outdated=row["outdated"])


async def void_outdated(
    connection: asyncpg.Connection, conversation_ids: Iterable[ConversationId], now_ms: int, silence_ms: int
) -> list[str]:
    """Void what the assistant may not say any more, and return the topics to ring."""
    conversations = await lock_conversations(connection, conversation_ids)
    waiting: defaultdict[ConversationId, list[Unfinished]] = defaultdict(list)
    for row in await connection.fetch(sql.LOCK_UNFINISHED, list(conversations), now_ms - silence_ms):
        delivery = rows.delivery_of(row)
        waiting[delivery.conversation_id].append(Unfinished(delivery, row["held"]))
    ends = Ends(conversations)
    voided: list[tuple[Any, ...]] = []
    for conversation_id, unfinished in waiting.items():
        unfinished.sort(key=lambda entry: entry.delivery.seq)
        plan = plan_sending(unfinished, conversations[conversation_id].epoch, now_ms)
        for delivery in plan.voided:
            voided.append((delivery.id, DeliveryState.VOIDED.value, delivery.due_at_ms, ""))
            ends.add(delivery, DeliveryState.VOIDED, VOIDED_REASON, now_ms)
    await write_changes(connection, ends.changes)
    await connection.execute(sql.UPDATE_DELIVERIES, as_json(_UPDATE_COLUMNS, voided))
    return ends.topics()


class Ends:
    """The events of deliveries that ended, one after another within each conversation."""

    def __init__(self, conversations: dict[ConversationId, Conversation]) -> None:
        self._now = dict(conversations)
        self.changes: list[Change] = []

    def add(self, delivery: Delivery, state: DeliveryState, reason: str, at_ms: int) -> None:
        change = ended(self._now[delivery.conversation_id], delivery, state, reason, at_ms)
        self._now[delivery.conversation_id] = change.after
        self.changes.append(change)

    def topics(self) -> list[str]:
        return [topic for change in self.changes for topic in topics_of(change)]


async def record_all(
    connection: asyncpg.Connection, reports: Sequence[Report], *, again: bool
) -> Batch[FondacoError | None]:
    """Write attempts down; no two of them are of one delivery.  Only the word of the one who sends counts."""
    telling = [
        report.attempt.delivery_id for report in reports if tells_the_conversation(report.attempt.state)
    ]
    ends = Ends(await _lock_conversations_of(connection, telling))
    ids = [report.attempt.delivery_id for report in reports]
    found = {row["id"]: row for row in await connection.fetch(sql.LOCK_DELIVERIES, ids)}
    answers: list[FondacoError | None] = []
    updates: list[tuple[Any, ...]] = []
    for report in reports:
        row = found.get(report.attempt.delivery_id)
        answers.append(None if row else NotFound(f"There is no delivery {report.attempt.delivery_id}."))
        if row is not None and row["owner"] == report.worker_id:
            updates.append(_update(rows.delivery_of(row), report.attempt, ends))
    logged = [
        rows.attempt_values(report.attempt) for report in reports if report.attempt.delivery_id in found
    ]
    await write_changes(connection, ends.changes)
    await connection.execute(sql.UPDATE_DELIVERIES, as_json(_UPDATE_COLUMNS, updates))
    await connection.execute(sql.INSERT_ATTEMPTS, as_json(rows.ATTEMPT_COLUMNS, logged))
    return Batch(answers, [*ends.topics(), *([DELIVERIES] if updates or again else [])])


def _update(delivery: Delivery, attempt: Attempt, ends: Ends) -> tuple[Any, ...]:
    if tells_the_conversation(attempt.state):
        ends.add(delivery, attempt.state, attempt.error, attempt.at_ms)
    return (delivery.id, attempt.state.value, attempt.due_at_ms or delivery.due_at_ms, attempt.error)


async def _lock_conversations_of(
    connection: asyncpg.Connection, delivery_ids: Sequence[DeliveryId]
) -> dict[ConversationId, Conversation]:
    if not delivery_ids:
        return {}
    found = await connection.fetch(sql.CONVERSATIONS_OF_DELIVERIES, delivery_ids)
    return await lock_conversations(connection, [row["conversation_id"] for row in found])
