"""The assistant without a model, from message to message."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import ToolFailed
from fondaco.domain.tools import CallState
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from fondaco.knowledge import Decision
from fondaco.tools import tool
from tests.scenario.turns_house import ARTICLES, ORDER, QUESTIONS, Setting, article, talk

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
        ("article", "30 days"),
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


async def test_a_value_without_a_sentence_of_its_own_is_asked_for_by_its_name() -> None:
    parcel = tool("Tells.", patterns={"parcel_code_2": r"P\d{4}"})(parcel_of)
    entries = (*ARTICLES, article("parcel", "It is in {parcel_of.place}."))
    found = {"parcel": (Decision.ANSWER, ("parcel",))}
    shop = await talk(Setting(articles=entries, found=found, more_tools=(parcel,)))

    asked = await shop.ask("where is the parcel?")
    answer = await shop.ask("P1234")

    assert "parcel code 2" in asked.text
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


async def parcel_of(parcel_code_2: str) -> dict[str, object]:
    return {"place": "Hamburg"}


def fails(_: object) -> dict[str, object]:
    raise ToolFailed("order: status 503")


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("are you a robot?", "I am an AI assistant."),
        ("bist du ein Mensch?", "Ich bin ein KI-Assistent."),
        ("你是机器人吗", "我是 AI 助手。"),
        ("あなたはAIですか?", "私は AI アシスタントです。"),
        ("봇이에요?", "저는 AI 어시스턴트입니다."),
    ],
)
async def test_who_asks_is_told_that_an_ai_answers(text: str, beginning: str) -> None:
    shop = await talk()

    answer = await shop.ask(text)

    assert answer.text.startswith(beginning)
    assert await shop.reasons() == []


async def test_who_asks_for_our_nature_while_we_wait_keeps_our_question() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")

    answer = await shop.ask("are you a robot?")

    assert answer.awaiting is not None
    assert answer.awaiting.wants == "order_number"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("I need help", "it doesn't work"),
        ("Ich brauche Hilfe", "das geht nicht"),
        ("我需要帮助", "我的订单有问题"),
        ("助けて", "困っています"),
        ("도와주세요", "도와주세요"),
    ],
)
async def test_a_vague_cry_for_help_is_asked_about_once(first: str, second: str) -> None:
    shop = await talk()

    asked = await shop.ask(first)
    reasons = await shop.reasons()
    await shop.ask(second)

    assert asked.text == phrases(asked.language or Language.EN).say("not_understood_emoji")
    assert (reasons, await shop.reasons()) == ([], ["missing_knowledge"])


async def test_a_vague_word_later_on_is_asked_about_again() -> None:
    shop = await talk()
    await shop.ask("I need help")
    await shop.ask("How can I send back something?")

    await shop.ask("I need help")

    assert await shop.reasons() == []


async def test_a_vague_word_while_we_wait_counts_as_no_answer() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")

    answer = await shop.ask("I need help")

    assert answer.awaiting is not None
    assert answer.awaiting.tries == 2


@pytest.mark.parametrize(
    "messages", [("Hello", "May I send back a pan?"), ("May I send back a pan?", "Thanks!")]
)
async def test_a_greeting_beside_a_question_changes_no_answer(messages: tuple[str, str]) -> None:
    shop = await talk()
    first, second = messages
    await shop.write(first)

    await shop.ask(second)

    [search] = await shop.all_of(ev.PassagesFound)
    assert search.question == "May I send back a pan?"
