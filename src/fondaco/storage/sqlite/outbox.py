"""Deliveries: who sends what next, and what came of it."""

from __future__ import annotations

import sqlite3

import msgspec

from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId, DeliveryId, WorkerId
from fondaco.storage import rows, rules
from fondaco.storage.sqlite import changes, lanes
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done


def claim_deliveries(
    db: sqlite3.Connection, worker_id: WorkerId, now_ms: int, limit: int, silent_since_ms: int
) -> Done[list[Delivery]]:
    """Take what may leave now, one a conversation; void what may not be said any more."""
    queued = [(rows.delivery_of(row), row[-1]) for row in db.execute(sql.QUEUED_DUE, (now_ms, limit))]
    broken_off = db.execute(sql.BROKEN_OFF, (now_ms, silent_since_ms, limit)).fetchall()
    clear = {delivery.conversation_id: delivery for delivery, is_clear in queued if is_clear}
    due = [(delivery.due_at_ms, delivery.conversation_id) for delivery, _ in queued] + broken_off
    taken: list[Delivery] = []
    topics: list[str] = []
    for conversation_id in dict.fromkeys(conversation_id for _, conversation_id in sorted(due)):
        if len(taken) == limit:
            break
        if conversation_id in clear:
            plan = rules.SendingPlan(taken=clear[conversation_id])
        else:
            plan = _plan(db, conversation_id, now_ms, silent_since_ms)
        topics += _void(db, plan.voided, now_ms)
        taken += [_begun(plan.taken)] if plan.taken else []
    _begin(db, taken, worker_id, now_ms)
    return Done(taken, tuple(topics))


def _plan(
    db: sqlite3.Connection, conversation_id: ConversationId, now_ms: int, silent_since_ms: int
) -> rules.SendingPlan:
    found = db.execute(sql.UNFINISHED, (conversation_id, silent_since_ms)).fetchall()
    unfinished = [rules.Unfinished(rows.delivery_of(row), bool(row[-1])) for row in found]
    epoch = changes.read_conversation(db, conversation_id).epoch
    return rules.plan_sending(unfinished, epoch, now_ms)


def _void(db: sqlite3.Connection, voided: tuple[Delivery, ...], now_ms: int) -> list[str]:
    topics: list[str] = []
    for delivery in voided:
        db.execute(sql.VOID_DELIVERY, (delivery.id,))
        topics += _tell(db, delivery, DeliveryState.VOIDED, rules.VOIDED_REASON, now_ms)
    return topics


def _begun(delivery: Delivery) -> Delivery:
    return msgspec.structs.replace(delivery, attempts=delivery.attempts + 1)


def _begin(db: sqlite3.Connection, taken: list[Delivery], worker_id: WorkerId, now_ms: int) -> None:
    if taken:
        db.executemany(sql.BEGIN_SENDING, [(begun.attempts, worker_id, begun.id) for begun in taken])
        lanes.see(db, worker_id, now_ms)


def record_attempt(db: sqlite3.Connection, worker_id: WorkerId, attempt: Attempt) -> Done[None]:
    """Write what came of an attempt.  Raises NotFound."""
    values = (attempt.state.value, attempt.due_at_ms, attempt.error, attempt.delivery_id, worker_id)
    counts = db.execute(sql.END_ATTEMPT, values).rowcount == 1
    if not counts:
        _read(db, attempt.delivery_id)
    db.execute(sql.PUT_ATTEMPT, rows.attempt_values(attempt))
    if not counts:
        return Done(None)
    topics = [rules.DELIVERIES]
    if rules.tells_the_conversation(attempt.state):
        delivery = _read(db, attempt.delivery_id)
        topics += _tell(db, delivery, attempt.state, attempt.error, attempt.at_ms)
    return Done(None, tuple(topics))


def _read(db: sqlite3.Connection, delivery_id: DeliveryId) -> Delivery:
    row = db.execute(sql.READ_DELIVERY, (delivery_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    return rows.delivery_of(row)


def _tell(
    db: sqlite3.Connection, delivery: Delivery, state: DeliveryState, reason: str, at_ms: int
) -> tuple[str, ...]:
    conversation = changes.read_conversation(db, delivery.conversation_id)
    change = rules.ended(conversation, delivery, state, reason, at_ms)
    changes.write(db, change)
    return rules.topics_of(change)
