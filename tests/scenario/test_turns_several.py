"""Several order numbers in one message, and several questions."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from tests.scenario.test_turns_local import ANSWERS
from tests.scenario.turns_house import talk

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
