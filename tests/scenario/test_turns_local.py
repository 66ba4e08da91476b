"""The assistant without a model, from message to message."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import ToolFailed
from fondaco.domain.people import SYSTEM
from fondaco.domain.tools import CallState, Verification
from fondaco.kit.language import Language
from fondaco.knowledge import Decision
from fondaco.tools import VerifierOptions, tool
from tests.scenario.turns_house import ARTICLES, LIN, ORDER, QUESTIONS, Setting, another, article, talk

ANSWERS = {
    Language.EN: "Your order RI-10001 is on its way. It arrives on 24 November 2026. 2 items for €49.90. "
    "You may send it back within 30 days.",
    Language.DE: "Ihre Bestellung RI-10001 ist unterwegs. Sie kommt am 24. November 2026. "
    "2 Artikel für 49,90 €. Sie können sie 30 Tage lang zurückgeben.",
    Language.ZH: "您的订单 RI-10001 正在运输中，预计 2026年11月24日 送达。共 2 件商品，金额 €49.90。"
    "30 天内可以退货。",
    Language.JA: "ご注文 RI-10001 は配送中です。2026年11月24日にお届けします。商品は 2 点、合計 €49.90 です。"
    "30 日以内なら返品できます。",
    Language.KO: "주문 RI-10001은 배송 중입니다. 2026년 11월 24일에 도착합니다. 상품 2개, 금액 €49.90입니다. "
    "30일 안에 반품할 수 있습니다.",
}


@pytest.mark.parametrize("language", Language)
async def test_a_question_is_answered_with_facts_in_its_language(language: Language) -> None:
    shop = await talk()

    answer = await shop.ask(QUESTIONS[language])

    assert (answer.text, answer.language) == (ANSWERS[language], language)
    assert [one.key for one in answer.citations] == ["track"]


async def test_every_value_of_an_answer_has_its_evidence() -> None:
    shop = await talk()

    await shop.ask(QUESTIONS[Language.EN])

    [verdict] = await shop.all_of(ev.VerdictGiven)
    assert {(one.source.value, one.written) for one in verdict.evidence} == {
        ("tool", "RI-10001"),
        ("tool", "on its way"),
        ("tool", "24 November 2026"),
        ("tool", "2"),
        ("tool", "€49.90"),
        ("article", "30"),
    }


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("Hello", "Hello!"),
        ("Vielen Dank!", "Sehr gern"),
        ("再见", "再见"),
        ("おはようございます", ""),
        ("안녕하세요", ""),
    ],
)
async def test_small_talk_is_answered_without_a_search(text: str, beginning: str) -> None:
    shop = await talk()

    answer = await shop.ask(text)

    assert answer.text.startswith(beginning)
    assert await shop.all_of(ev.PassagesFound) == []
    assert await shop.reasons() == []


async def test_what_is_not_sure_is_offered_with_a_way_to_a_person() -> None:
    shop = await talk()

    answer = await shop.ask("maybe something")

    assert [offer.key for offer in answer.offers] == ["returns", "hours", "stock", "person"]
    assert await shop.reasons() == []


async def test_a_chosen_offer_is_answered() -> None:
    shop = await talk()
    await shop.ask("maybe something")

    answer = await shop.ask("Returns?", choice="returns")

    assert answer.text == "You may send anything back within 30 days."


async def test_a_person_is_asked_when_a_second_offer_would_follow_the_first() -> None:
    shop = await talk()
    await shop.ask("maybe something")

    answer = await shop.ask("maybe something else")

    assert answer.offers == ()
    assert await shop.reasons() == ["missing_knowledge"]


async def test_a_person_is_asked_when_nothing_fits() -> None:
    shop = await talk()

    await shop.ask("What does the moon weigh?")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_a_person_who_was_chosen_is_asked_though_more_words_followed() -> None:
    shop = await talk()
    await shop.ask("maybe something")
    await shop.write("Someone, please", choice="person")

    answer = await shop.ask("is anybody in?")

    assert await shop.reasons() == ["asked_for"]
    assert answer.text.startswith("Of course.")


async def test_a_clicked_offer_asks_the_tool_with_the_words_that_led_to_it() -> None:
    shop = await talk()
    await shop.ask("maybe a kettle")

    answer = await shop.ask("Stock?", choice="stock")

    assert answer.text == "We have 7 of the kettle."


async def test_an_offer_that_leads_nowhere_is_not_made_again() -> None:
    shop = await talk()

    answer = await shop.ask("is the sofa in stock?")

    assert [offer.key for offer in answer.offers] == ["hours", "person"]


async def test_an_offer_of_an_article_that_is_gone_asks_a_person() -> None:
    shop = await talk()

    await shop.ask("Warranty?", choice="warranty")

    assert await shop.reasons() == ["missing_knowledge"]


@pytest.mark.parametrize("text", ["👍", "?!", "…"])
async def test_a_message_without_a_word_asks_for_words_and_keeps_our_question(text: str) -> None:
    shop = await talk()
    await shop.ask("Where is my order?")

    answer = await shop.ask(text)

    assert answer.text.startswith("That doesn")
    assert answer.awaiting is not None
    assert answer.awaiting.wants == "order_number"


async def test_a_missing_order_number_is_asked_for_and_then_its_proof() -> None:
    shop = await talk()

    first = await shop.ask("Where is my order?")
    second = await shop.ask("It is RI-10001")
    third = await shop.ask("10115")

    assert first.text.startswith("Could you give me your order number")
    assert second.text.startswith("To keep your data safe")
    assert third.text == ANSWERS[Language.EN]


async def test_an_order_number_of_an_earlier_message_is_remembered() -> None:
    shop = await talk()
    await shop.ask("maybe RI-10001")

    answer = await shop.ask("where is my order")

    assert answer.text.startswith("To keep your data safe")


async def test_thanks_do_not_make_the_assistant_forget_what_it_asked() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")
    await shop.ask("Thanks!")

    answer = await shop.ask("RI-10001, 10115")

    assert answer.text == ANSWERS[Language.EN]


async def test_a_greeting_while_we_wait_repeats_the_question() -> None:
    shop = await talk()
    asked = await shop.ask("Where is my order?")

    answer = await shop.ask("Hello")

    assert answer.text == asked.text


async def test_another_subject_is_answered_though_a_number_was_asked_for() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")

    answer = await shop.ask("How can I send back something?")

    assert answer.text == "You may send anything back within 30 days."


async def test_a_question_that_stays_unanswered_three_times_asks_a_person() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")
    await shop.ask("no idea")
    third = await shop.ask("cannot find it")

    await shop.ask("really not")

    assert third.awaiting is not None
    assert await shop.reasons() == ["missing_knowledge"]


async def test_a_corrected_order_number_takes_the_place_of_the_first() -> None:
    shop = await talk()
    await shop.ask("Where is my order RI-20001?")
    await shop.ask("sorry, RI-10001")

    answer = await shop.ask("10115")

    assert answer.text == ANSWERS[Language.EN]


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

    assert again.text == ANSWERS[Language.EN]
    assert other.text.startswith("To keep your data safe")


async def test_each_order_is_asked_for_with_the_subject_that_was_proven_for_it() -> None:
    shop = await talk()
    await shop.ask(QUESTIONS[Language.EN])
    await shop.ask("Where is my order RI-20001? 20095")

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text == ANSWERS[Language.EN]
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

    assert answer.text == ANSWERS[Language.EN]
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

    assert answer.text == ANSWERS[Language.EN]


async def test_a_right_proof_is_no_guess() -> None:
    shop = await talk(Setting(verifier=VerifierOptions(tool="identify", max_tries_an_hour=1)))
    await shop.ask(QUESTIONS[Language.EN])
    second = await another(shop, "second")

    answer = await second.ask(QUESTIONS[Language.EN])

    assert answer.text == ANSWERS[Language.EN]


async def test_a_proof_is_written_down_nowhere_but_in_the_contacts_own_message() -> None:
    shop = await talk()

    await shop.ask(QUESTIONS[Language.EN])

    others = [event for event in await shop.events() if not isinstance(event, ev.MessageReceived)]
    found = [event for event in others if isinstance(event, ev.PassagesFound)]
    rest = [event for event in others if not isinstance(event, ev.PassagesFound)]
    assert shop.tools["identify"].calls == [{"order_number": "RI-10001", "proof": "10115"}]
    assert b"10115" not in msgspec.json.encode(rest)
    assert b"10115" not in msgspec.json.encode(found)


async def test_a_tool_that_fails_asks_the_team_of_the_topic() -> None:
    shop = await talk()
    shop.tools["order"].answer = fails

    await shop.ask(QUESTIONS[Language.EN])

    [handoff] = await shop.store.handoffs(shop.conversation.workspace_id, only_open=True, limit=5)
    assert (handoff.reason.value, handoff.team_id) == ("tool_failure", "post")
    assert [event.call.state for event in await shop.all_of(ev.ToolCalled)] == [
        CallState.DONE,
        CallState.FAILED,
    ]


@pytest.mark.parametrize(
    "value", [None, "", " ", "soon", "2026-11-2", "2026-11-241", 7, {"day": 1}, [], True]
)
async def test_a_value_that_is_no_date_is_never_a_hole_or_a_guess(value: object) -> None:
    shop = await talk()
    shop.tools["order"].answer = lambda _: {**ORDER, "due_on": value}

    answer = await shop.ask(QUESTIONS[Language.EN])

    assert await shop.reasons() == ["tool_failure"]
    assert answer.text.startswith("I can't look this up")


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


async def test_a_value_without_a_sentence_of_its_own_is_asked_for_by_its_name() -> None:
    parcel = tool("Tells.", patterns={"parcel_code": r"P\d{4}"})(parcel_of)
    entries = (*ARTICLES, article("parcel", "It is in {parcel_of.place}."))
    found = {"parcel": (Decision.ANSWER, ("parcel",))}
    shop = await talk(Setting(articles=entries, found=found, more_tools=(parcel,)))

    asked = await shop.ask("where is the parcel?")
    answer = await shop.ask("P1234")

    assert "parcel code" in asked.text
    assert answer.text == "It is in Hamburg."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ich möchte mit einem Menschen sprechen", "asked_for"),
        ("I want to talk to a real person", "asked_for"),
        ("我要转人工", "asked_for"),
        ("担当者と話したいです", "asked_for"),
        ("상담원 연결해 주세요", "asked_for"),
        ("I am going to kill myself", "safety"),
        ("Mein Anwalt wird sich melden", "safety"),
    ],
)
async def test_a_wish_for_a_person_and_danger_go_to_a_person(text: str, reason: str) -> None:
    shop = await talk()

    await shop.ask(text)

    assert await shop.reasons() == [reason]
    assert [event.route for event in await shop.all_of(ev.RouteChosen)] == [ev.RouteKind.PERSON]


async def points(subject: str) -> dict[str, object]:
    return {"count": 12}


async def parcel_of(parcel_code: str) -> dict[str, object]:
    return {"place": "Hamburg"}


def fails(_: object) -> dict[str, object]:
    raise ToolFailed("order: status 503")
