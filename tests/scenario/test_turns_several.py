"""Several order numbers in one message, and several questions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fondaco.domain import events as ev
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from fondaco.knowledge import Decision
from tests.scenario.test_turns_local import ANSWERS
from tests.scenario.turns_house import FOUND, QUESTIONS, Setting, Talk, talk

NUMBERS = {
    Language.EN: "Where are my orders RI-10001 and RI-10002? 10115",
    Language.DE: "Wo sind meine Bestellung RI-10001 und RI-10002? Postleitzahl 10115",
    Language.ZH: "我的订单RI-10001和RI-10002到哪里了？邮编是10115。",
    Language.JA: "注文RI-10001とRI-10002はどこにありますか。郵便番号は10115です。",
    Language.KO: "제 주문 RI-10001과 RI-10002는 어디에 있나요? 우편번호는 10115입니다.",
}


@pytest.mark.parametrize("language", Language)
async def test_the_first_of_two_orders_is_answered_and_that_is_said(language: Language) -> None:
    shop = await talk()

    answer = await shop.ask(NUMBERS[language])

    said = phrases(language).say("several_numbers")
    assert answer.text == f"{said}\n\n{ANSWERS[language]}"
    assert await shop.all_of(ev.VerificationFailed) == []
    assert shop.tools["identify"].calls == [{"order_number": "RI-10001", "proof": "10115"}]


async def test_the_proof_of_the_first_of_two_orders_is_asked_for() -> None:
    shop = await talk()

    asked = await shop.ask("Where are my orders RI-10001 and RI-10002?")
    answer = await shop.ask("10115")

    assert asked.text.startswith(phrases(Language.EN).say("several_numbers"))
    assert asked.awaiting is not None
    assert (asked.awaiting.wants, asked.awaiting.tries) == ("proof", 1)
    assert answer.text == ANSWERS[Language.EN]


async def test_the_second_order_is_answered_when_it_is_written_again() -> None:
    shop = await talk()
    await shop.ask(NUMBERS[Language.EN])

    answer = await shop.ask("And where is my order RI-10002? 10115")

    assert answer.text == ANSWERS[Language.EN].replace("RI-10001", "RI-10002")


async def test_one_order_that_is_named_twice_is_one() -> None:
    shop = await talk()

    answer = await shop.ask("Where is my order RI-10001? I mean RI-10001, postcode 10115")

    assert answer.text == ANSWERS[Language.EN]


TWO = {
    Language.EN: "Is the kettle in stock? And how can I send back something?",
    Language.DE: "Haben Sie die Kanne auf Lager? Und wie lange kann ich etwas zurückgeben?",
    Language.ZH: "水壶有库存吗？请问我可以退货吗？",
    Language.JA: "やかんの在庫はありますか。返品はできますか。",
    Language.KO: "주전자 재고가 있나요? 반품은 가능한가요?",
}
FINDS = {
    "kettle": (Decision.ANSWER, ("hours", "stock")),
    "Kanne": (Decision.ANSWER, ("hours",)),
    "水壶": (Decision.ANSWER, ("hours",)),
    "やかん": (Decision.ANSWER, ("hours",)),
    "주전자": (Decision.ANSWER, ("hours",)),
    "zurückgeben": (Decision.ANSWER, ("returns",)),
    "退货": (Decision.ANSWER, ("returns",)),
    "返品": (Decision.ANSWER, ("returns",)),
    "반품": (Decision.ANSWER, ("returns",)),
}
UNSURE = ("kettle", "Kanne", "水壶", "やかん", "주전자")
NOTED = phrases(Language.EN).say("one_of_two")


async def shop_for_two(more: Mapping[str, tuple[Decision, tuple[str, ...]]] | None = None) -> Talk:
    return await talk(Setting(found={**(more or {}), **FINDS, **FOUND, **(more or {})}))


@pytest.mark.parametrize("language", Language)
async def test_two_questions_that_are_sure_are_both_answered(language: Language) -> None:
    shop = await shop_for_two()

    answer = await shop.ask(TWO[language])

    assert answer.text == "We are open from 9:00 to 18:00.\n\nYou may send anything back within 30 days."
    assert [one.key for one in answer.citations] == ["hours", "returns"]
    assert await shop.reasons() == []


async def test_two_things_of_one_entry_are_each_looked_up_by_their_own_words() -> None:
    shop = await shop_for_two()
    shop.tools["product"].answer = lambda asked: {"name": asked["message"].split()[2], "quantity": 7}

    answer = await shop.ask("Is the pot in stock? Is the lid in stock?")

    assert answer.text == "We have 7 of the pot.\n\nWe have 7 of the lid."


async def test_what_asks_for_a_value_comes_behind_what_is_answered() -> None:
    shop = await shop_for_two()

    answer = await shop.ask("Where is my order? And how can I send back something?")
    told = await shop.ask("RI-10001, 10115")

    assert answer.text.startswith("You may send anything back within 30 days.\n\nCould you give me")
    assert answer.awaiting is not None
    assert answer.awaiting.entry == "track"
    assert told.text == ANSWERS[Language.EN]


async def test_values_behind_two_questions_count_for_both() -> None:
    shop = await shop_for_two()

    answer = await shop.ask("Where is my order? And how can I send back something? RI-10001, 10115")

    assert answer.text == f"{ANSWERS[Language.EN]}\n\nYou may send anything back within 30 days."


@pytest.mark.parametrize(
    ("language", "other"),
    [
        (Language.EN, "Do you sell a kettle? "),
        (Language.DE, "Verkaufen Sie eine Kanne? "),
        (Language.ZH, "请问你们卖水壶吗？"),
        (Language.JA, "やかんは売っていますか。"),
        (Language.KO, "주전자를 판매하시나요? "),
    ],
)
@pytest.mark.parametrize("unsure", [(Decision.OFFER, ("invoice",)), (Decision.NONE, ())])
async def test_one_of_two_questions_is_answered_and_that_is_said(
    language: Language, other: str, unsure: tuple[Decision, tuple[str, ...]]
) -> None:
    shop = await shop_for_two(dict.fromkeys(UNSURE, unsure))

    answer = await shop.ask(other + QUESTIONS[language])

    assert answer.text == f"{phrases(language).say('one_of_two')}\n\n{ANSWERS[language]}"
    assert await shop.reasons() == []


async def test_two_questions_that_both_want_a_value_are_asked_about_one_by_one() -> None:
    shop = await shop_for_two({"parcel": (Decision.ANSWER, ("points",))})

    answer = await shop.ask("Where is my order please? What does the parcel weigh, please?")

    assert answer.text.startswith(NOTED)


async def test_one_matter_in_two_sentences_is_one_answer() -> None:
    shop = await shop_for_two()

    answer = await shop.ask("May I send back a pan? Can I really send back everything?")

    assert answer.text == "You may send anything back within 30 days."


@pytest.mark.parametrize(
    "text",
    [
        "Can you help me? How can I send back something?",
        "Really? How can I send back something?",
        "How can I send back something? Thank you!",
    ],
)
async def test_a_word_beside_a_question_is_no_second_question(text: str) -> None:
    shop = await shop_for_two()

    answer = await shop.ask(text)

    assert answer.text == "You may send anything back within 30 days."


async def test_nothing_is_changed_for_one_of_two_questions() -> None:
    shop = await shop_for_two()

    answer = await shop.ask("Can I have the invoice RI-10001? And how can I send back something? 10115")

    assert answer.text.startswith(NOTED)


async def test_three_questions_are_taken_as_a_whole() -> None:
    shop = await shop_for_two()

    await shop.ask("May I send back a pan? Is the kettle in stock? Where is my order, please?")

    assert len(await shop.all_of(ev.PassagesFound)) == 1
