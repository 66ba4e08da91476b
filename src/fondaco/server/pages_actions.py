"""What the console shows of actions: those that want a person, and the steps that each has taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.ids import ActionId, TurnId
from fondaco.domain.people import Author
from fondaco.kit.money import Money

#: What the thread tells of an action; the rest stands in the *why* pane.
_TOLD = frozenset(ActionState) - {ActionState.PROPOSED, ActionState.CHECKED, ActionState.EXECUTING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An action on which a teammate has to say something."""

    id: ActionId
    tool: str
    approval: bool  #: a yes or a no is wanted
    back: bool  #: it took effect, and a teammate may have that taken back; else whether it did is wanted
    dry_run: bool
    amount: Money | None
    subject: str
    why: str
    values: tuple[tuple[str, Any], ...]  #: name and value of each argument


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One step of an action."""

    state: str
    by: Author
    at_ms: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """An action with all its steps."""

    id: ActionId
    tool: str
    dry_run: bool
    amount: Money | None
    record: str
    subject: str
    values: tuple[tuple[str, Any], ...]  #: name and value of each argument
    asks: tuple[str, ...]  #: whose yes it wants: ``contact``, ``teammate``
    moves: tuple[Move, ...]


def wanted_of(records: Iterable[ev.Recorded]) -> tuple[Wanted, ...]:
    """Return the actions that want a teammate, or that one may take back, oldest first."""
    return tuple(
        Wanted(
            id=action.id,
            tool=action.tool,
            approval=actions.waits_for_teammate(action),
            back=_may_be_taken_back(action),
            dry_run=action.dry_run,
            amount=_amount(action),
            subject=action.subject,
            why=action.why,
            values=tuple(action.arguments.items()),
        )
        for action in actions.open_of(records).values()
        if actions.waits_for_teammate(action)
        or action.state is ActionState.UNKNOWN
        or _may_be_taken_back(action)
    )


def _may_be_taken_back(action: Action) -> bool:
    return action.can_be_taken_back and action.state in (ActionState.DONE, ActionState.RECONCILED)


def courses_of(turn_id: TurnId, records: Iterable[ev.Recorded]) -> tuple[Course, ...]:
    """Return the actions that a turn moved, each with its steps in every turn and between them."""
    moved = [(one.at_ms, one.event) for one in records if isinstance(one.event, ev.ActionMoved)]
    named = dict.fromkeys(event.action.id for _, event in moved if event.turn_id == turn_id)
    return tuple(_course([one for one in moved if one[1].action.id == action_id]) for action_id in named)


def _course(moved: list[tuple[int, ev.ActionMoved]]) -> Course:
    latest = moved[-1][1].action
    return Course(
        id=latest.id,
        tool=latest.tool,
        dry_run=latest.dry_run,
        amount=_amount(latest),
        record=latest.record,
        subject=latest.subject,
        values=tuple(latest.arguments.items()),
        asks=_asks(latest),
        moves=tuple(
            Move(state=event.action.state.value, by=event.by, at_ms=at_ms, why=event.why or event.action.why)
            for at_ms, event in moved
            if not _is_passed_over(event)
        ),
    )


def _asks(action: Action) -> tuple[str, ...]:
    wanted = {"contact": action.wants_confirmation, "teammate": action.wants_approval}
    return tuple(who for who, wants in wanted.items() if wants)


def _is_passed_over(event: ev.ActionMoved) -> bool:
    """Return whether it is a yes that the contract asks nobody for."""
    return event.action.state in (ActionState.CONFIRMED, ActionState.APPROVED) and not is_told(event)


def is_told(event: ev.ActionMoved) -> bool:
    """Return whether the thread has a line for it: an end, or a yes that somebody said."""
    if event.action.state is ActionState.CONFIRMED:
        return event.action.confirmed_in is not None
    if event.action.state is ActionState.APPROVED:
        return event.action.approved_by is not None
    return event.action.state in _TOLD


def _amount(action: Action) -> Money | None:
    return None if action.amount_minor is None else Money(action.amount_minor, action.currency)
