"""Writing changes: what every kind of batch has in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import asyncpg
import msgspec

from fondaco.domain.changes import Change
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId
from fondaco.storage import rows
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.terms import kept_terms
from fondaco.storage.rules import closes_episode, searched_text
from fondaco.storage.spending_rows import moved_in_all

Out = TypeVar("Out")


class Batch(msgspec.Struct, Generic[Out], frozen=True):
    """What a batch came to: an answer for each operation, in their order, and the topics to ring."""

    answers: list[Out]
    topics: list[str]


async def many(connection: asyncpg.Connection, statement: str, values: Iterable[Sequence[Any]]) -> None:
    """Run a statement that takes one array a column; without rows nothing is sent."""
    columns = tuple(zip(*values, strict=True))
    if columns:
        await connection.execute(statement, *columns)


def as_json(columns: Sequence[str], values: Iterable[Sequence[Any]]) -> str:
    """Return rows as the JSON list of objects that ``json_to_recordset`` reads."""
    return rows.to_json([dict(zip(columns, row, strict=True)) for row in values])


async def lock_conversations(
    connection: asyncpg.Connection, ids: Iterable[ConversationId]
) -> dict[ConversationId, Conversation]:
    """Lock conversations until the transaction ends, and return those that there are."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    found = map(rows.conversation_of, await connection.fetch(sql.LOCK_CONVERSATIONS, wanted))
    return {conversation.id: conversation for conversation in found}


def no_conversation(conversation_id: ConversationId) -> NotFound:
    """Return the error for an id that names nothing."""
    return NotFound(f"There is no conversation {conversation_id}.")


async def write_changes(connection: asyncpg.Connection, changes: Sequence[Change]) -> None:
    """Write everything of these changes but their lanes.

    Of two changes of a conversation the later one follows the earlier one.  The caller holds the
    locks of the conversations.
    """
    if not changes:
        return
    events = [rows.event_values(change.after.id, record) for change in changes for record in change.records]
    deliveries = [rows.delivery_values(delivery) for change in changes for delivery in change.deliveries]
    turns = [rows.turn_values(change.after.id, change.turn) for change in changes if change.turn is not None]
    after = {change.after.id: change.after for change in changes if change.records}
    await connection.execute(
        sql.WRITE_CHANGES,
        as_json(rows.EVENT_COLUMNS, events),
        as_json(_SEARCH_COLUMNS, _search_values(changes)),
        as_json(rows.DELIVERY_COLUMNS, deliveries),
        as_json(rows.TURN_COLUMNS, turns),
        as_json(_UPDATE_COLUMNS, map(_conversation_update, after.values())),
    )
    await _write_handoffs(connection, changes)
    await many(connection, sql.PUT_ACTIONS, moved_in_all(changes))
    closed = [(change.after.id,) for change in changes if closes_episode(change)]
    await many(connection, sql.DELETE_ALL_STEPS, closed)


_SEARCH_COLUMNS = ("conversation_id", "seq", "terms")
_UPDATE_COLUMNS = (
    "id",
    "status",
    "assignee_kind",
    "assignee_id",
    "epoch",
    "last_seq",
    "episode_id",
    "language",
    "subject",
    "updated_at_ms",
    "waiting_since_ms",
)


def _conversation_update(conversation: Conversation) -> tuple[Any, ...]:
    return (
        conversation.id,
        conversation.status.value,
        conversation.assignee.kind.value,
        conversation.assignee.id,
        conversation.epoch,
        conversation.last_seq,
        conversation.episode_id,
        None if conversation.language is None else conversation.language.value,
        conversation.subject,
        conversation.updated_at_ms,
        conversation.waiting_since_ms,
    )


def _search_values(changes: Sequence[Change]) -> list[tuple[Any, ...]]:
    found = []
    for change in changes:
        for record in change.records:
            text = searched_text(record.event)
            if text is not None:
                found.append((change.after.id, record.seq, kept_terms(text)))
    return found


async def _write_handoffs(connection: asyncpg.Connection, changes: Sequence[Change]) -> None:
    opened = [rows.handoff_values(change.handoff) for change in changes if change.handoff is not None]
    await many(connection, sql.INSERT_HANDOFFS, opened)
    updates = [
        (update.handoff_id, update.accepted_at_ms, update.accepted_by, update.returned_at_ms)
        for change in changes
        if (update := change.handoff_update) is not None
    ]
    await many(connection, sql.UPDATE_HANDOFFS, updates)
