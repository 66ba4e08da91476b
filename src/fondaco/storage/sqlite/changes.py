"""Writes a change: the conversation, its events, and what follows from them."""

from __future__ import annotations

import sqlite3

from fondaco.domain.changes import Change, Committed, Lane
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import LeaseLost, NotFound
from fondaco.domain.ids import ConversationId
from fondaco.domain.turns import Lease, Step
from fondaco.storage import rows, rules
from fondaco.storage.spending_rows import moved_in
from fondaco.storage.sqlite import search
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done


def commit(db: sqlite3.Connection, change: Change, lease: Lease | None) -> Done[Committed]:
    """Write a change if it is still valid and the lease, if there is one, still stands."""
    if not write(db, change, lease):
        return Done(_refused(db, change, lease))
    _move_lane(db, change)
    return Done(Committed.DONE, rules.topics_of(change))


def _refused(db: sqlite3.Connection, change: Change, lease: Lease | None) -> Committed:
    """Return why nothing was written.  Raises NotFound."""
    if lease is not None and not _holds(db, lease):
        return Committed.LEASE_LOST
    read_conversation(db, change.base.id)
    return Committed.MOVED_ON


def journal(db: sqlite3.Connection, lease: Lease, step: Step) -> Done[None]:
    """Write a step down.  Raises LeaseLost."""
    values = (lease.conversation_id, step.turn_id, step.key, rows.to_json(step), lease.token)
    if db.execute(sql.PUT_STEP, values).rowcount == 0:
        raise LeaseLost(rules.lease_lost(lease))
    return Done(None)


def read_conversation(db: sqlite3.Connection, conversation_id: ConversationId) -> Conversation:
    """Raises NotFound."""
    row = db.execute(sql.READ_CONVERSATION, (conversation_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id}.")
    return rows.conversation_of(row)


def _holds(db: sqlite3.Connection, lease: Lease) -> bool:
    """Whether the lease still stands; the token of a lane that nobody holds is 0."""
    lane = db.execute(sql.READ_LANE, (lease.conversation_id,)).fetchone()
    return lane is not None and lane[3] == lease.token


def write(db: sqlite3.Connection, change: Change, lease: Lease | None = None) -> bool:
    """Write all but the lane; return False if it, or its lease, holds no more."""
    if not _write_conversation(db, change, lease):
        return False
    conversation_id = change.after.id
    db.executemany(sql.ADD_EVENT, [rows.event_values(conversation_id, record) for record in change.records])
    search.note(db, change)
    if change.deliveries:
        db.executemany(sql.ADD_DELIVERY, [rows.delivery_values(delivery) for delivery in change.deliveries])
    _write_handoff(db, change)
    _write_actions(db, change)
    _write_turn(db, change)
    return True


def _write_conversation(db: sqlite3.Connection, change: Change, lease: Lease | None) -> bool:
    after = change.after
    values: tuple[object, ...] = (
        after.status.value,
        after.assignee.kind.value,
        after.assignee.id,
        after.epoch,
        after.last_seq,
        after.episode_id,
        None if after.language is None else after.language.value,
        after.subject,
        after.updated_at_ms,
        after.waiting_since_ms,
        after.id,
        change.base.last_seq,
    )
    if lease is None:
        return db.execute(sql.UPDATE_CONVERSATION, values).rowcount == 1
    return db.execute(sql.UPDATE_LEASED, (*values, lease.token)).rowcount == 1


def _write_handoff(db: sqlite3.Connection, change: Change) -> None:
    if change.handoff is not None:
        db.execute(sql.ADD_HANDOFF, rows.handoff_values(change.handoff))
    update = change.handoff_update
    if update is not None:
        db.execute(
            sql.UPDATE_HANDOFF,
            (update.accepted_at_ms, update.accepted_by, update.returned_at_ms, update.handoff_id),
        )


def _write_actions(db: sqlite3.Connection, change: Change) -> None:
    moved = moved_in(change)
    if moved:
        db.executemany(sql.PUT_ACTION, moved)


def _write_turn(db: sqlite3.Connection, change: Change) -> None:
    conversation_id = change.after.id
    if change.turn is not None:
        db.execute(sql.PUT_TURN, rows.turn_values(conversation_id, change.turn))
        db.execute(sql.DELETE_TURNS_STEPS, (conversation_id, change.turn.id))
    if rules.closes_episode(change):
        db.execute(sql.DELETE_ALL_STEPS, (conversation_id,))


def _move_lane(db: sqlite3.Connection, change: Change) -> None:
    match change.lane:
        case Lane.DONE:
            db.execute(sql.DELETE_LANE, (change.after.id,))
        case Lane.DUE:
            db.execute(sql.PUT_LANE, (change.after.id, change.lane_due_at_ms))
        case Lane.KEEP:
            pass
