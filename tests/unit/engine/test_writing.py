"""Values as each language writes them, and slots that are filled or refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fondaco.domain.articles import Variant
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, FieldKind, ToolCall, ToolSpec
from fondaco.engine.slots import SlotMissing, choose_text, fill, tools_of, write
from fondaco.engine.writing import write_date, write_money, write_number, write_time
from fondaco.kit.language import Language
from fondaco.kit.money import Money
from tests.scenario.turns_house import STATE_NAMES, article

DE, EN, ZH, JA, KO = Language
MONDAY_MS = 1_795_424_400_000  # 2026-11-23 09:00 UTC
DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (DE, "24. November 2026"),
        (EN, "24 November 2026"),
        (ZH, "2026年11月24日"),
        (JA, "2026年11月24日"),
        (KO, "2026년 11월 24일"),
    ],
)
def test_a_date_is_written_in_full(language: Language, written: str) -> None:
    assert write_date(date(2026, 11, 24), language) == written


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (123_456, "EUR", DE, "1.234,56 €"),
        (123_456, "EUR", EN, "€1,234.56"),
        (5, "EUR", EN, "€0.05"),
        (0, "EUR", DE, "0,00 €"),
        (-4_990, "EUR", DE, "-49,90 €"),
        (-4_990, "GBP", EN, "-£49.90"),
        (1_980, "JPY", JA, "¥1,980"),
        (1_980, "JPY", ZH, "JP¥1,980"),
        (1_980, "JPY", KO, "JP¥1,980"),
        (1_980, "CNY", ZH, "¥19.80"),
        (1_980, "CNY", JA, "CN¥19.80"),
        (1_980, "CNY", EN, "CN¥19.80"),
        (19_800, "KRW", KO, "₩19,800"),
        (1_000, "CHF", EN, "CHF 10.00"),
        (1_000, "CHF", DE, "10,00 CHF"),
        (12_345, "KWD", EN, "KWD 12.345"),
    ],
)
def test_money_has_its_currencys_digits_and_names_it_beyond_doubt(
    amount: int, currency: str, language: Language, written: str
) -> None:
    assert write_money(Money(amount, currency), language) == written


@pytest.mark.parametrize("language", Language)
def test_no_two_currencies_look_the_same(language: Language) -> None:
    currencies = ("EUR", "USD", "GBP", "JPY", "CNY", "KRW", "CHF")

    written = {write_money(Money(100, currency), language).strip("0123456789., ") for currency in currencies}

    assert len(written) == len(currencies)


@pytest.mark.parametrize(
    ("number", "language", "written"),
    [(1_234, DE, "1.234"), (1_234.5, DE, "1.234,5"), (1_234.5, EN, "1,234.5"), (7, KO, "7"), (-3, DE, "-3")],
)
def test_a_number_has_its_languages_separators(number: float, language: Language, written: str) -> None:
    assert write_number(number, language) == written


@pytest.mark.parametrize(
    ("at_ms", "timezone", "language", "written"),
    [
        (MONDAY_MS, "UTC", DE, "09:00 Uhr (UTC)"),
        (MONDAY_MS, "Europe/Berlin", EN, "10:00 (Berlin)"),
        (MONDAY_MS, "Asia/Tokyo", JA, "18:00 (Tokyo)"),
        (MONDAY_MS, "America/New_York", EN, "04:00 (New York)"),
        (MONDAY_MS, "Etc/UTC", ZH, "09:00 (UTC)"),
        (MONDAY_MS + DAY_MS, "Europe/Berlin", DE, "24. November 2026, 10:00 Uhr (Berlin)"),
        (MONDAY_MS + DAY_MS, "UTC", DE, "24. November 2026, 09:00 Uhr (UTC)"),
        (MONDAY_MS + DAY_MS, "UTC", EN, "24 November 2026, 09:00 (UTC)"),
        (MONDAY_MS + DAY_MS, "UTC", KO, "2026년 11월 24일 09:00 (UTC)"),
    ],
)
def test_an_hour_names_its_city_and_an_hour_of_another_day_the_day(
    at_ms: int, timezone: str, language: Language, written: str
) -> None:
    assert write_time(at_ms, timezone, MONDAY_MS, language) == written


@pytest.mark.parametrize("language", Language)
def test_a_state_is_written_in_the_contacts_language(language: Language) -> None:
    names = STATE_NAMES["state"]

    assert write("on_its_way", FieldKind.STATE, language, names) == names["on_its_way"][language.value]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("lost", FieldKind.STATE),
        (None, FieldKind.STATE),
        ("tomorrow", FieldKind.DATE),
        ("2026-13-01", FieldKind.DATE),
        ("2026-11-241", FieldKind.DATE),
        (49.9, FieldKind.MONEY),
        ({"amount_minor": 49.9, "currency": "EUR"}, FieldKind.MONEY),
        ({"amount_minor": 4_990}, FieldKind.MONEY),
        ("12", FieldKind.NUMBER),
        (True, FieldKind.NUMBER),
        (True, FieldKind.TEXT),
        ("", FieldKind.TEXT),
        (" \n", FieldKind.TEXT),
        (["a"], FieldKind.TEXT),
        ({"a": 1}, FieldKind.TEXT),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_not_written(raw: Any, kind: FieldKind) -> None:
    with pytest.raises(SlotMissing):
        write(raw, kind, EN, STATE_NAMES["state"])


@pytest.mark.parametrize("raw", ["2026-11-24", "2026-11-24T23:59:59+09:00", "2026-11-24 10:00"])
def test_a_date_may_carry_an_hour_that_is_not_written(raw: str) -> None:
    assert write(raw, FieldKind.DATE, EN, {}) == "24 November 2026"


def call(result: dict[str, Any] | None, state: CallState = CallState.DONE) -> ToolCall:
    return ToolCall(
        id=CallId("call_1"),
        tool="order",
        arguments={},
        effect=Effect.READ,
        idempotency_key="key",
        state=state,
        result=result,
    )


SPECS = {"order": ToolSpec(name="order", description="", fields={"due_on": FieldKind.DATE})}


def test_a_slot_is_bound_to_the_call_that_filled_it() -> None:
    text, [slot] = fill("On {order.due_on}.", {"order": call({"due_on": "2026-11-24"})}, SPECS, DE)

    assert text == "On 24. November 2026."
    assert (slot.slot, slot.value, slot.call_id, slot.field) == (
        "order.due_on",
        "2026-11-24",
        "call_1",
        "due_on",
    )


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"order": call({})},
        {"order": call({"due_on": None})},
        {"order": call(None)},
        {"order": call({"due_on": "2026-11-24"}, CallState.FAILED)},
    ],
)
def test_a_slot_without_a_value_is_never_a_hole(made: dict[str, ToolCall]) -> None:
    with pytest.raises(SlotMissing):
        fill("On {order.due_on}.", made, SPECS, DE)


def test_a_slot_of_a_kind_that_does_not_exist_is_never_a_guess() -> None:
    with pytest.raises(SlotMissing, match="'hour' is no way"):
        fill("On {order.due_on|hour}.", {"order": call({"due_on": "2026-11-24"})}, SPECS, DE)


@pytest.mark.parametrize(
    ("value", "wanted"), [("late", "late"), (True, "true"), (5, "5"), (None, ""), ("late", "lat")]
)
def test_a_variant_is_chosen_by_the_value_of_the_result(value: Any, wanted: str) -> None:
    late = Variant(when={"order.state": wanted}, body="It is late.")
    entry = article("track", "It comes.", variants=(late,))

    chosen = choose_text(entry, {"order": call({"state": value})})

    holds = value is not None and wanted == {True: "true", 5: "5"}.get(value, value)
    assert (chosen == "It is late.") is holds


def test_an_entry_needs_the_tools_of_all_its_texts_and_conditions() -> None:
    late = Variant(when={"shipment.state": "late"}, body="{refund.total}")

    assert tools_of(article("track", "{order.state} {order.due_on}", variants=(late,))) == (
        "order",
        "refund",
        "shipment",
    )
