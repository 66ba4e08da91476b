"""Turns an outcome into the one change that settles the turn."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, Lane, TurnRecord, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.handoffs import Handoff
from fondaco.domain.lifecycle import reassigned
from fondaco.domain.people import ASSISTANT, Assignee
from fondaco.domain.turns import Work
from fondaco.engine import Outcome


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """When a turn ran."""

    started_at_ms: int
    duration_ms: float
    restarts: int
    now_ms: int


def settling(work: Work, outcome: Outcome, timing: Timing) -> Change:
    """Return the change that ends the turn: what happened, what is said, and who answers next."""
    base = work.conversation
    asked = [event for event in outcome.events if isinstance(event, ev.ModelAsked)]
    settled = ev.TurnSettled(
        turn_id=outcome.context.turn_id,
        outcome=outcome.kind,
        duration_ms=round(timing.duration_ms, 1),
        restarts=timing.restarts,
        cost_pico=sum(one.cost_pico for one in asked),
        currency=asked[0].currency if asked else "USD",
    )
    spoken = (outcome.message,) if outcome.message is not None else ()
    events = (
        *_untold(work, outcome),
        *_requested(outcome.handoff),
        *spoken,
        *_handed_over(base, outcome),
        settled,
    )
    change = changed(base, events, timing.now_ms)
    record = TurnRecord(
        id=outcome.context.turn_id,
        workspace_id=base.workspace_id,
        outcome=outcome.kind,
        route=outcome.route,
        started_at_ms=timing.started_at_ms,
        duration_ms=settled.duration_ms,
        restarts=timing.restarts,
        cost_pico=settled.cost_pico,
        currency=settled.currency,
    )
    return msgspec.structs.replace(change, lane=Lane.DONE, turn=record, handoff=outcome.handoff)


def _untold(work: Work, outcome: Outcome) -> Iterator[ev.Event]:
    """Yield what happened, without the calls that were told when a teammate cut the turn off before."""
    calls = (record.event.call for record in work.records if isinstance(record.event, ev.ToolCalled))
    told = {(call.id, call.state) for call in calls}
    for event in outcome.events:
        if not (isinstance(event, ev.ToolCalled) and (event.call.id, event.call.state) in told):
            yield event


def _requested(handoff: Handoff | None) -> tuple[ev.Event, ...]:
    if handoff is None:
        return ()
    return (
        ev.HandoffRequested(
            handoff_id=handoff.id,
            reason=handoff.reason,
            team_id=handoff.team_id,
            promised_at_ms=handoff.promised_at_ms,
            summary=handoff.summary,
        ),
    )


def _handed_over(base: Conversation, outcome: Outcome) -> tuple[ev.Event, ...]:
    if outcome.handoff is None:
        return ()
    return reassigned(base, Assignee.team(outcome.handoff.team_id), ASSISTANT)
