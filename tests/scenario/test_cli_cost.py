"""An operator asks what the models have cost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fondaco.domain.ids import TurnId, WorkspaceId
from fondaco.domain.usage import Provenance
from fondaco.kit.clock import SystemClock
from fondaco.kit.signals import SignalHub
from fondaco.storage.migrate import migrate
from fondaco.storage.sqlite import SqliteStore
from tests.contract.ledger_support import DAY_MS, NOON_MS, entry, settled
from tests.scenario.cli_desk import CliDesk

DATABASE = Path("var/fondaco.db")
SPAN = ("--since", "2026-11-20", "--until", "2026-11-23")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    desk = CliDesk(capsys)
    assert desk.run("cost").code == 0
    asyncio.run(spend())
    return desk


async def spend() -> None:
    """Answer twice on one day, and once on the next, when the process dies."""
    await migrate(f"sqlite:///{DATABASE}")
    shop = {"workspace_id": WorkspaceId("default"), "cost_pico": 5 * 10**9}
    store = await SqliteStore.open(DATABASE, clock=SystemClock(), signals=SignalHub())
    async with store:
        for number in (1, 2):
            one = entry(number, turn_id=TurnId(f"trn_{number}"), **shop)
            await store.ledger.reserve(one, ())
            await store.ledger.settle(settled(one, 2 * 10**9))
        refused = entry(3, turn_id=TurnId("trn_2"), attempt=2, **shop)
        await store.ledger.reserve(refused, ())
        await store.ledger.settle(settled(refused, 0, usage=None, provenance=Provenance.NOTHING))
        await store.ledger.reserve(entry(4, turn_id=TurnId("trn_3"), at_ms=NOON_MS + DAY_MS, **shop), ())


def test_costs_are_added_up_by_day(desk: CliDesk) -> None:
    lines = desk.lines(("cost", *SPAN))

    assert [line.split() for line in lines[1:3]] == [
        ["2026-11-22", "3", "2", "200", "80", "40", "0.004", "USD", "0.00", "0.002"],
        ["2026-11-23", "1", "1", "0", "0", "0", "0.005", "USD", "0.005", "0.005"],
    ]
    assert "Altogether: 0.009 USD for 4 attempts in 3 turns" in lines
    assert "  possibly billed: 0.005 of it" in lines


@pytest.mark.parametrize(
    ("by", "group"),
    [
        ("model", "acme/small"),
        ("channel", "con_web"),
        ("outcome", "unsettled"),
        ("conversation", "cnv_one"),
    ],
)
def test_costs_are_added_up_by_whatever_is_asked(desk: CliDesk, by: str, group: str) -> None:
    told = desk.run("cost", "--by", by, *SPAN, "--json").json

    assert [(one["group"], one["cost"], one["attempts"]) for one in told["lines"]] == [(group, "0.009", 4)]


def test_the_last_day_is_counted_to_its_end_and_no_further(desk: CliDesk) -> None:
    told = desk.run("cost", "--since", "2026-11-22", "--until", "2026-11-22", "--json").json

    assert [one["group"] for one in told["lines"]] == ["2026-11-22"]


def test_a_budget_shows_what_is_left_of_it(desk: CliDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_LLM__BUDGETS", '[{"limit": "2.50"}, {"scope": "conversation", "limit": "1"}]')

    [state] = desk.run("cost", "--json").json["budgets"]

    assert state["key"].startswith("workspace:default:")
    assert (state["limit"], state["held"], state["left"]) == ("2.50", "0.00", "2.50")


def test_a_span_that_ends_before_it_begins_is_refused(desk: CliDesk) -> None:
    ran = desk.run("cost", "--since", "2026-11-23", "--until", "2026-11-22")

    assert ran.code == 2
    assert "--since must not be later than --until" in ran.err


@pytest.mark.parametrize(("billed", "code"), [("0.004", 0), ("0.003", 0), ("0.0041", 1)])
def test_an_invoice_that_asks_for_more_than_was_spent_is_found(desk: CliDesk, billed: str, code: int) -> None:
    Path("invoice.csv").write_text(f"day,model,amount\n2026-11-22,small,{billed}\n", encoding="utf-8")

    ran = desk.run("cost", "--invoice", "invoice.csv")

    assert ran.code == code
    assert ("more than the ledger knows of" in ran.out) is (code == 1)
