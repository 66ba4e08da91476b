"""Rows of the tables as values of the domain, and back; the same for both databases.

A row is any sequence in the order of the columns named here (a sqlite3 tuple, an asyncpg Record).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.changes import TurnRecord
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.errors import InvalidInput
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import ConversationId
from fondaco.domain.people import Assignee, AssigneeKind
from fondaco.domain.turns import Contact, Step
from fondaco.kit.language import Language

Row = Sequence[Any]

CONTACT_COLUMNS = ("id", "name", "verified_subject")
CONTACT_ADDED_COLUMNS = ("id", "workspace_id", "name", "verified_subject")
IDENTITY_COLUMNS = ("connection_id", "external_id", "workspace_id", "contact_id")
CONVERSATION_COLUMNS = (
    "id",
    "workspace_id",
    "connection_id",
    "contact_id",
    "pulls",
    "status",
    "assignee_kind",
    "assignee_id",
    "epoch",
    "last_seq",
    "episode_id",
    "language",
    "subject",
    "created_at_ms",
    "updated_at_ms",
    "waiting_since_ms",
)
RECORD_COLUMNS = ("seq", "at_ms", "episode_id", "body")
EARLIER_COLUMNS = (*RECORD_COLUMNS, "conversation_id")
EVENT_COLUMNS = ("conversation_id", "seq", "at_ms", "episode_id", "type", "body")
DELIVERY_COLUMNS = (
    "id",
    "workspace_id",
    "conversation_id",
    "connection_id",
    "message_id",
    "seq",
    "text",
    "by_assistant",
    "epoch",
    "state",
    "attempts",
    "due_at_ms",
    "last_error",
)
ATTEMPT_COLUMNS = ("delivery_id", "number", "at_ms", "state", "error", "looked_up")
HANDOFF_COLUMNS = (
    "id",
    "workspace_id",
    "conversation_id",
    "body",
    "opened_at_ms",
    "accepted_at_ms",
    "accepted_by",
    "returned_at_ms",
)
HANDOFF_READ_COLUMNS = ("body", "accepted_at_ms", "accepted_by", "returned_at_ms")
TURN_COLUMNS = (
    "id",
    "workspace_id",
    "conversation_id",
    "outcome",
    "route",
    "started_at_ms",
    "duration_ms",
    "restarts",
    "cost_pico",
    "currency",
)

_ENCODER = msgspec.json.Encoder()
_EVENT: msgspec.json.Decoder[ev.Event] = msgspec.json.Decoder(ev.Event)
_STEP = msgspec.json.Decoder(Step)
_HANDOFF = msgspec.json.Decoder(Handoff)


def to_json(value: Any) -> str:
    """Return the text that is kept of a domain value."""
    return _ENCODER.encode(value).decode()


def event_of(body: str) -> ev.Event:
    """Return the event that ``to_json`` wrote."""
    return _EVENT.decode(body)


def record_of(row: Row) -> ev.Recorded:
    """Read ``RECORD_COLUMNS``."""
    return ev.Recorded(seq=row[0], at_ms=row[1], episode_id=row[2], event=_EVENT.decode(row[3]))


def earlier_of(found: Iterable[Row]) -> list[EarlierEpisode]:
    """Read ``EARLIER_COLUMNS``, an episode's rows side by side."""
    together = groupby(found, key=lambda row: (row[4], row[2]))
    return [
        EarlierEpisode(conversation_id=place[0], id=place[1], records=tuple(map(record_of, own)))
        for place, own in together
    ]


def event_values(conversation_id: ConversationId, record: ev.Recorded) -> tuple[Any, ...]:
    """Return ``EVENT_COLUMNS``."""
    return (
        conversation_id,
        record.seq,
        record.at_ms,
        record.episode_id,
        ev.kind_of(record.event),
        to_json(record.event),
    )


def contact_of(row: Row) -> Contact:
    """Read ``CONTACT_COLUMNS``."""
    return Contact(id=row[0], name=row[1], verified_subject=row[2])


def conversation_of(row: Row) -> Conversation:
    """Read ``CONVERSATION_COLUMNS``."""
    return Conversation(
        id=row[0],
        workspace_id=row[1],
        connection_id=row[2],
        contact_id=row[3],
        pulls=bool(row[4]),
        status=Status(row[5]),
        assignee=Assignee(AssigneeKind(row[6]), row[7]),
        epoch=row[8],
        last_seq=row[9],
        episode_id=row[10],
        language=None if row[11] is None else Language(row[11]),
        subject=row[12],
        created_at_ms=row[13],
        updated_at_ms=row[14],
        waiting_since_ms=row[15],
    )


def conversation_values(conversation: Conversation) -> tuple[Any, ...]:
    """Return ``CONVERSATION_COLUMNS``; ``external_id`` is written by whoever creates the row."""
    return (
        conversation.id,
        conversation.workspace_id,
        conversation.connection_id,
        conversation.contact_id,
        conversation.pulls,
        conversation.status.value,
        conversation.assignee.kind.value,
        conversation.assignee.id,
        conversation.epoch,
        conversation.last_seq,
        conversation.episode_id,
        None if conversation.language is None else conversation.language.value,
        conversation.subject,
        conversation.created_at_ms,
        conversation.updated_at_ms,
        conversation.waiting_since_ms,
    )


def step_of(body: str) -> Step:
    """Return the step that ``to_json`` wrote."""
    return _STEP.decode(body)


def delivery_of(row: Row) -> Delivery:
    """Read ``DELIVERY_COLUMNS``."""
    return Delivery(
        id=row[0],
        workspace_id=row[1],
        conversation_id=row[2],
        connection_id=row[3],
        message_id=row[4],
        seq=row[5],
        text=row[6],
        by_assistant=bool(row[7]),
        epoch=row[8],
        state=DeliveryState(row[9]),
        attempts=row[10],
        due_at_ms=row[11],
        last_error=row[12],
    )


def delivery_values(delivery: Delivery) -> tuple[Any, ...]:
    """Return ``DELIVERY_COLUMNS``; nobody owns a delivery that is new."""
    return (
        delivery.id,
        delivery.workspace_id,
        delivery.conversation_id,
        delivery.connection_id,
        delivery.message_id,
        delivery.seq,
        delivery.text,
        delivery.by_assistant,
        delivery.epoch,
        delivery.state.value,
        delivery.attempts,
        delivery.due_at_ms,
        delivery.last_error,
    )


def attempt_values(attempt: Attempt) -> tuple[Any, ...]:
    """Return ``ATTEMPT_COLUMNS``."""
    return (
        attempt.delivery_id,
        attempt.number,
        attempt.at_ms,
        attempt.state.value,
        attempt.error,
        attempt.looked_up,
    )


def handoff_of(row: Row) -> Handoff:
    """Read ``HANDOFF_READ_COLUMNS``: the handoff as it was opened, and what became of it."""
    return msgspec.structs.replace(
        _HANDOFF.decode(row[0]), accepted_at_ms=row[1], accepted_by=row[2], returned_at_ms=row[3]
    )


def handoff_values(handoff: Handoff) -> tuple[Any, ...]:
    """Return ``HANDOFF_COLUMNS``."""
    return (
        handoff.id,
        handoff.workspace_id,
        handoff.conversation_id,
        to_json(handoff),
        handoff.opened_at_ms,
        handoff.accepted_at_ms,
        handoff.accepted_by,
        handoff.returned_at_ms,
    )


def turn_values(conversation_id: ConversationId, turn: TurnRecord) -> tuple[Any, ...]:
    """Return ``TURN_COLUMNS``."""
    return (
        turn.id,
        turn.workspace_id,
        conversation_id,
        turn.outcome.value,
        turn.route.value,
        turn.started_at_ms,
        turn.duration_ms,
        turn.restarts,
        turn.cost_pico,
        turn.currency,
    )


class Place(NamedTuple):
    """Where a page of conversations ended: the last one's time of change and id."""

    updated_at_ms: int
    id: ConversationId


def cursor_of(conversation: Conversation) -> str:
    """Return an opaque cursor that stands just behind this conversation."""
    place = Place(conversation.updated_at_ms, conversation.id)
    return base64.urlsafe_b64encode(_ENCODER.encode(place)).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Read a cursor.  Raises InvalidInput."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=Place)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(
            "The cursor is not one that fondaco gave out; leave it out to begin at the first page.",
            field="cursor",
        ) from error
