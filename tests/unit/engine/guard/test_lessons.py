"""What the planted suite and the recorded replies have taught the guard."""

from __future__ import annotations

import pytest

from fondaco.engine.guard.claims import Backing, asks_for_a_yes, claims_in, unbacked
from fondaco.engine.guard.harvest import Harvests
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.tongues import foreign_sentences
from fondaco.engine.guard.values import StateNames, read_values
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language
from tests.unit.engine.guard.shop import LAMP, TODAY, call, known, mixed_up, traced

STATES = StateNames((("shipped", "shipped"), ("in stock", "in_stock"), ("zugestellt", "delivered")))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.EN, "I will cancel both. Please confirm if you would like to proceed."),
        (Language.DE, "Ich storniere beide Bestellungen. Soll ich fortfahren?"),
        (Language.ZH, "我会为您取消订单。请确认是否继续。"),
        (Language.JA, "ご注文をキャンセルいたします。よろしいでしょうか。"),
        (Language.KO, "주문을 취소해 드리겠습니다. 진행할까요?"),
    ],
)
def test_what_waits_for_a_yes_is_proposed_and_not_promised(language: Language, text: str) -> None:
    backing = Backing(proposed=asks_for_a_yes(text, language))

    assert unbacked(claims_in(text, language), backing) == ()


def test_no_question_makes_a_promise_to_come_back_true() -> None:
    text = "I will let you know as soon as it ships. Please confirm that this is fine."

    claims = unbacked(claims_in(text, Language.EN), Backing(proposed=True))

    assert [one.kind.value for one in claims] == ["notified"]


@pytest.mark.parametrize(
    "text",
    [
        "We have 5 of them in stock.",
        "Das Paket soll am Mittwoch zugestellt werden.",
        "Once it is shipped you get a message.",
    ],
)
def test_what_is_counted_or_still_to_come_is_no_state(text: str) -> None:
    values = read_values(text, Language.EN, TODAY, (), STATES)

    assert [one for one in values if one.kind is Kind.STATE] == []


@pytest.mark.parametrize("text", ["According to them, RI-10482 was shipped.", "It has been shipped."])
def test_what_happened_is_a_state(text: str) -> None:
    values = read_values(text, Language.EN, TODAY, (), STATES)

    assert [one.readings for one in values if one.kind is Kind.STATE] == [("shipped",)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.EN, "It comes on Friday, November 24."),
        (Language.DE, "Es kommt am Freitag, 24. November."),
        (Language.ZH, "11月24日（周五）送达。"),
        (Language.JA, "11月24日(金)にお届けします。"),
        (Language.KO, "11월 24일(금)에 도착합니다."),
    ],
)
def test_a_weekday_that_is_not_the_days_own_is_never_proven(language: Language, text: str) -> None:
    found = traced(text, known(language=language), language)

    assert len(found.findings) == 1


def test_what_one_sentence_says_of_two_orders_is_held_against_each() -> None:
    right = "RI-10482 comes on November 24, RI-10517 on December 3."
    wrong = "RI-10482 comes on December 3, RI-10517 on December 3."

    assert mixed_up(right, known()) == []
    assert mixed_up(wrong, known()) == ["December 3"]


@pytest.mark.parametrize(
    ("language", "text", "foreign"),
    [
        (Language.JA, "ご注文は発送済みです。您的订单正在运输中。", 1),
        (Language.KO, "배송 중입니다. ご注文は発送済みです。", 1),
        (Language.ZH, "运输中。Wir haben noch 61 Stück auf Lager.", 1),
        (Language.ZH, "Arco Stehlampe 的价格是 99.90 欧元。", 0),
        (Language.KO, "상하이(上海)에서 출발했습니다.", 0),
    ],
)
def test_a_short_sentence_in_another_script_is_foreign(language: Language, text: str, foreign: int) -> None:
    assert len(foreign_sentences(text, language)) == foreign


def test_a_call_is_harvested_anew_once_it_tells_something_else() -> None:
    harvests, reader = Harvests(), Reader(Language.EN, TODAY)
    first = harvests.of(call(1, LAMP), reader)

    again = harvests.of(call(1, LAMP), reader)
    changed = harvests.of(call(1, LAMP | {"status": "delivered"}), reader)

    assert again is first
    assert changed is not first


def test_only_so_many_harvests_are_kept() -> None:
    harvests, reader = Harvests(most=1), Reader(Language.EN, TODAY)
    first = harvests.of(call(1, LAMP), reader)
    harvests.of(call(2, LAMP), reader)

    assert harvests.of(call(1, LAMP), reader) is not first
