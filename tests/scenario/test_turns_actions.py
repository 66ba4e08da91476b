"""What changes the world is proposed in full, done after a yes to that very proposal, and done once."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain.contracts import ActionState, Limit
from fondaco.domain.errors import ToolFailed, ToolUncertain
from fondaco.domain.handoffs import HandoffReason
from tests.scenario.actions_house import REFUND, refund_of, refunds
from tests.scenario.turns_house import LIN, SHOP
from tests.scenario.turns_models import YES

PROPOSED, CHECKED, CONFIRMED = ActionState.PROPOSED, ActionState.CHECKED, ActionState.CONFIRMED
APPROVED, EXECUTING, DONE = ActionState.APPROVED, ActionState.EXECUTING, ActionState.DONE
TO_THE_END = [PROPOSED, CHECKED, CONFIRMED, APPROVED, EXECUTING, DONE]


async def test_a_wish_of_the_model_is_put_to_the_contact_with_every_value_and_nothing_has_happened() -> None:
    talk = await refunds(refund_of(4_990))

    question = await talk.propose()

    assert "RI-10001" in question.text
    assert "€49.90" in question.text
    assert [offer.key.partition(":")[0] for offer in question.offers] == ["confirm", "decline"]
    assert await talk.states() == [PROPOSED, CHECKED]
    assert talk.refund.calls == []


async def test_a_click_on_yes_does_it_once_under_the_actions_own_key_and_tells_so() -> None:
    talk = await refunds(refund_of(4_990))
    question = await talk.propose()

    receipt = await talk.click(question)

    [action_id] = {action.id for action in await talk.actions()}
    assert await talk.states() == TO_THE_END
    assert talk.refund.keys == [action_id]
    assert talk.refund.calls == [{"order_number": "RI-10001", "amount": 4_990, "subject": "mira"}]
    assert receipt.text == "That is done: refund."
    assert await talk.shop.reasons() == []


@pytest.mark.parametrize(
    "words", ["Yes, please.", "ok do it", "Ja, bitte", "好的", "はい、お願いします", "네, 해 주세요"]
)
async def test_a_plain_yes_in_words_does_it_too(words: str) -> None:
    talk = await refunds(refund_of(4_990))
    await talk.propose()

    await talk.shop.ask(words)

    assert (await talk.states())[-1] is DONE
    assert len(talk.refund.calls) == 1


async def test_a_no_ends_it() -> None:
    talk = await refunds(refund_of(4_990))
    question = await talk.propose()

    told = await talk.click(question, place=1)
    later = await talk.click(question)

    assert told.text == "All right, I won't do it. Nothing has been changed."
    assert later.text == told.text
    assert (await talk.states())[-1] is ActionState.DECLINED
    assert talk.refund.calls == []


async def test_a_question_in_between_is_answered_and_the_proposal_is_put_again() -> None:
    talk = await refunds(refund_of(4_990), YES)
    question = await talk.propose()

    answer = await talk.shop.ask("How long may I send back things?")
    await talk.shop.ask("Yes, please.")

    assert answer.text.startswith(YES)
    assert answer.text.endswith(question.text)
    assert (await talk.states())[-1] is DONE


@pytest.mark.parametrize("words", ["ok", "ok, thanks", "Okay, danke", "好的", "OK です", "오케이"])
async def test_an_ok_behind_another_answer_is_asked_about_once_more(words: str) -> None:
    talk = await refunds(refund_of(4_990), YES, YES)
    await talk.propose()
    await talk.shop.ask("How long may I send back things?")

    again = await talk.shop.ask(words)
    calls = list(talk.refund.calls)
    await talk.shop.ask("yes")

    assert [offer.key.partition(":")[0] for offer in again.offers] == ["confirm", "decline"]
    assert calls == []
    assert len(talk.refund.calls) == 1


async def test_an_ok_to_anything_else_is_no_yes() -> None:
    talk = await refunds(refund_of(4_990), YES, YES)
    await talk.propose()
    await talk.shop.ask("How long may I send back things?")
    away = await talk.shop.ask("And how long may I send back other things?")

    await talk.shop.ask("ok")

    assert (away.offers, away.awaiting) == ((), None)
    assert "refund: nothing has been changed so far." in away.text
    assert (await talk.states())[-1] is ActionState.DECLINED
    assert talk.refund.calls == []


async def test_a_yes_that_comes_too_late_changes_nothing() -> None:
    talk = await refunds(refund_of(4_990), contract=msgspec.structs.replace(REFUND, expires_seconds=60))
    question = await talk.propose()
    await talk.shop.clock.advance(61)

    told = await talk.click(question)

    assert "too long ago" in told.text
    assert talk.refund.calls == []


async def test_two_clicks_at_once_have_one_effect() -> None:
    talk = await refunds(refund_of(4_990))
    question = await talk.propose()
    await talk.shop.write(question.offers[0].label, choice=question.offers[0].key)
    await talk.shop.write(question.offers[0].label, choice=question.offers[0].key)

    await talk.shop.answer()
    again = await talk.click(question)

    assert len(talk.refund.calls) == 1
    assert again.text == "That is done: refund."


async def test_a_trial_does_everything_but_the_call_and_says_so() -> None:
    talk = await refunds(refund_of(4_990), contract=msgspec.structs.replace(REFUND, dry_run=True))
    question = await talk.propose()

    told = await talk.click(question)

    assert "This is a trial" in question.text
    assert told.text == "This was a trial: everything has been checked, but nothing has been changed."
    assert talk.refund.calls == []


@pytest.mark.parametrize(
    ("minor", "contract", "words"),
    [
        (60_000, REFUND, "€600.00 is more than I may move"),
        (9_000, msgspec.structs.replace(REFUND, limits=(Limit(amount_minor=8_000),)), "beyond what I may do"),
        (9_000, msgspec.structs.replace(REFUND, limits=(Limit(count=0),)), "beyond what I may do"),
    ],
)
async def test_what_the_contract_forbids_goes_to_a_person(minor: int, contract: object, words: str) -> None:
    talk = await refunds(refund_of(minor), contract=msgspec.convert(contract, type(REFUND)))

    told = await talk.propose()

    assert words in told.text
    assert await talk.shop.reasons() == [HandoffReason.POLICY.value]
    assert talk.refund.calls == []


async def test_an_amount_cut_into_pieces_stops_at_the_limit() -> None:
    talk = await refunds(refund_of(9_900), refund_of(9_900), refund_of(9_900))
    await talk.click(await talk.propose())
    await talk.click(await talk.propose("And the rest for RI-10001"))

    told = await talk.propose("And once more for RI-10001")

    assert "beyond what I may do" in told.text
    assert [call["amount"] for call in talk.refund.calls] == [9_900, 9_900]


async def test_above_the_limit_a_teammate_has_to_say_yes_as_well() -> None:
    talk = await refunds(refund_of(15_000))

    told = await talk.click(await talk.propose())
    waiting = (await talk.actions())[-1]
    before = list(talk.refund.calls)
    await talk.shop.desk.approve(SHOP, talk.shop.conversation.id, waiting.id, LIN)
    await talk.shop.answer()

    assert "approval" in told.text
    assert await talk.shop.reasons() == [HandoffReason.APPROVAL.value]
    assert (waiting.state, before) == (CONFIRMED, [])
    assert len(talk.refund.calls) == 1
    assert await talk.states() == TO_THE_END
    assert (await talk.shop.posted())[-1].text == "That is done: refund."


async def test_a_teammates_no_is_told() -> None:
    talk = await refunds(refund_of(15_000))
    await talk.click(await talk.propose())
    waiting = (await talk.actions())[-1]

    await talk.shop.desk.refuse(SHOP, talk.shop.conversation.id, waiting.id, LIN, "too old")
    await talk.shop.answer()
    await talk.shop.answer()

    assert "decided against it" in (await talk.shop.posted())[-1].text
    assert len(await talk.shop.posted()) == 3
    assert talk.refund.calls == []


async def test_what_failed_goes_to_a_person_and_frees_its_place_under_the_limits() -> None:
    talk = await refunds(refund_of(9_900), fault=ToolFailed("the till is closed"))

    told = await talk.click(await talk.propose())

    assert told.text.startswith("This did not work. Nothing has been changed.")
    assert "till" not in told.text
    assert await talk.shop.reasons() == [HandoffReason.TOOL_FAILURE.value]
    assert (await talk.states())[-1] is ActionState.FAILED


async def test_what_nobody_knows_is_found_out() -> None:
    found = {"state": "done", "result": {"refunded": {"amount_minor": 4_990, "currency": "EUR"}}}
    talk = await refunds(refund_of(4_990), fault=ToolUncertain("no answer"), operation=found)

    told = await talk.click(await talk.propose())

    assert (await talk.states())[-2:] == [ActionState.UNKNOWN, ActionState.RECONCILED]
    assert "gone through" in told.text
    assert await talk.shop.reasons() == []


async def test_what_stays_unknown_goes_to_a_person_and_is_never_tried_again() -> None:
    talk = await refunds(refund_of(4_990), fault=ToolUncertain("no answer"))
    question = await talk.propose()

    told = await talk.click(question)
    await talk.shop.desk.hand_back(SHOP, talk.shop.conversation.id, LIN)
    await talk.click(question)

    assert told.text.startswith("I can't tell yet whether this has gone through.")
    assert (await talk.states())[-1] is ActionState.UNKNOWN
    assert len(talk.refund.calls) == 1


async def test_a_contract_that_asks_nobody_lets_the_model_go_on_with_the_result() -> None:
    unasked = msgspec.structs.replace(REFUND, confirm=False)
    talk = await refunds(refund_of(4_990), "Your order RI-10001 is taken care of.", contract=unasked)

    answer = await talk.propose()

    assert answer.text == "Your order RI-10001 is taken care of."
    assert await talk.states() == TO_THE_END
    assert len(talk.refund.calls) == 1


async def test_what_was_not_proven_to_be_the_contacts_is_not_even_proposed() -> None:
    talk = await refunds(refund_of(4_990, "RI-20001"), "I cannot help with this.")

    answer = await talk.propose()

    assert answer.offers == ()
    assert await talk.actions() == []


async def test_a_teammate_has_an_effect_taken_back_once_and_the_contact_is_told() -> None:
    talk = await refunds(refund_of(9_900))
    await talk.click(await talk.propose())
    done = (await talk.actions())[-1]

    await talk.shop.desk.take_back(SHOP, talk.shop.conversation.id, done.id, LIN, "by mistake")
    await talk.shop.answer()
    await talk.shop.desk.take_back(SHOP, talk.shop.conversation.id, done.id, LIN)
    await talk.shop.answer()

    assert talk.undo.keys == [f"{done.id}_back"]
    assert (await talk.states())[-2:] == [ActionState.COMPENSATING, ActionState.COMPENSATED]
    assert (await talk.shop.posted())[-1].text == "This has been taken back: refund."
    assert len(await talk.shop.posted()) == 3


async def test_what_could_not_be_taken_back_goes_to_a_person_and_is_not_tried_again() -> None:
    talk = await refunds(refund_of(9_900), undoing=ToolUncertain("no answer"))
    await talk.click(await talk.propose())
    done = (await talk.actions())[-1]

    await talk.shop.desk.take_back(SHOP, talk.shop.conversation.id, done.id, LIN)
    await talk.shop.answer()
    await talk.shop.ask("Hello?")

    assert (await talk.states())[-1] is ActionState.KEPT
    assert await talk.shop.reasons() == [HandoffReason.TOOL_FAILURE.value]
    assert len(set(talk.undo.keys)) == 1


class Crash(BaseException):
    """The process dies."""


@pytest.mark.parametrize("idempotent", [True, False])
async def test_a_crash_between_the_effect_and_its_answer_leaves_one_effect(*, idempotent: bool) -> None:
    talk = await refunds(refund_of(4_990))
    question = await talk.propose()
    done: list[str] = []

    def dies_at_first(arguments: dict[str, object]) -> dict[str, object]:
        key = talk.refund.keys[-1]
        if not done:
            done.append(key)
            raise Crash
        assert idempotent, "a tool that honours no key was called a second time"
        return {"refunded": {"amount_minor": arguments["amount"], "currency": "EUR"}}

    talk.refund.answer = dies_at_first
    talk.refund.spec = msgspec.structs.replace(talk.refund.spec, idempotent=idempotent)
    await talk.shop.write(question.offers[0].label, choice=question.offers[0].key)
    [lease] = await talk.shop.claim()
    with pytest.raises(Crash):
        await talk.shop.worker.answer(lease)
    await talk.shop.store.release(lease, talk.shop.clock.now_ms())

    await talk.shop.answer()

    assert set(talk.refund.keys) == set(done)
    ended = DONE if idempotent else ActionState.UNKNOWN
    assert (await talk.states())[-1] is ended
    assert (await talk.states()).count(EXECUTING) == 1
    assert len(await talk.shop.posted()) == 2
