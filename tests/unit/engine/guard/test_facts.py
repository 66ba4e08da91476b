"""Facts: everything a tool result, an article or the contact says, found by the value it would prove."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.tools import CallState
from fondaco.engine.draft import Source
from fondaco.engine.guard.facts import Facts, Known, gather
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.words import Kind, Value
from fondaco.kit.language import Language
from tests.unit.engine.guard.shop import LAMP, ORDERS, SOFA, TODAY, call, known

READER = Reader(Language.EN, TODAY)


def value(kind: Kind, *readings: str) -> Value:
    return Value(kind=kind, readings=readings, written=readings[0], begin=0, end=1)


def fields(facts: Facts, kind: Kind, reading: str) -> list[str]:
    return [fact.field for fact in facts.proving(value(kind, reading))]


@pytest.mark.parametrize(
    ("kind", "reading", "field"),
    [
        (Kind.AMOUNT, "129.9 EUR", "total.amount_minor"),
        (Kind.AMOUNT, "99.9 EUR", "items.0.price"),
        (Kind.NUMBER, "129.9", "total.amount_minor"),
        (Kind.DATE, "2026-11-24", "promised_on"),
        (Kind.DATE, "--11-24", "promised_on"),
        (Kind.DATE, "2026-11-18", "ordered_at"),
        (Kind.TIME, "09:30", "ordered_at"),
        (Kind.ID, "RI10482", "order_number"),
        (Kind.ID, "ri-10482", "order_number"),
        (Kind.ID, "DE4471920385", "tracking_number"),
        (Kind.STATE, "shipped", "status"),
        (Kind.NUMBER, "2", "items.1.quantity"),
    ],
)
def test_every_leaf_of_a_result_proves_its_value(kind: Kind, reading: str, field: str) -> None:
    facts = known(calls=(call(1, LAMP),))

    assert field in fields(facts, kind, reading)


@pytest.mark.parametrize(
    ("result", "kind", "reading"),
    [
        ({"total": {"amount_minor": 12990, "currency": "EUR"}}, Kind.AMOUNT, "12990 EUR"),
        ({"total": {"amount_minor": 12990, "currency": "EUR"}}, Kind.AMOUNT, "129.9 USD"),
        ({"price": 49.9, "currency": "EUR"}, Kind.AMOUNT, "49.9 USD"),
        ({"discount_percent": 30}, Kind.AMOUNT, "30 EUR"),
        ({"return_days": 30}, Kind.AMOUNT, "30 EUR"),
        ({"quantity": 30}, Kind.AMOUNT, "30 EUR"),
        ({"note": "within 30 days"}, Kind.AMOUNT, "30 EUR"),
        ({"weight_kg": 30}, Kind.NUMBER, "30 cm"),
        ({"price": 30}, Kind.DURATION, "P30D"),
        ({"zip": "10115"}, Kind.AMOUNT, "10115 EUR"),
        ({"day": "2026-11-24"}, Kind.DATE, "2025-11-24"),
    ],
)
def test_a_number_of_another_unit_proves_nothing(result: dict[str, Any], kind: Kind, reading: str) -> None:
    facts = known(calls=(call(1, result),))

    assert fields(facts, kind, reading) == []


@pytest.mark.parametrize(
    ("result", "kind", "reading"),
    [
        ({"price": 49.9}, Kind.AMOUNT, "49.9 EUR"),
        ({"price": "49.90"}, Kind.AMOUNT, "49.9 EUR"),
        ({"price": 49.9, "currency": "EUR"}, Kind.AMOUNT, "49.9 EUR"),
        ({"paid": -49.9}, Kind.AMOUNT, "49.9 EUR"),
        ({"total": {"amount_minor": 3000, "currency": "JPY"}}, Kind.AMOUNT, "3000 JPY"),
        ({"discount_percent": 30}, Kind.PERCENT, "30 %"),
        ({"vat_rate": 0.19}, Kind.PERCENT, "19 %"),
        ({"return_days": 30}, Kind.DURATION, "P30D"),
        ({"warranty_months": 24}, Kind.DURATION, "P2Y"),
        ({"window_hours": 24}, Kind.DURATION, "P1D"),
        ({"weight_kg": 2.5}, Kind.NUMBER, "2.5 kg"),
        ({"note": "Arrives within 30 days"}, Kind.DURATION, "P30D"),
        ({"sizes": [36, 38, 40, 42]}, Kind.NUMBER, "4"),
        ({"variants": {"10041": {"size": 36}, "10042": {"size": 38}}}, Kind.NUMBER, "2"),
        ({"mail": "Service@Lumen.example"}, Kind.EMAIL, "service@lumen.example"),
    ],
)
def test_a_number_proves_what_its_field_means(result: dict[str, Any], kind: Kind, reading: str) -> None:
    facts = known(calls=(call(1, result),))

    assert fields(facts, kind, reading) != []


def test_a_fact_names_the_nearest_thing_with_an_identity() -> None:
    facts = known()

    [price] = facts.proving(value(Kind.AMOUNT, "849 EUR"))[-1:]
    [chain] = [[record.name for record in facts.chain(price.record)]]

    assert price.record == "call_2:items.0"
    assert chain == ["call_2:items.0", "call_2:"]
    assert facts.belongs_to(price.record)["order"] == {"RI10517"}


def test_an_id_is_found_by_its_last_digits() -> None:
    facts = known()

    found = {fact.normal for fact in facts.ending("…0385")}

    assert found == {"DE4471920385"}
    assert facts.ending("…85") == ()


def test_a_failed_call_proves_nothing_and_a_missing_thing_not_its_arguments() -> None:
    failed = call(1, LAMP, CallState.FAILED, order_number="RI-10482")
    missing = call(2, {"found": False}, order_number="RI-99999")

    facts = known(calls=(failed, missing))

    assert fields(facts, Kind.ID, "RI10482") == []
    assert fields(facts, Kind.ID, "RI99999") == []


def test_further_calls_make_a_longer_index_and_leave_the_first_as_it_was() -> None:
    first = known(calls=ORDERS[:1])

    both = first.with_calls(ORDERS[1:], READER)

    assert fields(both, Kind.ID, "RI10517") != []
    assert fields(first, Kind.ID, "RI10517") == []


def test_every_source_is_named() -> None:
    earlier = Evidence(
        written="€978.90", value="129.9 EUR + 849 EUR", source=EvidenceSource.TOOL, reference="call_1"
    )
    facts = gather(
        Known(
            calls=(call(1, SOFA),),
            passages=(Source(article_id="art_returns", text="You may return goods for 30 days."),),
            said=("I paid 700 EUR",),
            settings={"opening_hours": "9:00 to 17:30"},
            computed=(earlier,),
        ),
        READER,
    )

    sources = {
        reading: [(fact.source, fact.reference) for fact in facts.proving(value(kind, reading))]
        for kind, reading in (
            (Kind.DURATION, "P30D"),
            (Kind.AMOUNT, "700 EUR"),
            (Kind.TIME, "17:30"),
            (Kind.AMOUNT, "978.9 EUR"),
        )
    }

    assert sources == {
        "P30D": [(EvidenceSource.ARTICLE, "art_returns")],
        "700 EUR": [(EvidenceSource.CONTACT, "message")],
        "17:30": [(EvidenceSource.SHOP, "opening_hours")],
        "978.9 EUR": [(EvidenceSource.TOOL, "call_1")],
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.DE, "Kommt es am 24. Dezember?"),
        (Language.EN, "Will it come on December 24?"),
        (Language.ZH, "12月24日会到吗？"),
        (Language.JA, "12月24日に届きますか？"),
        (Language.KO, "12월 24일에 오나요?"),
    ],
)
def test_a_day_without_a_year_is_the_nearest_one(language: Language, said: str) -> None:
    facts = known(said, language=language)

    assert facts.proving(value(Kind.DATE, "2026-12-24"))
    assert not facts.proving(value(Kind.DATE, "2031-12-24"))


def test_ids_without_a_digit_can_be_read() -> None:
    facts = known(calls=(call(1, {"booking_id": "HATHAT", "date": "2026-11-24"}),))

    [pattern] = facts.wordlike_ids

    assert pattern.search("Your booking HATHAT is confirmed")
