"""What has to be told of turns that were cut off, and of actions that nobody goes on with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.ids import ActionId
from fondaco.domain.people import ASSISTANT, Author
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Step, actions_in

_CLOSED = "the conversation was closed"
_CUT_OFF = "it was under way when a teammate took over; it may have taken effect"
_CLOSED_ON = "it was under way when the conversation was closed; it may have taken effect"
_NOT_SENT = "a teammate took over before it was sent"


def left_behind(steps: Sequence[Step], records: Iterable[ev.Recorded]) -> tuple[ev.Event, ...]:
    """Return what a turn did to the world that can write nothing any more; what is in the log already is not.

    An action that was begun and has no call was never sent: a call is written down before it is made.
    """
    return _left(steps, tuple(records), ToolEnd(CallState.FAILED, _NOT_SENT))


def never_sent(steps: Sequence[Step]) -> tuple[ActionId, ...]:
    """Return the actions that a cut-off turn began and that certainly had no effect."""
    moved = (event for event in left_behind(steps, ()) if isinstance(event, ev.ActionMoved))
    return tuple(event.action.id for event in moved if event.action.state is ActionState.FAILED)


def closing(
    steps: Sequence[Step], records: Iterable[ev.Recorded], by: Author, at_ms: int
) -> tuple[ev.Event, ...]:
    """Return what has to be told before an episode ends: what is left behind, and what is withdrawn.

    An action that waits for somebody can wait no longer.  One that was begun may be sent at this very moment.
    """
    records = tuple(records)
    left = _left(steps, records, ToolEnd(CallState.UNKNOWN, _CLOSED_ON))
    moved = {event.action.id for event in left if isinstance(event, ev.ActionMoved)}
    waiting = (one for one in actions.open_of(records).values() if actions.is_waiting(one))
    withdrawn = (actions.decline(one, at_ms, _CLOSED) for one in waiting if one.id not in moved)
    return (*left, *(ev.ActionMoved(action=one, by=by, why=_CLOSED) for one in withdrawn))


class ToolEnd(NamedTuple):
    """How a call counts as ended, and why."""

    state: CallState
    why: str


def _left(
    steps: Sequence[Step], records: tuple[ev.Recorded, ...], without_call: ToolEnd
) -> tuple[ev.Event, ...]:
    calls = [
        ev.ToolCalled(turn_id=step.turn_id, call=_as_left(step.call))
        for step in steps
        if step.call is not None and step.call.effect is Effect.WRITE
    ]
    told = {record.event.call.id for record in records if isinstance(record.event, ev.ToolCalled)}
    untold = tuple(event for event in calls if event.call.id not in told)
    # The key of an action's call is the action's id.
    ends = {event.call.idempotency_key: ToolEnd(event.call.state, event.call.error) for event in calls}
    return (*untold, *_moved(steps, records, ends, without_call))


def _moved(
    steps: Sequence[Step],
    records: tuple[ev.Recorded, ...],
    ends: Mapping[str, ToolEnd],
    without_call: ToolEnd,
) -> Iterator[ev.ActionMoved]:
    """Yield the ends of the actions that were executing when their turn was cut off."""
    logged = actions.open_of(records)
    for action in actions_in(steps).values():
        known = logged.get(action.id)
        if action.state is ActionState.EXECUTING and (known is None or actions.is_waiting(known)):
            end = ends.get(action.id, without_call)
            ended = actions.finish(action, end.state, action.proposed_at_ms, end.why)
            yield ev.ActionMoved(action=ended, by=ASSISTANT, why=end.why)


def _as_left(call: ToolCall) -> ToolCall:
    """Return the call as its turn left it: nobody will hear how one ends that was under way."""
    if call.state is not CallState.EXECUTING:
        return call
    return msgspec.structs.replace(call, state=CallState.UNKNOWN, error=_CUT_OFF)
