"""The line of conversations that wait for the assistant."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Lane
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConversationId, WorkerId, WorkspaceId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.domain.turns import Lease
from fondaco.storage import rows, rules
from fondaco.storage.sqlite import changes
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done


def accept(
    db: sqlite3.Connection, conversation_id: ConversationId, inbound: Inbound
) -> Done[tuple[Accepted, Change | None]]:
    """Store a message once and mark the lane due; also returns what was written.  Raises NotFound."""
    base = changes.read_conversation(db, conversation_id)
    change = lifecycle.receive(base, inbound)
    after = change.after
    place = (base.connection_id, inbound.external_id, conversation_id, inbound.message_id, after.last_seq)
    if db.execute(sql.ADD_INBOUND, place).rowcount == 0:
        return Done((_duplicate(db, base, inbound), None))
    changes.write(db, change)
    if change.lane is Lane.DUE:
        _expect_answer(db, conversation_id, inbound)
    accepted = Accepted(
        message_id=inbound.message_id, seq=after.last_seq, duplicate=False, conversation=after
    )
    return Done((accepted, change), rules.topics_of(change))


def _duplicate(db: sqlite3.Connection, base: Conversation, inbound: Inbound) -> Accepted:
    """Return the first one's place, in whichever conversation of the connection it came."""
    known = db.execute(sql.READ_INBOUND, (base.connection_id, inbound.external_id))
    conversation_id, message_id, seq = known.fetchone()
    conversation = changes.read_conversation(db, conversation_id)
    return Accepted(message_id=message_id, seq=seq, duplicate=True, conversation=conversation)


def _expect_answer(db: sqlite3.Connection, conversation_id: ConversationId, inbound: Inbound) -> None:
    longest_ms = rules.BURST_WINDOWS * inbound.burst_ms
    values = (conversation_id, inbound.at_ms + inbound.burst_ms, inbound.at_ms, longest_ms)
    db.execute(sql.MARK_LANE, values)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants lanes, how many, and which: those that nobody holds, or somebody who is silent."""

    worker_id: WorkerId
    now_ms: int
    limit: int
    silent_since_ms: int
    workspaces: Collection[WorkspaceId] | None  #: None: of any


def claim(db: sqlite3.Connection, wanted: Claim, tokens: Iterator[int]) -> Done[list[Lease]]:
    """Lease lanes that are due, the longest due first."""
    worker_id, now_ms, limit = wanted.worker_id, wanted.now_ms, wanted.limit
    served = None if wanted.workspaces is None else rows.to_json(list(wanted.workspaces))
    due = db.execute(sql.FREE_LANES, (now_ms, limit, served)).fetchall()
    for (silent,) in db.execute(sql.SILENT_WORKERS, (wanted.silent_since_ms,)).fetchall():
        due += db.execute(sql.LANES_OF, (now_ms, limit, served, silent)).fetchall()
    leases = [
        Lease(conversation_id=conversation_id, worker_id=worker_id, token=next(tokens), attempts=attempts + 1)
        for _, conversation_id, attempts in sorted(due)[:limit]
    ]
    if leases:
        see(db, worker_id, now_ms)
        values = [(worker_id, lease.token, lease.attempts, lease.conversation_id) for lease in leases]
        db.executemany(sql.LEASE_LANE, values)
    return Done(leases)


def release(db: sqlite3.Connection, lease: Lease, due_at_ms: int | None) -> Done[None]:
    """Give a lease back, unless it is lost already."""
    lane = db.execute(sql.READ_LANE, (lease.conversation_id,)).fetchone()
    if lane is None or lane[3] != lease.token:
        return Done(None)
    was_due_at_ms, _since_ms, _owner, _token, attempts = lane
    if due_at_ms is None and attempts == lease.attempts:
        db.execute(sql.DELETE_LANE, (lease.conversation_id,))
        return Done(None)
    again_at_ms = was_due_at_ms if due_at_ms is None else due_at_ms
    db.execute(sql.FREE_LANE, (again_at_ms, lease.conversation_id))
    return Done(None, (rules.LANES,))


def see(db: sqlite3.Connection, worker_id: WorkerId, now_ms: int) -> Done[None]:
    """Write a worker's sign of life."""
    db.execute(sql.SEE_WORKER, (worker_id, now_ms))
    return Done(None)


def retire(db: sqlite3.Connection, worker_id: WorkerId) -> Done[None]:
    """Free all that a worker holds and forget it."""
    db.execute(sql.DELETE_WORKER, (worker_id,))
    db.execute(sql.FREE_LANES_OF, (worker_id,))
    db.execute(sql.FREE_DELIVERIES_OF, (worker_id,))
    return Done(None, (rules.LANES, rules.DELIVERIES))


def void_former_leases(db: sqlite3.Connection) -> int:
    """Free what a former process held, and return the highest token that was ever stored."""
    (highest,) = db.execute(sql.HIGHEST_STORED).fetchone()
    db.execute("begin immediate")
    for statement in sql.VOID_ALL_LEASES:
        db.execute(statement)
    db.execute("commit")
    return int(highest)
