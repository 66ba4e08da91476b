"""A change: everything that one decision writes, in one transaction or not at all."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation, evolve
from fondaco.domain.deliveries import Delivery, delivery_id_of
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import HandoffId, TeammateId, TurnId, WorkspaceId
from fondaco.domain.people import AuthorKind


class Lane(StrEnum):
    """What becomes of the conversation's lane, its place in the line of those who wait for the assistant."""

    KEEP = "keep"  #: as it is
    DONE = "done"  #: nothing is left to answer
    DUE = "due"  #: the assistant has to answer at ``lane_due_at_ms``


class HandoffUpdate(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A handoff that was accepted or given back."""

    handoff_id: HandoffId
    accepted_at_ms: int | None = None
    accepted_by: TeammateId | None = None
    returned_at_ms: int | None = None


class TurnRecord(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The summary row of a turn, for reports."""

    id: TurnId
    workspace_id: WorkspaceId
    outcome: ev.OutcomeKind
    route: ev.RouteKind
    started_at_ms: int
    duration_ms: float
    restarts: int = 0
    cost_pico: int = 0  #: of all models that it asked, 10⁻¹² of the currency
    currency: str = "USD"


class Change(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Events and what follows from them, decided on ``base`` and valid for it only."""

    base: Conversation
    after: Conversation
    records: tuple[ev.Recorded, ...]
    lane: Lane = Lane.KEEP
    lane_due_at_ms: int = 0
    deliveries: tuple[Delivery, ...] = ()
    handoff: Handoff | None = None
    handoff_update: HandoffUpdate | None = None
    turn: TurnRecord | None = None


def changed(base: Conversation, events: tuple[ev.Event, ...], at_ms: int) -> Change:
    """Number the events after ``base`` and work out the conversation that results."""
    after, records = base, []
    for event in events:
        episode = event.episode_id if isinstance(event, ev.EpisodeOpened) else after.episode_id
        record = ev.Recorded(seq=after.last_seq + 1, at_ms=at_ms, episode_id=episode, event=event)
        records.append(record)
        after = evolve(after, record)
    change = Change(base=base, after=after, records=tuple(records))
    return msgspec.structs.replace(change, deliveries=_deliveries(change))


def _deliveries(change: Change) -> tuple[Delivery, ...]:
    """Return one delivery for each message that was posted."""
    if change.base.pulls:
        return ()
    return tuple(
        Delivery(
            id=delivery_id_of(record.event.message_id),
            workspace_id=change.base.workspace_id,
            conversation_id=change.base.id,
            connection_id=change.base.connection_id,
            message_id=record.event.message_id,
            seq=record.seq,
            text=record.event.text,
            by_assistant=record.event.author.kind is AuthorKind.ASSISTANT,
            epoch=change.after.epoch,
            due_at_ms=record.at_ms,
        )
        for record in change.records
        if isinstance(record.event, ev.MessagePosted)
    )


class Committed(StrEnum):
    """What came of a commit."""

    DONE = "done"  #: everything is written
    MOVED_ON = "moved_on"  #: the conversation has newer events; nothing is written, decide again
    LEASE_LOST = "lease_lost"  #: another worker holds the conversation; nothing is written, stop
