"""Leases and what is done under them, many in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import asyncpg
import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import FondacoError, LeaseLost
from fondaco.domain.ids import ConversationId, WorkerId, WorkspaceId
from fondaco.domain.turns import Contact, Lease, Step, Work
from fondaco.storage import rows
from fondaco.storage.episodes import Episodes, Records
from fondaco.storage.postgres import statements as sql
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.writes import Batch, as_json, many
from fondaco.storage.rules import LANES, lease_lost

_STEP_COLUMNS = ("conversation_id", "token", "turn_id", "key", "body")
_CONVERSATION_WIDTH = len(rows.CONVERSATION_COLUMNS)


class Finished(msgspec.Struct, frozen=True):
    """A step that was taken under a lease."""

    lease: Lease
    step: Step


class Return(msgspec.Struct, frozen=True):
    """A lease that is given back, and when the lane is due then; None: nothing is left to answer."""

    lease: Lease
    due_at_ms: int | None


class Claim:
    """One call of ``claim``, which may have to be repeated when its commit was not heard of."""

    def __init__(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        silent_before_ms: int,
        workspaces: Collection[WorkspaceId] | None,
    ) -> None:
        self._worker_id = worker_id
        self._now_ms = now_ms
        self._limit = limit
        self._silent_before_ms = silent_before_ms
        self._workspaces = None if workspaces is None else list(workspaces)
        self._found: list[Lease] = []

    async def run(self, connection: asyncpg.Connection, *, again: bool) -> list[Lease]:
        """Lease lanes; with ``again``, those that were leased before if that was written."""
        if again and (standing := await self._standing(connection)):
            return standing
        values = (self._worker_id, self._now_ms, self._limit, self._silent_before_ms, self._workspaces)
        self._found = [self._lease(row) for row in await connection.fetch(sql.CLAIM_LANES, *values)]
        if self._found:
            await connection.execute(sql.BEAT, self._worker_id, self._now_ms)
        return self._found

    async def _standing(self, connection: asyncpg.Connection) -> list[Lease]:
        if not self._found:
            return []
        found = await connection.fetch(sql.STANDING_LEASES, *_keys(self._found))
        tokens = {row["token"] for row in found}
        return [lease for lease in self._found if lease.token in tokens]

    def _lease(self, row: asyncpg.Record) -> Lease:
        return Lease(conversation_id=row[0], worker_id=self._worker_id, token=row[1], attempts=row[2])


def _keys(leases: Sequence[Lease]) -> tuple[list[ConversationId], list[int]]:
    return [lease.conversation_id for lease in leases], [lease.token for lease in leases]


async def read_all(
    database: Database, episodes: Episodes, leases: Sequence[Lease]
) -> list[Work | FondacoError]:
    """Read the work of many leases; no two of them are of one conversation."""
    heads = [_head(row) for row in await database.rows(sql.READ_WORK, *_keys(leases))]
    records = await _episodes(database, episodes, [head.conversation for head in heads])
    found = {
        head.conversation.id: msgspec.structs.replace(head, records=records[head.conversation.id])
        for head in heads
    }
    return [found.get(lease.conversation_id) or LeaseLost(lease_lost(lease)) for lease in leases]


def _head(row: asyncpg.Record) -> Work:
    """Return the work of a lease, its events still missing."""
    conversation, contact = rows.conversation_of(row), row[_CONVERSATION_WIDTH:-1]
    known = contact[0] is not None
    return Work(
        conversation=conversation,
        contact=rows.contact_of(contact) if known else Contact(id=conversation.contact_id),
        records=(),
        steps=tuple(map(rows.step_of, row[-1])),
    )


async def _episodes(
    database: Database, episodes: Episodes, conversations: Sequence[Conversation]
) -> dict[ConversationId, Records]:
    """Return the open episode's events of each conversation.

    Events are only ever appended, so those up to the last one that was read are what stood then.
    """
    records = {conversation.id: episodes.known(conversation) for conversation in conversations}
    stale = [each for each in conversations if _last(records[each.id]) < each.last_seq]
    if not stale:
        return records
    keys = [(each.id, each.episode_id, _last(records[each.id]), each.last_seq) for each in stale]
    new: defaultdict[str, list[ev.Recorded]] = defaultdict(list)
    for row in await database.rows(sql.EPISODES, *zip(*keys, strict=True)):
        new[row[0]].append(rows.record_of(row[1:]))
    for each in stale:
        records[each.id] += tuple(new[each.id])
        episodes.remember(each, records[each.id])
    return records


def _last(records: Records) -> int:
    return records[-1].seq if records else 0


async def journal_all(database: Database, finished: Sequence[Finished]) -> list[FondacoError | None]:
    """Write steps down; no two of them have one conversation and one key."""
    values = [
        (
            entry.lease.conversation_id,
            entry.lease.token,
            entry.step.turn_id,
            entry.step.key,
            rows.to_json(entry.step),
        )
        for entry in finished
    ]
    ids = [entry.lease.conversation_id for entry in finished]
    found = await database.rows(sql.WRITE_STEPS, ids, as_json(_STEP_COLUMNS, values))
    written = {tuple(row) for row in found}
    return [
        None
        if (entry.lease.conversation_id, entry.step.turn_id, entry.step.key) in written
        else LeaseLost(lease_lost(entry.lease))
        for entry in finished
    ]


async def release_all(
    connection: asyncpg.Connection, returns: Sequence[Return], *, again: bool
) -> Batch[FondacoError | None]:
    """Give leases back; no two of them are of one conversation.  One that was lost is passed over."""
    ids = [entry.lease.conversation_id for entry in returns]
    lanes = {row["conversation_id"]: row for row in await connection.fetch(sql.LOCK_LANES, ids)}
    freed: list[tuple[Any, ...]] = []
    deleted: list[tuple[Any, ...]] = []
    for entry in returns:
        lane = lanes.get(entry.lease.conversation_id)
        if lane is None or lane["token"] != entry.lease.token:
            continue
        if entry.due_at_ms is None and lane["attempts"] == entry.lease.attempts:
            deleted.append((entry.lease.conversation_id,))
        else:  # the contact has written meanwhile, or the turn is to be tried again
            due_at_ms = lane["due_at_ms"] if entry.due_at_ms is None else entry.due_at_ms
            freed.append((entry.lease.conversation_id, due_at_ms))
    await many(connection, sql.FREE_LANES, freed)
    await many(connection, sql.DELETE_LANES, deleted)
    return Batch([None] * len(returns), [LANES] if freed or again else [])
