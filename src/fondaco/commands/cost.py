"""``fondaco cost``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from fondaco.commands.bills import (
    Bill,
    Charge,
    Figures,
    Row,
    budget_states,
    budgets_now,
    compared,
    figures_of,
    read_invoice,
)
from fondaco.commands.place import Place, open_books, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json, say_table
from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.usage import CostGroup, CostLine
from fondaco.kit.clock import SystemClock

_DAY_MS = 86_400_000
_DAYS = 30
_TITLES = {
    CostGroup.DAY: "day (UTC)",
    CostGroup.MODEL: "model",
    CostGroup.CHANNEL: "connection",
    CostGroup.OUTCOME: "outcome",
    CostGroup.CONVERSATION: "conversation",
}
_DATE = click.DateTime(formats=["%Y-%m-%d"])


@click.command("cost")
@with_place
@click.option(
    "--by",
    type=click.Choice([one.value for one in CostGroup]),
    default=CostGroup.DAY.value,
    show_default=True,
    help="What is added up.",
)
@click.option("--since", metavar="DATE", type=_DATE, help="From this day (UTC) on; the last 30 if left out.")
@click.option("--until", metavar="DATE", type=_DATE, help="To the end of this day (UTC); today if left out.")
@click.option(
    "--invoice",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Compare with a CSV file of the columns day, model and amount.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    place: Place,
    by: str,
    since: datetime | None,
    until: datetime | None,
    invoice: Path | None,
    as_json: bool,
) -> int:
    """Print what models cost: tokens, money, what is possibly billed, and what a turn comes to.

    The workspace's budgets follow with what is left of them.  With --invoice each day and model of a
    provider's bill is set beside the ledger, and the exit code is 1 if the bill is higher than what the
    ledger knows of.
    """
    if invoice is not None:
        return _compare(place, invoice, as_json=as_json)
    since_ms, until_ms = _span(since, until)
    with progress("Adding up"):
        figures = wait_for(_figures(place, CostGroup(by), since_ms, until_ms))
    if as_json:
        say_json(figures)
    else:
        _show(figures, _TITLES[CostGroup(by)])
    return 0


def _span(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Return the first moment and the one after the last.  Raises InvalidInput."""
    today_ms = SystemClock().now_ms() // _DAY_MS * _DAY_MS
    until_ms = (today_ms if until is None else _ms(until)) + _DAY_MS
    since_ms = until_ms - _DAYS * _DAY_MS if since is None else _ms(since)
    if since_ms >= until_ms:
        raise InvalidInput("--since must not be later than --until; exchange them.")
    return since_ms, until_ms


def _ms(day: datetime) -> int:
    return int(day.replace(tzinfo=UTC).timestamp()) * 1000


async def _figures(place: Place, group: CostGroup, since_ms: int, until_ms: int) -> Figures:
    async with open_books(place) as (settings, costs):
        workspace_id = WorkspaceId(settings.workspace.id)
        lines = await costs.cost_lines(workspace_id, group, since_ms, until_ms)
        outcomes = await costs.cost_lines(workspace_id, CostGroup.OUTCOME, since_ms, until_ms)
        limits = budgets_now(settings.llm.budgets, workspace_id, SystemClock().now_ms())
        held = await costs.held(list(limits))
    return figures_of(lines, outcomes, budget_states(limits, held))


def _show(figures: Figures, title: str) -> None:
    titles = (title, "attempts", "turns", "input", "cached", "output", "cost", "possibly billed", "a turn")
    say_table(titles, [_cells(row) for row in figures.lines])
    for whole in figures.totals:
        say(f"Altogether: {whole.cost} {whole.currency} for {whole.attempts} attempts in {whole.turns} turns")
        say(f"  possibly billed: {whole.possibly} of it")
        if whole.a_reply is not None:
            say(f"  for each reply: {whole.a_reply}")
            say("    all of it, divided by the turns that ended in a reply")
    if figures.budgets:
        rows = [(one.key, one.limit, one.held, one.left) for one in figures.budgets]
        say_table(("budget now", "limit", "held", "left"), rows)


def _cells(row: Row) -> Sequence[object]:
    money = (f"{row.cost} {row.currency}", row.possibly, row.a_turn)
    return (row.group, row.attempts, row.turns, row.input, row.cache_read, row.output, *money)


def _compare(place: Place, invoice: Path, *, as_json: bool) -> int:
    bills = wait_for(_bills(place, read_invoice(invoice)))
    if as_json:
        say_json(bills)
    else:
        titles = ("day (UTC)", "model", "billed", "ledger", "possibly billed", "difference", "remark")
        say_table(titles, [_bill_cells(bill) for bill in bills])
    return int(any(bill.is_unknown for bill in bills))


async def _bills(place: Place, charges: Sequence[Charge]) -> list[Bill]:
    ledger: dict[date, list[CostLine]] = {}
    async with open_books(place) as (settings, costs):
        workspace_id = WorkspaceId(settings.workspace.id)
        for day in sorted({charge.day for charge in charges}):
            since_ms = _ms(datetime.combine(day, time()))
            ledger[day] = await costs.cost_lines(workspace_id, CostGroup.MODEL, since_ms, since_ms + _DAY_MS)
    return compared(charges, ledger)


def _bill_cells(bill: Bill) -> Sequence[object]:
    remark = "more than the ledger knows of" if bill.is_unknown else ""
    return (bill.day, bill.model, bill.billed, bill.ledger, bill.possibly, bill.difference, remark)
