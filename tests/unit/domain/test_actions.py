"""How an action goes from a wish to its effect."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState, Contract
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.ids import CallId, MessageId, TeammateId, TurnId
from fondaco.domain.people import ASSISTANT
from fondaco.domain.tools import CallState, Effect, ToolSpec
from fondaco.kit.money import Money

NOW = 1_000_000
TURN = TurnId("trn_1")
SHOWN, YES = MessageId("msg_shown"), MessageId("msg_yes")
LIN = TeammateId("mat_lin")
REFUND = Contract(
    dry_run=False,
    record="order_number",
    amount="amount",
    currency="EUR",
    most_minor=50_000,
    approve_above_minor=10_000,
    compensate="undo",
)
WANTED = {"order_number": "RI-1", "amount": 4_900}


def proposed(arguments: dict[str, Any] | None = None, contract: Contract = REFUND) -> Action:
    spec = ToolSpec(name="refund", description="", effect=Effect.WRITE, contract=contract)
    return actions.propose(spec, arguments or WANTED, subject="kim", turn_id=TURN, at_ms=NOW)


def shown(amount: int = 4_900) -> Action:
    checked = actions.check(proposed(WANTED | {"amount": amount}), REFUND, NOW)
    return actions.show(checked, SHOWN)


def confirmed(amount: int = 4_900) -> Action:
    return actions.confirm(shown(amount), YES, NOW, answers=SHOWN)


def executing() -> Action:
    return actions.begin(actions.approve_unasked(confirmed(), NOW), CallId("call_1"), NOW)


def recorded(*events: ev.Event) -> list[ev.Recorded]:
    return [
        ev.Recorded(seq=seq, at_ms=NOW, episode_id=None, event=event) for seq, event in enumerate(events, 1)
    ]


def test_a_proposal_says_what_exactly_for_whom_and_how_long() -> None:
    action = proposed()

    assert (action.tool, action.arguments, action.subject) == ("refund", WANTED, "kim")
    assert (action.record, action.amount_minor, action.currency) == ("RI-1", 4_900, "EUR")
    assert (action.state, action.dry_run) == (ActionState.PROPOSED, False)
    assert action.expires_at_ms == NOW + 1_800_000


def test_the_same_wish_in_the_same_turn_is_the_same_action() -> None:
    first = actions.action_id_of(TURN, "refund", {"a": 1, "b": 2})

    assert actions.action_id_of(TURN, "refund", {"b": 2, "a": 1}) == first
    assert actions.action_id_of(TURN, "refund", {"a": 1, "b": 3}) != first
    assert actions.action_id_of(TURN, "cancel", {"a": 1, "b": 2}) != first
    assert actions.action_id_of(TurnId("trn_2"), "refund", {"a": 1, "b": 2}) != first


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4_900, Money(4_900, "EUR")),
        (0, Money(0, "EUR")),
        ({"amount_minor": 5, "currency": "USD"}, Money(5, "USD")),
        ({"amount_minor": 5}, Money(5, "")),
        (None, None),
    ],
)
def test_an_amount_is_minor_units_or_money(value: object, expected: Money | None) -> None:
    assert actions.amount_of(REFUND, {"amount": value}) == expected


@pytest.mark.parametrize("value", [-1, 2**63, True, 4.5, "4900", "", [], {}, {"amount_minor": "5"}])
def test_what_is_no_amount_of_money_is_not_proposed(value: object) -> None:
    with pytest.raises(InvalidInput, match="amount is"):
        proposed({"order_number": "RI-1", "amount": value})


def test_the_preview_may_tell_the_amount_until_the_rules_were_asked() -> None:
    contract = msgspec.structs.replace(REFUND, record="")

    priced = actions.with_amount(proposed({"order_number": "RI-1"}), contract, {"amount": 700})

    assert priced.amount_minor == 700
    with pytest.raises(Conflict, match="its amount stands"):
        actions.with_amount(actions.check(priced, contract, NOW), contract, {"amount": 1})


def test_the_rules_let_a_proper_proposal_pass() -> None:
    action = actions.check(proposed(), REFUND, NOW)

    assert (action.state, action.wants_approval, action.why) == (ActionState.CHECKED, False, "")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"amount": 4_900}, "order_number is missing"),
        ({"order_number": "RI-1"}, "amount is missing"),
        ({"order_number": "RI-1", "amount": 50_001}, "above the most of 50000"),
        ({"order_number": "RI-1", "amount": {"amount_minor": 1, "currency": "USD"}}, "in USD, not in EUR"),
        ({"order_number": "RI-1", "amount": {"amount_minor": 1}}, "in no currency, not in EUR"),
    ],
)
def test_the_rules_refuse_and_say_why(arguments: dict[str, Any], why: str) -> None:
    action = actions.check(proposed(arguments), REFUND, NOW)

    assert action.state is ActionState.REFUSED
    assert why in action.why


@pytest.mark.parametrize(
    ("amount", "contract", "wanted"),
    [
        (10_000, REFUND, False),
        (10_001, REFUND, True),
        (1, msgspec.structs.replace(REFUND, approve=True), True),
        (1, msgspec.structs.replace(REFUND, approve_above_minor=None), False),
    ],
)
def test_a_teammate_is_wanted_above_the_amount_or_in_any_case(
    amount: int, contract: Contract, wanted: bool
) -> None:
    action = actions.check(proposed(WANTED | {"amount": amount}), contract, NOW)

    assert action.wants_approval is wanted


def test_an_unknown_amount_wants_a_teammate_where_amounts_matter() -> None:
    contract = msgspec.structs.replace(REFUND, amount="")

    assert actions.check(proposed(contract=contract), contract, NOW).wants_approval


def test_a_yes_counts_for_the_message_that_showed_the_proposal() -> None:
    action = confirmed()

    assert (action.state, action.shown_in, action.confirmed_in) == (ActionState.CONFIRMED, SHOWN, YES)


def test_a_yes_to_another_message_is_no_yes() -> None:
    with pytest.raises(Conflict, match="was not proposed in message msg_other"):
        actions.confirm(shown(), YES, NOW, answers=MessageId("msg_other"))


def test_a_yes_to_what_was_not_shown_is_no_yes() -> None:
    with pytest.raises(Conflict, match="was not proposed"):
        actions.confirm(actions.check(proposed(), REFUND, NOW), YES, NOW, answers=SHOWN)


def test_a_second_yes_changes_nothing() -> None:
    with pytest.raises(Conflict, match="is confirmed and cannot become confirmed; allowed: approved"):
        actions.confirm(confirmed(), YES, NOW, answers=SHOWN)


def test_a_late_yes_is_no_yes() -> None:
    late = NOW + 1_800_000

    assert actions.confirm(shown(), YES, late - 1, answers=SHOWN).state is ActionState.CONFIRMED
    with pytest.raises(Conflict, match="expired"):
        actions.confirm(shown(), YES, late, answers=SHOWN)


def test_a_yes_waits_a_week_for_the_teammates() -> None:
    waiting = confirmed(20_000)

    assert actions.waits_for_teammate(waiting)
    assert actions.approve(waiting, LIN, NOW + actions.APPROVAL_MS - 1).approved_by == LIN
    with pytest.raises(Conflict, match="expired"):
        actions.approve(waiting, LIN, NOW + actions.APPROVAL_MS)


def test_nobody_passes_by_the_contact_or_the_teammate() -> None:
    with pytest.raises(Conflict, match="wants the contact's yes"):
        actions.confirm_unasked(shown(), NOW)
    with pytest.raises(Conflict, match="wants a teammate's yes"):
        actions.approve_unasked(confirmed(20_000), NOW)


def test_what_was_approved_in_time_and_begun_too_late_is_not_done() -> None:
    approved = actions.approve_unasked(confirmed(), NOW)

    with pytest.raises(Conflict, match="expired"):
        actions.begin(approved, CallId("call_1"), NOW + 1_800_000)


def test_time_declines_what_was_not_sent_and_nothing_else() -> None:
    late = NOW + 1_800_000

    assert actions.lapse(shown(), late - 1).state is ActionState.CHECKED
    assert actions.lapse(shown(), late).state is ActionState.DECLINED
    assert actions.lapse(executing(), late).state is ActionState.EXECUTING


@pytest.mark.parametrize(
    ("ended", "state"),
    [
        (CallState.DONE, ActionState.DONE),
        (CallState.FAILED, ActionState.FAILED),
        (CallState.UNKNOWN, ActionState.UNKNOWN),
    ],
)
def test_an_action_ends_as_its_call(ended: CallState, state: ActionState) -> None:
    action = actions.finish(executing(), ended, NOW, "so it ended")

    assert (action.state, action.why, action.call_id) == (state, "so it ended", "call_1")


def test_a_call_under_way_is_no_end() -> None:
    with pytest.raises(InvalidInput, match="has not ended"):
        actions.finish(executing(), CallState.EXECUTING, NOW)


@pytest.mark.parametrize(("effect", "state"), [(True, ActionState.RECONCILED), (False, ActionState.FAILED)])
def test_what_nobody_knew_is_found_out(effect: bool, state: ActionState) -> None:
    unknown = actions.finish(executing(), CallState.UNKNOWN, NOW)

    known = actions.reconcile(unknown, took_effect=effect, at_ms=NOW)

    assert (known.state, actions.took_effect(known)) == (state, effect)


def test_only_what_is_unknown_is_found_out() -> None:
    with pytest.raises(Conflict, match="cannot become reconciled"):
        actions.reconcile(executing(), took_effect=False, at_ms=NOW)


def test_a_dry_run_has_no_effect_and_one_that_was_taken_back_has_none_any_more() -> None:
    done = actions.finish(executing(), CallState.DONE, NOW)

    assert actions.took_effect(done)
    assert not actions.took_effect(msgspec.structs.replace(done, dry_run=True))
    wanted = actions.take_back(done, NOW)
    assert actions.took_effect(wanted)
    assert not actions.took_effect(actions.compensate(wanted, CallState.DONE, NOW))
    assert actions.took_effect(actions.compensate(wanted, CallState.UNKNOWN, NOW))


def test_what_no_tool_takes_back_stays() -> None:
    final = msgspec.structs.replace(REFUND, compensate="")
    done = msgspec.structs.replace(proposed(contract=final), state=ActionState.DONE)

    with pytest.raises(Conflict, match="names no tool"):
        actions.take_back(done, NOW)


def test_the_log_tells_the_latest_state_and_where_the_proposal_was_shown() -> None:
    checked = actions.check(proposed(), REFUND, NOW)
    other = actions.check(proposed(WANTED | {"amount": 1}), REFUND, NOW)
    asked = ev.MessagePosted(
        message_id=SHOWN, author=ASSISTANT, text="?", awaiting=ev.Awaiting(action_id=checked.id)
    )
    log = recorded(
        ev.ActionMoved(action=other, by=ASSISTANT),
        ev.ActionMoved(action=checked, by=ASSISTANT),
        asked,
        ev.ActionMoved(action=actions.decline(other, NOW), by=ASSISTANT),
    )

    found = actions.open_of(log)

    assert list(found) == [other.id, checked.id]
    assert found[other.id].state is ActionState.DECLINED
    assert found[checked.id].shown_in == SHOWN


def test_a_message_that_awaits_nothing_shows_no_proposal() -> None:
    checked = actions.check(proposed(), REFUND, NOW)
    said = ev.MessagePosted(message_id=SHOWN, author=ASSISTANT, text="?", awaiting=ev.Awaiting(wants="x"))

    found = actions.open_of(recorded(ev.ActionMoved(action=checked, by=ASSISTANT), said))

    assert found[checked.id].shown_in is None


def test_an_action_keeps_its_word_on_the_wire() -> None:
    event = ev.ActionMoved(action=confirmed(), by=ASSISTANT, turn_id=TURN)

    assert msgspec.json.decode(msgspec.json.encode(event), type=ev.Event) == event
    assert ev.ActionMoved not in ev.CONTACT_MAY_SEE
