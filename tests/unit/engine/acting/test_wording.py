"""What is proposed is said with the very values that will be sent, in stored words of five languages."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.domain.contracts import Action, ActionState, Contract
from fondaco.domain.ids import ActionId, CallId
from fondaco.domain.tools import CallState, Effect, FieldKind, Parameter, ParameterSource, ToolCall, ToolSpec
from fondaco.engine.acting.consent import Consent, consent_of
from fondaco.engine.acting.wording import ActionTexts, Wording, written
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language

DE, EN, ZH, JA, KO = Language

REFUND = ToolSpec(
    name="refund",
    description="Sends money back.",
    parameters=(
        Parameter(name="order_number"),
        Parameter(name="amount", required=False),
        Parameter(name="subject", source=ParameterSource.SERVER, server_value="subject"),
    ),
    effect=Effect.WRITE,
    contract=Contract(amount="amount", currency="EUR"),
)
TERMS = ToolSpec(name="terms", description="", fields={"until": FieldKind.DATE})
TEXTS = ActionTexts(
    title={EN: "Refund", DE: "Erstattung"},
    proposal={EN: "Shall I refund {amount} for order {order_number} until {terms.until|date}?"},
    receipt={EN: "Refunded: {refund.refunded|money}."},
    refusals={"not-arrived": {EN: "The goods of {order_number} are not here yet."}},
    labels={"order_number": {EN: "Order", DE: "Bestellung"}},
)


def action(state: ActionState = ActionState.CHECKED, **changed: Any) -> Action:
    plain = Action(
        id=ActionId("act_1"),
        tool="refund",
        arguments={"order_number": "RI-10482", "amount": 4990, "subject": "C-1"},
        subject="C-1",
        amount_minor=4990,
        currency="EUR",
        state=state,
        proposed_at_ms=0,
        expires_at_ms=1,
    )
    return msgspec.structs.replace(plain, **changed)


def wording(texts: ActionTexts = TEXTS) -> Wording:
    return Wording({"refund": texts}, {"refund": REFUND, "terms": TERMS})


def call(tool: str, **result: Any) -> dict[str, ToolCall]:
    made = ToolCall(
        id=CallId("call_1"),
        tool=tool,
        arguments={},
        effect=Effect.READ,
        idempotency_key="",
        state=CallState.DONE,
        result=result,
    )
    return {tool: made}


def test_the_shops_own_words_hold_amount_arguments_and_terms() -> None:
    said = wording().proposal(action(), call("terms", until="2026-12-01"), EN)

    assert said.text == (
        "Shall I refund €49.90 for order RI-10482 until 1 December 2026?\nPlease answer with yes or no."
    )
    assert [slot.field for slot in said.slots] == ["until"]


def test_without_the_terms_the_values_are_listed() -> None:
    said = wording().proposal(action(), {}, EN)

    assert said.text == (
        "Shall I do this for you: Refund?\nOrder: RI-10482\nAmount: €49.90\nPlease answer with yes or no."
    )
    assert said.slots == ()


def test_what_the_server_binds_is_no_business_of_the_contact() -> None:
    said = wording().proposal(action(), {}, DE)

    assert "C-1" not in said.text
    assert "Bestellung: RI-10482" in said.text
    assert "Betrag: 49,90 €" in said.text


def test_a_tool_without_a_title_is_called_by_its_name() -> None:
    said = wording(ActionTexts()).proposal(action(), {}, KO)

    assert "refund" in said.text


def test_a_trial_is_called_one_before_the_yes_and_after_it() -> None:
    before = wording().proposal(action(dry_run=True), {}, EN)
    after = wording().outcome(action(ActionState.DONE, dry_run=True), call("refund", refunded="x"), EN)

    assert "nothing will be changed" in before.text
    assert "nothing has been changed" in after.text


def test_a_value_that_looks_like_a_place_is_said_as_it_is() -> None:
    braces = action(arguments={"order_number": "{amount} {terms.until|date}"})

    said = wording().proposal(braces, call("terms", until="2026-12-01"), EN)

    assert "for order {amount} {terms.until|date} until" in said.text


def test_the_receipt_speaks_of_the_result() -> None:
    refunded = call("refund", refunded={"amount_minor": 4990, "currency": "EUR"})

    said = wording().outcome(action(ActionState.DONE), refunded, EN)

    assert said.text == "Refunded: €49.90."
    assert said.slots[0].call_id == CallId("call_1")


@pytest.mark.parametrize(
    ("state", "why", "sentence"),
    [
        (ActionState.DONE, "", "That is done: Refund."),
        (ActionState.RECONCILED, "", "It is certain now: this has gone through. Refund."),
        (ActionState.COMPENSATED, "", "This has been taken back: Refund."),
        (ActionState.FAILED, "", phrases(EN).say("action_failed")),
        (ActionState.UNKNOWN, "", phrases(EN).say("action_unknown")),
        (ActionState.DECLINED, "", phrases(EN).say("action_declined")),
        (ActionState.DECLINED, "expired", phrases(EN).say("action_expired")),
        (ActionState.APPROVED, "", phrases(EN).say("action_approved")),
        (ActionState.CHECKED, "", phrases(EN).say("action_unclear")),
    ],
)
def test_every_end_has_its_sentence(state: ActionState, why: str, sentence: str) -> None:
    assert wording().outcome(action(state, why=why), {}, EN).text == sentence


def test_a_refusal_says_which_rule_was_in_the_way() -> None:
    refused = action(ActionState.REFUSED)

    most = wording().outcome(refused, {}, EN, "action_refused_most")
    currency = wording().outcome(refused, {}, EN, "action_refused_currency")

    assert most.text == "The amount €49.90 is more than I may move. Nothing has been changed."
    assert currency.text == "I can only do this in EUR. Nothing has been changed."


def test_the_shops_own_words_say_why_its_terms_do_not_allow_it() -> None:
    refused = action(ActionState.REFUSED, why="not-arrived")

    own = wording().outcome(refused, {}, EN, "action_refused_state")
    ours = wording().outcome(refused, {}, DE, "action_refused_state")

    assert own.text == "The goods of RI-10482 are not here yet."
    assert ours.text == phrases(DE).say("action_refused_state")


@pytest.mark.parametrize("state", ActionState)
@pytest.mark.parametrize("language", Language)
def test_every_language_has_every_sentence(language: Language, state: ActionState) -> None:
    said = wording().outcome(action(state), {}, language)

    assert said.text
    assert "{" not in said.text


@pytest.mark.parametrize("language", Language)
def test_the_words_on_the_buttons_are_understood_when_they_are_typed(language: Language) -> None:
    book = phrases(language)

    assert consent_of(book.say("action_confirm"), language, ()) is Consent.YES
    assert consent_of(book.say("action_decline"), language, ()) is Consent.NO


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("two\nlines", "two lines"),
        ({"amount_minor": 1999, "currency": "EUR"}, "€19.99"),
        ({"street": "Lindenstr. 5", "city": "Leipzig", "floor": None}, "Lindenstr. 5, Leipzig"),
        (["lamp", "table"], "lamp, table"),
        (3, "3"),
        (True, "true"),
    ],
)
def test_a_value_is_written_for_people(value: object, text: str) -> None:
    assert written(value, EN) == text
