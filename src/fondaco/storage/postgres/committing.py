"""Changes that were decided elsewhere, many in one transaction, each only if it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from fondaco.domain.changes import Change, Committed, Lane
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConversationId
from fondaco.domain.turns import Lease
from fondaco.storage import rows
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.writes import Batch, lock_conversations, many, no_conversation, write_changes
from fondaco.storage.rules import topics_of


class Proposal(msgspec.Struct, frozen=True):
    """A change, and the lease under which it was decided."""

    change: Change
    lease: Lease | None


async def commit_all(
    connection: asyncpg.Connection, proposals: Sequence[Proposal], *, again: bool
) -> Batch[Committed | FondacoError]:
    """Write what still holds; no two changes are of one conversation.

    With ``again`` a change whose first event is there already is ours: its commit was not heard of.
    """
    ids = [proposal.change.base.id for proposal in proposals]
    conversations = await lock_conversations(connection, ids)
    tokens = await _lock_lanes(connection, proposals)
    written = await _written(connection, proposals) if again else set()
    answers: list[Committed | FondacoError] = []
    good: list[Change] = []
    topics: list[str] = []
    for proposal in proposals:
        change = proposal.change
        if change.base.id in written:
            answers.append(Committed.DONE)
        else:
            answer = _judge(proposal, conversations.get(change.base.id), tokens.get(change.base.id))
            answers.append(answer)
            good += [change] if answer is Committed.DONE else []
        topics += topics_of(change) if answers[-1] is Committed.DONE else ()
    await write_changes(connection, good)
    await _move_lanes(connection, good)
    return Batch(answers, topics)


def _judge(
    proposal: Proposal, conversation: Conversation | None, token: int | None
) -> Committed | FondacoError:
    change, lease = proposal.change, proposal.lease
    if conversation is None:
        return no_conversation(change.base.id)
    if lease is not None and lease.token != token:
        return Committed.LEASE_LOST
    if conversation.last_seq != change.base.last_seq:
        return Committed.MOVED_ON
    return Committed.DONE


async def _lock_lanes(
    connection: asyncpg.Connection, proposals: Sequence[Proposal]
) -> dict[ConversationId, int]:
    wanted = [
        proposal.change.base.id
        for proposal in proposals
        if proposal.lease is not None or proposal.change.lane is not Lane.KEEP
    ]
    if not wanted:
        return {}
    return {row["conversation_id"]: row["token"] for row in await connection.fetch(sql.LOCK_LANES, wanted)}


async def _written(connection: asyncpg.Connection, proposals: Sequence[Proposal]) -> set[ConversationId]:
    """Return the conversations in which the proposed events stand already."""
    firsts = {
        proposal.change.base.id: proposal.change.records[0]
        for proposal in proposals
        if proposal.change.records
    }
    if not firsts:
        return set()
    keys = [(id_, record.seq) for id_, record in firsts.items()]
    found = await connection.fetch(sql.EVENTS_AT, *zip(*keys, strict=True))
    return {
        row["conversation_id"]
        for row in found
        if row["at_ms"] == firsts[row["conversation_id"]].at_ms
        and row["body"] == rows.to_json(firsts[row["conversation_id"]].event)
    }


async def _move_lanes(connection: asyncpg.Connection, changes: Sequence[Change]) -> None:
    done = [(change.base.id,) for change in changes if change.lane is Lane.DONE]
    await many(connection, sql.DELETE_LANES, done)
    due: list[tuple[Any, ...]] = [
        (change.base.id, change.lane_due_at_ms, change.lane_due_at_ms)
        for change in sorted(changes, key=lambda change: change.base.id)
        if change.lane is Lane.DUE
    ]
    await many(connection, sql.PLACE_LANES, due)
