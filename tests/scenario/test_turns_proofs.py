"""Who may hear of an order: proofs, tries, signatures."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.people import SYSTEM
from fondaco.domain.tools import Verification
from fondaco.kit.language import Language
from fondaco.knowledge import Decision
from fondaco.tools import VerifierOptions, tool
from tests.scenario.turns_house import ARTICLES, LIN, QUESTIONS, Setting, another, article, talk

ANSWER = (
    "Your order RI-10001 is on its way. It arrives on 24 November 2026. 2 items for €49.90. "
    "You may send it back within 30 days."
)


async def test_a_wrong_proof_says_how_many_tries_are_left() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")
    await shop.ask("RI-10001")

    first = await shop.ask("99999")
    second = await shop.ask("88888")

    assert first.text.endswith("Tries left: 2.")
    assert second.text.endswith("Tries left: 1.")


async def test_the_third_wrong_proof_asks_a_person_by_policy() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")
    await shop.ask("RI-10001")
    await shop.ask("99999")
    await shop.ask("88888")

    await shop.ask("77777")

    assert await shop.reasons() == ["policy"]
    assert len(await shop.all_of(ev.VerificationFailed)) == 3


async def test_a_handback_gives_no_further_guess() -> None:
    shop = await talk(Setting(verifier=VerifierOptions(tool="identify", max_tries=1)))
    await shop.ask("Where is my order RI-10001, 99999?")
    await shop.desk.hand_back(shop.conversation.workspace_id, shop.conversation.id, LIN)

    await shop.ask("Where is my order RI-10001, 10115?")

    assert len(shop.tools["identify"].calls) == 1
    assert await shop.reasons() == ["policy", "policy"]


async def test_somebody_elses_order_and_an_unknown_one_get_the_same_answer() -> None:
    theirs, unknown = await talk(), await talk()

    of_theirs = await theirs.ask("Where is my order RI-20001? 10115")
    of_unknown = await unknown.ask("Where is my order RI-99999? 10115")

    assert of_theirs.text == of_unknown.text
    assert theirs.tools["order"].calls == unknown.tools["order"].calls == []


async def test_a_proof_holds_for_its_order_and_for_no_other() -> None:
    shop = await talk()
    await shop.ask(QUESTIONS[Language.EN])

    again = await shop.ask("Where is my order RI-10001?")
    other = await shop.ask("Where is my order RI-10002?")

    assert again.text == ANSWER
    assert other.text.startswith("To keep your data safe")


async def test_each_order_is_asked_for_with_the_subject_that_was_proven_for_it() -> None:
    shop = await talk()
    await shop.ask(QUESTIONS[Language.EN])
    await shop.ask("Where is my order RI-20001? 20095")

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text == ANSWER
    assert [call["subject"] for call in shop.tools["order"].calls] == ["mira", "harry", "mira"]


async def test_a_new_episode_knows_no_proof_of_the_last() -> None:
    shop = await talk()
    await shop.ask(QUESTIONS[Language.EN])
    await shop.desk.resolve(shop.conversation.workspace_id, shop.conversation.id, SYSTEM)

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text.startswith("To keep your data safe")


async def test_a_signed_identity_needs_no_proof() -> None:
    shop = await talk(Setting(verified_subject="mira"))

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text == ANSWER
    assert shop.tools["identify"].calls == []


async def test_a_signed_identity_sees_nothing_of_somebody_elses_order() -> None:
    shop = await talk(Setting(verified_subject="mira"))

    answer = await shop.ask("Where is my order RI-20001?")

    assert answer.text.startswith("I'm afraid I can't give any information")


async def test_a_third_unknown_order_number_asks_a_person() -> None:
    shop = await talk(Setting(verified_subject="mira"))
    await shop.ask("Where is my order RI-20001?")
    await shop.ask("RI-20002")

    await shop.ask("RI-20003")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_without_a_way_to_prove_anything_a_person_answers_what_is_personal() -> None:
    shop = await talk(Setting(verifier=None))

    await shop.ask("Where is my order RI-10001?")

    assert await shop.reasons() == ["policy"]


async def test_guesses_at_one_order_are_limited_over_all_conversations() -> None:
    shop = await talk(Setting(verifier=VerifierOptions(tool="identify", max_tries_an_hour=2)))
    await shop.ask("Where is my order RI-10001? 99999")
    await (await another(shop, "second")).ask("Where is my order RI-10001? 88888")
    third = await another(shop, "third")

    await third.ask("Where is my order RI-10001? 10115")

    assert len(shop.tools["identify"].calls) == 2
    assert await third.reasons() == ["policy"]


async def test_an_hour_later_a_proof_is_looked_at_again() -> None:
    shop = await talk(Setting(verifier=VerifierOptions(tool="identify", max_tries_an_hour=1)))
    await shop.ask("Where is my order RI-10001? 99999")
    await shop.clock.advance(3_601)
    second = await another(shop, "second")

    answer = await second.ask("Where is my order RI-10001? 10115")

    assert answer.text == ANSWER


async def test_a_right_proof_is_no_guess() -> None:
    shop = await talk(Setting(verifier=VerifierOptions(tool="identify", max_tries_an_hour=1)))
    await shop.ask(QUESTIONS[Language.EN])
    second = await another(shop, "second")

    answer = await second.ask(QUESTIONS[Language.EN])

    assert answer.text == ANSWER


async def test_a_proof_is_written_down_nowhere_but_in_the_contacts_own_message() -> None:
    shop = await talk()

    await shop.ask(QUESTIONS[Language.EN])

    others = [event for event in await shop.events() if not isinstance(event, ev.MessageReceived)]
    found = [event for event in others if isinstance(event, ev.PassagesFound)]
    rest = [event for event in others if not isinstance(event, ev.PassagesFound)]
    assert shop.tools["identify"].calls == [{"order_number": "RI-10001", "proof": "10115"}]
    assert b"10115" not in msgspec.json.encode(rest)
    assert b"10115" not in msgspec.json.encode(found)


@pytest.mark.parametrize("result", [{"matched": "yes"}, {"matched": 1}, {}, {"found": False}])
async def test_nothing_but_true_is_a_match(result: dict[str, object]) -> None:
    shop = await talk()
    shop.tools["identify"].answer = lambda _: result

    answer = await shop.ask(QUESTIONS[Language.EN])

    assert "Tries left: 2" in answer.text
    assert shop.tools["order"].calls == []


@pytest.mark.parametrize("subject", [None, "", True, ["mira"]])
async def test_a_match_that_names_nobody_asks_a_person(subject: object) -> None:
    shop = await talk()
    shop.tools["identify"].answer = lambda _: {"matched": True, "customer_ref": subject}

    await shop.ask(QUESTIONS[Language.EN])

    assert await shop.reasons() == ["tool_failure"]
    assert shop.tools["order"].calls == []


async def test_a_personal_tool_without_an_order_number_asks_for_the_one_that_proves() -> None:
    mine = tool("Lists.", verification=Verification.MATCHED)(points)
    entries = (*ARTICLES, article("points", "You have {points.count|number} points."))
    found = {"points": (Decision.ANSWER, ("points",))}
    shop = await talk(Setting(articles=entries, found=found, more_tools=(mine,)))

    asked = await shop.ask("how many points have I got?")
    answer = await shop.ask("RI-10001 and 10115")

    assert asked.text.startswith("Could you give me your order number")
    assert answer.text == "You have 12 points."


async def points(subject: str) -> dict[str, object]:
    return {"count": 12}
