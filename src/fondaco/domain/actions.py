"""How an action goes from a wish to its effect: pure decisions that every executioner of it obeys.

    PROPOSED → CHECKED → CONFIRMED → APPROVED → EXECUTING → DONE → COMPENSATING → COMPENSATED
                                                                                → KEPT
                                                          → FAILED
                                                          → UNKNOWN → RECONCILED → COMPENSATING → …
                                                                    → FAILED

Before it executes it may become REFUSED (by the rules, a limit or a teammate) or DECLINED (by the contact,
or since its time is over) at any point.
No arrow leads back, so an action executes at most once, and never without every yes that it wants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState, Contract
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.ids import ActionId, CallId, MessageId, TeammateId, TurnId
from fondaco.domain.tools import CallState, ToolSpec
from fondaco.kit.money import Money

_MS = 1_000
#: How long a yes of the contact waits for the teammate's: a week has every weekday in it.
APPROVAL_MS = 7 * 86_400 * _MS

#: More than any shop pays; what has no end does not fit into a database.
_MOST_MINOR = 10**15

_NEXT: dict[ActionState, tuple[ActionState, ...]] = {
    ActionState.PROPOSED: (ActionState.CHECKED, ActionState.REFUSED, ActionState.DECLINED),
    ActionState.CHECKED: (ActionState.CONFIRMED, ActionState.REFUSED, ActionState.DECLINED),
    ActionState.CONFIRMED: (ActionState.APPROVED, ActionState.REFUSED, ActionState.DECLINED),
    ActionState.APPROVED: (ActionState.EXECUTING, ActionState.REFUSED, ActionState.DECLINED),
    ActionState.EXECUTING: (ActionState.DONE, ActionState.FAILED, ActionState.UNKNOWN),
    ActionState.UNKNOWN: (ActionState.RECONCILED, ActionState.FAILED),
    ActionState.DONE: (ActionState.COMPENSATING,),
    ActionState.RECONCILED: (ActionState.COMPENSATING,),
    ActionState.COMPENSATING: (ActionState.COMPENSATED, ActionState.KEPT),
    ActionState.KEPT: (),
    ActionState.FAILED: (),
    ActionState.COMPENSATED: (),
    ActionState.REFUSED: (),
    ActionState.DECLINED: (),
}
#: Steps towards the effect, which time forbids.
_FORWARD = (ActionState.CHECKED, ActionState.CONFIRMED, ActionState.APPROVED, ActionState.EXECUTING)
#: Before these nothing has been sent anywhere.
_BEFORE = (ActionState.PROPOSED, ActionState.CHECKED, ActionState.CONFIRMED, ActionState.APPROVED)
_UNDER_WAY = (ActionState.EXECUTING, ActionState.UNKNOWN, ActionState.COMPENSATING)
_IN_EFFECT = (ActionState.DONE, ActionState.RECONCILED, ActionState.COMPENSATING, ActionState.KEPT)
_ENDS = {
    CallState.DONE: ActionState.DONE,
    CallState.FAILED: ActionState.FAILED,
    CallState.UNKNOWN: ActionState.UNKNOWN,
}


def action_id_of(turn_id: TurnId, tool: str, arguments: Mapping[str, Any]) -> ActionId:
    """Return the id that follows from turn, tool and arguments: the same wish is the same action."""
    wish = msgspec.json.encode([turn_id, tool, dict(arguments)], order="sorted")
    digest = hashlib.sha256(wish).hexdigest()
    return ActionId(f"act_{turn_id.removeprefix('trn_')}_{digest[:12]}")


def contract_of(spec: ToolSpec) -> Contract:
    """Return what a tool promises; one that promises nothing is only ever tried dry."""
    return spec.contract or Contract()


def amount_of(contract: Contract, values: Mapping[str, Any]) -> Money | None:
    """Return the amount that the contract names, from arguments or from what its preview told.

    None where the contract names none or the values have none.
    Raises InvalidInput for what is no amount of money, such as a negative one.
    """
    value = values.get(contract.amount) if contract.amount else None
    if value is None:
        return None
    money = _money(value, contract.currency)
    if money is None:
        raise InvalidInput(
            f"{contract.amount} is {value!r}; write minor units, or an object with "
            "amount_minor and currency.",
            field=contract.amount,
        )
    return money


def _money(value: Any, currency: str) -> Money | None:
    minor, named = value, currency
    if isinstance(value, Mapping):
        minor, named = value.get("amount_minor"), value.get("currency", "")
    if type(minor) is not int or type(named) is not str:  # True is an int as well
        return None
    if not 0 <= minor <= _MOST_MINOR:
        return None
    return Money(minor, named)


def propose(
    spec: ToolSpec, arguments: Mapping[str, Any], *, subject: str, turn_id: TurnId, at_ms: int
) -> Action:
    """Return the action that a wish for a tool comes to; nothing of it has been looked at yet.

    Raises InvalidInput where the amount is none.
    """
    contract = contract_of(spec)
    action = Action(
        id=action_id_of(turn_id, spec.name, arguments),
        tool=spec.name,
        arguments=dict(arguments),
        subject=subject,
        record=str(arguments.get(contract.record, "")) if contract.record else "",
        dry_run=contract.dry_run,
        can_be_taken_back=bool(contract.compensate) and not contract.dry_run,
        wants_confirmation=contract.confirm,
        proposed_at_ms=at_ms,
        expires_at_ms=at_ms + contract.expires_seconds * _MS,
    )
    return with_amount(action, contract, arguments)


def with_amount(action: Action, contract: Contract, values: Mapping[str, Any]) -> Action:
    """Return the proposal with the amount that these values tell, such as those of the preview.

    Raises InvalidInput where the amount is none, Conflict once the proposal was checked.
    """
    amount = amount_of(contract, values)
    if amount is None:
        return action
    if action.state is not ActionState.PROPOSED:
        raise Conflict(f"Action {action.id} is {action.state.value}; its amount stands. Propose it anew.")
    return msgspec.structs.replace(action, amount_minor=amount.amount_minor, currency=amount.currency)


def check(action: Action, contract: Contract, at_ms: int) -> Action:
    """Return the action CHECKED, or REFUSED with the reason, by the rules that need no other action.

    Limits are the business of ``Spending``.  Raises Conflict for one that is not just proposed.
    """
    obstacle = _obstacle(action, contract)
    if obstacle:
        return refuse(action, at_ms, obstacle)
    wanting = msgspec.structs.replace(action, wants_approval=_wants_approval(action, contract))
    return moved(wanting, ActionState.CHECKED, at_ms=at_ms)


def _obstacle(action: Action, contract: Contract) -> str:
    """Return which of the contract's rules is in the way; empty where none is."""
    amount = action.amount_minor
    if contract.record and not action.record:
        return f"{contract.record} is missing"
    if amount is None:
        return f"{contract.amount} is missing" if contract.amount else ""
    if action.currency != contract.currency:
        return f"the amount is in {action.currency or 'no currency'}, not in {contract.currency or 'any'}"
    if contract.most_minor is not None and amount > contract.most_minor:
        return f"the amount of {amount} is above the most of {contract.most_minor} in minor units"
    return ""


def _wants_approval(action: Action, contract: Contract) -> bool:
    above = contract.approve_above_minor
    if above is None:
        return contract.approve
    return contract.approve or action.amount_minor is None or action.amount_minor > above


def show(action: Action, message_id: MessageId) -> Action:
    """Return the proposal as shown in a message; a yes to any other message is no yes to it."""
    if action.state is not ActionState.CHECKED:
        raise _no_way(action, ActionState.CHECKED)
    return msgspec.structs.replace(action, shown_in=message_id)


def confirm(action: Action, message_id: MessageId, at_ms: int, *, answers: MessageId) -> Action:
    """Return the action CONFIRMED by the contact's message, a yes to the message ``answers``.

    The yes holds as long again as the proposal did, and a week where a teammate has to be waited for.
    Raises Conflict unless it is CHECKED, was shown in ``answers`` and has not expired.
    """
    if action.shown_in is None or action.shown_in != answers:
        raise Conflict(
            f"Action {action.id} was not proposed in message {answers}; show the proposal and ask again."
        )
    confirmed = msgspec.structs.replace(action, confirmed_in=message_id)
    return _held_on(moved(confirmed, ActionState.CONFIRMED, at_ms=at_ms), at_ms)


def confirm_unasked(action: Action, at_ms: int) -> Action:
    """Return the action CONFIRMED, since its contract does not ask the contact.

    Raises Conflict where the contract asks, or the action is not CHECKED, or has expired.
    """
    return _held_on(moved(action, ActionState.CONFIRMED, at_ms=at_ms), at_ms)


def _held_on(action: Action, at_ms: int) -> Action:
    proposal_ms = action.expires_at_ms - action.proposed_at_ms
    wait_ms = APPROVAL_MS if action.wants_approval else proposal_ms
    return msgspec.structs.replace(action, expires_at_ms=at_ms + wait_ms)


def decline(action: Action, at_ms: int, why: str = "") -> Action:
    """Return the action DECLINED by the contact.  Raises Conflict once it is under way or over."""
    return moved(action, ActionState.DECLINED, at_ms=at_ms, why=why)


def lapse(action: Action, at_ms: int) -> Action:
    """Return the action DECLINED where its time is over and nothing was sent; else as it is."""
    if is_waiting(action) and is_expired(action, at_ms):
        return decline(action, at_ms, "expired")
    return action


def approve(action: Action, teammate_id: TeammateId, at_ms: int) -> Action:
    """Return the action APPROVED by a teammate.  Raises Conflict unless it waits for that, or has expired."""
    approved = msgspec.structs.replace(action, approved_by=teammate_id)
    return moved(approved, ActionState.APPROVED, at_ms=at_ms)


def approve_unasked(action: Action, at_ms: int) -> Action:
    """Return the action APPROVED, since no teammate has to be asked.  Raises Conflict where one has to."""
    return moved(action, ActionState.APPROVED, at_ms=at_ms)


def refuse(action: Action, at_ms: int, why: str) -> Action:
    """Return the action REFUSED by a rule, a limit or a teammate.  Raises Conflict once it is under way."""
    return moved(action, ActionState.REFUSED, at_ms=at_ms, why=why)


def begin(action: Action, call_id: CallId, at_ms: int) -> Action:
    """Return the action EXECUTING by this call.  Raises Conflict unless APPROVED and not expired."""
    return moved(msgspec.structs.replace(action, call_id=call_id), ActionState.EXECUTING, at_ms=at_ms)


def finish(action: Action, ended: CallState, at_ms: int, why: str = "") -> Action:
    """Return the action DONE, FAILED or UNKNOWN, as its call ended.

    Raises Conflict unless it is EXECUTING, InvalidInput for a call that has not ended.
    """
    to = _ENDS.get(ended)
    if to is None:
        raise InvalidInput(f"The call of action {action.id} is {ended.value}; it has not ended.")
    return moved(action, to, at_ms=at_ms, why=why)


def reconcile(action: Action, *, took_effect: bool, at_ms: int, why: str = "") -> Action:
    """Return an UNKNOWN action RECONCILED or FAILED, as it was found out.  Raises Conflict for any other."""
    if action.state is not ActionState.UNKNOWN:
        raise _no_way(action, ActionState.RECONCILED)
    to = ActionState.RECONCILED if took_effect else ActionState.FAILED
    return moved(action, to, at_ms=at_ms, why=why)


def take_back(action: Action, at_ms: int, why: str = "") -> Action:
    """Return the action COMPENSATING, as a teammate wants it.

    Raises Conflict where it had no effect, or no tool takes that back.
    """
    if not action.can_be_taken_back:
        raise Conflict(f"Nothing takes action {action.id} back; its contract names no tool for that.")
    return moved(action, ActionState.COMPENSATING, at_ms=at_ms, why=why)


def compensate(action: Action, ended: CallState, at_ms: int, why: str = "") -> Action:
    """Return the action COMPENSATED, or KEPT where the call that takes it back did not certainly work.

    Raises Conflict for one that nobody wants taken back.
    """
    to = ActionState.COMPENSATED if ended is CallState.DONE else ActionState.KEPT
    return moved(action, to, at_ms=at_ms, why=why)


def moved(action: Action, to: ActionState, *, at_ms: int, why: str = "") -> Action:
    """Return the action in its next state; every other function here goes through this one.

    Raises Conflict where there is no such arrow, a yes is missing, or the time is over.
    """
    if to not in _NEXT[action.state]:
        raise _no_way(action, to)
    if to in _FORWARD and is_expired(action, at_ms):
        raise Conflict(f"Action {action.id} expired at {action.expires_at_ms}; propose it anew.")
    if to is ActionState.CONFIRMED and action.wants_confirmation and action.confirmed_in is None:
        raise Conflict(f"Action {action.id} wants the contact's yes; ask for it.")
    if to is ActionState.APPROVED and action.wants_approval and action.approved_by is None:
        raise Conflict(f"Action {action.id} wants a teammate's yes; ask for it.")
    return msgspec.structs.replace(action, state=to, why=why)


def _no_way(action: Action, to: ActionState) -> Conflict:
    allowed = ", ".join(state.value for state in _NEXT[action.state]) or "nothing, it is over"
    return Conflict(
        f"Action {action.id} is {action.state.value} and cannot become {to.value}; allowed: {allowed}."
    )


def is_expired(action: Action, at_ms: int) -> bool:
    """Return whether the action's time is over."""
    return at_ms >= action.expires_at_ms


def waits_for_contact(action: Action) -> bool:
    """Return whether the contact was asked and has not answered."""
    return action.state is ActionState.CHECKED and action.wants_confirmation


def waits_for_teammate(action: Action) -> bool:
    """Return whether a teammate has to approve or refuse."""
    return action.state is ActionState.CONFIRMED and action.wants_approval


def took_effect(action: Action) -> bool:
    """Return whether the world has changed by it and still is; a dry run changes nothing."""
    return action.state in _IN_EFFECT and not action.dry_run


def is_waiting(action: Action) -> bool:
    """Return whether nothing was sent, and somebody or something may still let it happen."""
    return action.state in _BEFORE


def is_over(action: Action) -> bool:
    """Return whether nothing is left to happen: neither under way, nor waited for, nor unknown."""
    return action.state not in (*_BEFORE, *_UNDER_WAY)


def open_of(records: Iterable[ev.Recorded]) -> dict[ActionId, Action]:
    """Return the latest state of every action of these events, in the order they were proposed.

    The message that awaits the yes is where the proposal was shown.
    """
    found: dict[ActionId, Action] = {}
    for record in records:
        match record.event:
            case ev.ActionMoved(action=action):
                found[action.id] = action
            case ev.MessagePosted(message_id=message_id, awaiting=ev.Awaiting(action_id=action_id)):
                proposed = found.get(ActionId(action_id))
                if proposed is not None and waits_for_contact(proposed):
                    found[proposed.id] = show(proposed, message_id)
            case _:
                pass
    return found
