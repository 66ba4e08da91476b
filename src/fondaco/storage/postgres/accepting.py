"""Contacts' messages, many in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec

from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Lane
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConnectionId, ConversationId, MessageId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.storage import rows
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.writes import (
    Batch,
    as_json,
    lock_conversations,
    no_conversation,
    write_changes,
)
from fondaco.storage.rules import LANES, conversation_topic, topics_of

Conversations = dict[ConversationId, Conversation]


class Arrival(msgspec.Struct, frozen=True):
    """A message and the conversation that it belongs to."""

    conversation_id: ConversationId
    inbound: Inbound


class Received(msgspec.Struct, frozen=True):
    """What is told of a message, and what was written because of it."""

    accepted: Accepted
    change: Change | None


class _Place(msgspec.Struct, frozen=True):
    """Where a message stands already."""

    conversation_id: ConversationId
    message_id: MessageId
    seq: int


_INBOUND_COLUMNS = ("connection_id", "external_id", "conversation_id", "message_id", "seq")
_LANE_COLUMNS = ("conversation_id", "due_at_ms", "since_ms")
_Known = dict[tuple[ConnectionId, str], _Place]


async def accept_all(
    connection: asyncpg.Connection, arrivals: Sequence[Arrival], *, again: bool
) -> Batch[Received | FondacoError]:
    """Store the messages; no two of them are of one conversation.

    With ``again`` a message that is there under its own id is ours: its commit was not heard of.
    """
    conversations = await lock_conversations(connection, [arrival.conversation_id for arrival in arrivals])
    known = await _known(connection, arrivals, conversations)
    elsewhere = await _elsewhere(connection, known, conversations)
    answers: list[Received | FondacoError] = []
    new: list[tuple[Change, Inbound]] = []
    topics: list[str] = []
    for arrival in arrivals:
        base, inbound = conversations.get(arrival.conversation_id), arrival.inbound
        if base is None:
            answers.append(no_conversation(arrival.conversation_id))
        elif place := known.get((base.connection_id, inbound.external_id)):
            ours = again and place.message_id == inbound.message_id
            answers.append(_stored(place, elsewhere.get(place.conversation_id), duplicate=not ours))
            topics += (LANES, conversation_topic(place.conversation_id)) if ours else ()
        else:
            change = lifecycle.receive(base, inbound)
            new.append((change, inbound))
            answers.append(_stored(_place_of(change, inbound), change.after, change, duplicate=False))
            topics += topics_of(change)
    if new:
        await _write(connection, new)
    return Batch(answers, topics)


async def _known(
    connection: asyncpg.Connection, arrivals: Sequence[Arrival], conversations: Conversations
) -> _Known:
    keys = [
        (conversations[arrival.conversation_id].connection_id, arrival.inbound.external_id)
        for arrival in arrivals
        if arrival.conversation_id in conversations
    ]
    if not keys:
        return {}
    found = await connection.fetch(sql.KNOWN_INBOUND, *zip(*keys, strict=True))
    return {(row[0], row[1]): _Place(row[2], row[3], row[4]) for row in found}


async def _elsewhere(
    connection: asyncpg.Connection, known: _Known, conversations: Conversations
) -> Conversations:
    """Return the conversations of messages that are known, of which a few may not be among those locked."""
    missing = {place.conversation_id for place in known.values()} - conversations.keys()
    if not missing:
        return conversations
    found = map(rows.conversation_of, await connection.fetch(sql.CONVERSATIONS, list(missing)))
    return {**conversations, **{conversation.id: conversation for conversation in found}}


def _place_of(change: Change, inbound: Inbound) -> _Place:
    return _Place(change.after.id, inbound.message_id, change.after.last_seq)


def _stored(
    place: _Place, conversation: Conversation | None, change: Change | None = None, *, duplicate: bool
) -> Received | FondacoError:
    if conversation is None:  # it was erased, and the memory of its messages was kept
        return no_conversation(place.conversation_id)
    accepted = Accepted(
        message_id=place.message_id, seq=place.seq, duplicate=duplicate, conversation=conversation
    )
    return Received(accepted, change)


async def _write(connection: asyncpg.Connection, new: Sequence[tuple[Change, Inbound]]) -> None:
    inbound = [
        (
            change.base.connection_id,
            inbound.external_id,
            change.base.id,
            inbound.message_id,
            change.after.last_seq,
        )
        for change, inbound in new
    ]
    lanes = [
        (change.base.id, inbound.at_ms + inbound.burst_ms, inbound.at_ms)
        for change, inbound in new
        if change.lane is Lane.DUE
    ]
    await write_changes(connection, [change for change, _ in new])
    await connection.execute(
        sql.WRITE_INBOUND, as_json(_INBOUND_COLUMNS, inbound), as_json(_LANE_COLUMNS, sorted(lanes))
    )
