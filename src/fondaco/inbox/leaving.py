"""What has to be told of turns that were cut off, and of actions that nobody goes on with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.people import ASSISTANT, Author
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Step, actions_in

_CLOSED = "the conversation was closed"
_CUT_OFF = "it was under way when a teammate took over; it may have taken effect"


def left_behind(steps: Sequence[Step], records: Iterable[ev.Recorded]) -> tuple[ev.Event, ...]:
    """Return what journalled calls did to the world, and their actions; what is in the log already is not."""
    records = tuple(records)
    calls = {
        step.call.id: ev.ToolCalled(turn_id=step.turn_id, call=_as_left(step.call))
        for step in steps
        if step.call is not None and step.call.effect is Effect.WRITE
    }
    told = {record.event.call.id for record in records if isinstance(record.event, ev.ToolCalled)}
    untold = tuple(event for call_id, event in calls.items() if call_id not in told)
    return (*untold, *_moved(steps, {event.call.idempotency_key: event for event in untold}))


def _moved(steps: Sequence[Step], calls: dict[str, ev.ToolCalled]) -> Iterable[ev.ActionMoved]:
    """Yield the ends of the actions that were executing; the key of an action's call is the action's id."""
    for action in actions_in(steps).values():
        called = calls.get(action.id)
        if called is not None and action.state is ActionState.EXECUTING:
            ended = actions.finish(action, called.call.state, 0, called.call.error)
            yield ev.ActionMoved(action=ended, by=ASSISTANT, why=called.call.error, turn_id=called.turn_id)


def _as_left(call: ToolCall) -> ToolCall:
    """Return the call as its turn left it: nobody will hear how one ends that was under way."""
    if call.state is not CallState.EXECUTING:
        return call
    return msgspec.structs.replace(call, state=CallState.UNKNOWN, error=_CUT_OFF)


def closing(
    steps: Sequence[Step], records: Iterable[ev.Recorded], by: Author, at_ms: int
) -> tuple[ev.Event, ...]:
    """Return what has to be told before an episode ends: what is left behind, and what is withdrawn.

    An action that waits for somebody can wait no longer.
    """
    records = tuple(records)
    left = left_behind(steps, records)
    moved = {event.action.id for event in left if isinstance(event, ev.ActionMoved)}
    waiting = (one for one in actions.open_of(records).values() if actions.is_waiting(one))
    withdrawn = (actions.decline(one, at_ms, _CLOSED) for one in waiting if one.id not in moved)
    return (*left, *(ev.ActionMoved(action=one, by=by, why=_CLOSED) for one in withdrawn))
