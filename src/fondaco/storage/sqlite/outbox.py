"""Deliveries: who sends what next, and what came of it."""

from __future__ import annotations

import sqlite3

import msgspec

from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId, WorkerId
from fondaco.storage import rows, rules
from fondaco.storage.sqlite import changes, lanes
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done


def claim_deliveries(
    db: sqlite3.Connection, worker_id: WorkerId, now_ms: int, limit: int, silent_since_ms: int
) -> Done[list[Delivery]]:
    """Take what may leave now, one a conversation; void what may not be said any more."""
    due = db.execute(sql.QUEUED_DUE, (now_ms, limit)).fetchall()
    due += db.execute(sql.BROKEN_OFF, (now_ms, silent_since_ms, limit)).fetchall()
    taken: list[Delivery] = []
    topics: list[str] = []
    for conversation_id in dict.fromkeys(conversation_id for _, conversation_id in sorted(due)):
        if len(taken) < limit:
            plan = _plan(db, conversation_id, now_ms, silent_since_ms)
            topics += _void(db, plan.voided, now_ms)
            taken += _begin(db, plan.taken, worker_id)
    if taken:
        lanes.see(db, worker_id, now_ms)
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


def _begin(db: sqlite3.Connection, delivery: Delivery | None, worker_id: WorkerId) -> list[Delivery]:
    if delivery is None:
        return []
    begun = msgspec.structs.replace(delivery, attempts=delivery.attempts + 1)
    db.execute(sql.BEGIN_SENDING, (begun.attempts, worker_id, begun.id))
    return [begun]


def record_attempt(db: sqlite3.Connection, worker_id: WorkerId, attempt: Attempt) -> Done[None]:
    """Write what came of an attempt.  Raises NotFound."""
    row = db.execute(sql.READ_DELIVERY, (attempt.delivery_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no delivery {attempt.delivery_id}.")
    db.execute(sql.PUT_ATTEMPT, rows.attempt_values(attempt))
    if row[-1] != worker_id:
        return Done(None)
    values = (attempt.state.value, attempt.due_at_ms, attempt.error, attempt.delivery_id)
    db.execute(sql.END_ATTEMPT, values)
    topics = [rules.DELIVERIES]
    if rules.tells_the_conversation(attempt.state):
        topics += _tell(db, rows.delivery_of(row), attempt.state, attempt.error, attempt.at_ms)
    return Done(None, tuple(topics))


def _tell(
    db: sqlite3.Connection, delivery: Delivery, state: DeliveryState, reason: str, at_ms: int
) -> tuple[str, ...]:
    conversation = changes.read_conversation(db, delivery.conversation_id)
    change = rules.ended(conversation, delivery, state, reason, at_ms)
    changes.write(db, change)
    return rules.topics_of(change)
