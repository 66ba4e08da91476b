"""Amounts lose no digit, and an invoice is set beside what the ledger knows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.commands.bills import Charge, amount, compared, figures_of, read_invoice
from fondaco.domain.errors import InvalidInput
from fondaco.domain.usage import CostLine

DAY = date(2026, 11, 22)
LINE = CostLine(
    group="acme/small",
    currency="USD",
    attempts=4,
    turns=3,
    input=4_000,
    cache_read=1_000,
    output=200,
    cost_pico=10_000_000_000,
    possibly_pico=1_000_000,
)


def line(group: str, cost_pico: int, **more: int) -> CostLine:
    return msgspec.structs.replace(LINE, group=group, cost_pico=cost_pico, **more)


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (0, "0.00"),
        (1, "0.000000000001"),
        (10**12, "1.00"),
        (12_340_000_000_000, "12.34"),
        (4_210_000_000, "0.00421"),
        (-500_000_000_000, "-0.50"),
    ],
)
def test_an_amount_is_written_with_every_digit(pico: int, text: str) -> None:
    assert amount(pico) == text


@given(st.integers(-(2**62), 2**62))
def test_an_amount_can_be_read_back(pico: int) -> None:
    assert Decimal(amount(pico)) * 10**12 == pico


def test_the_whole_is_divided_by_the_turns_that_ended_in_a_reply() -> None:
    outcomes = [line("reply", 9 * 10**12, turns=2), line("handoff", 10**12, turns=1)]

    [whole] = figures_of([LINE], outcomes).totals

    assert (whole.cost, whole.turns, whole.replies, whole.a_reply) == ("10.00", 3, 2, "5.00")
    assert whole.attempts == 8


def test_without_a_reply_nothing_is_divided() -> None:
    [whole] = figures_of([], [line("unsettled", 10**12)]).totals

    assert whole.a_reply is None


def test_what_a_turn_costs_is_rounded_to_the_millionth() -> None:
    [row] = figures_of([line("2026-11-22", 10_000_000_000, turns=3)], []).lines

    assert (row.cost, row.a_turn) == ("0.01", "0.003333")


def test_each_currency_has_its_own_total() -> None:
    yuan = msgspec.structs.replace(LINE, group="reply", currency="CNY")

    totals = figures_of([], [line("reply", 1), yuan]).totals

    assert [whole.currency for whole in totals] == ["CNY", "USD"]


def test_an_invoice_is_compared_by_day_and_model() -> None:
    charges = [
        Charge(day=DAY, model="small", amount=Decimal("0.004")),
        Charge(day=DAY, model="small", amount=Decimal("0.005")),
        Charge(day=DAY, model="acme/small", amount=Decimal("0.011")),
        Charge(day=DAY, model="large", amount=Decimal(1)),
    ]

    named, large, small = compared(charges, {DAY: [LINE]})

    assert (small.billed, small.ledger, small.difference, small.is_unknown) == (
        "0.009",
        "0.01",
        "-0.001",
        False,
    )
    assert (named.difference, named.is_unknown) == ("0.001", True)
    assert (large.ledger, large.is_unknown) == ("0.00", True)


def test_an_invoice_is_read_whatever_else_stands_in_it(tmp_path: Path) -> None:
    file = tmp_path / "invoice.csv"
    file.write_text("\ufeffmodel,requests,day,amount\nsmall,12,2026-11-22, 0.42\n", encoding="utf-8")

    assert read_invoice(file) == [Charge(day=DAY, model="small", amount=Decimal("0.42"))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("day,amount\n", "has no columns"),
        ("", "has no columns"),
        ("day,model,amount\n22.11.2026,small,1\n", "line 2"),
        ("day,model,amount\n2026-11-22,small,\n", "line 2"),
        ('day,model,amount\n2026-11-22,small,"0,42"\n', "line 2"),
        ("day,model,amount\n2026-11-22,small,NaN\n", "no amount"),
        ("day,model,amount\n2026-11-22\n", "line 2"),
    ],
)
def test_a_mistake_in_an_invoice_is_named(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "invoice.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=told):
        read_invoice(file)


def test_an_invoice_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.csv cannot be read"):
        read_invoice(tmp_path / "nowhere.csv")
