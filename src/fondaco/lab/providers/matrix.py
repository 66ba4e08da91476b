"""Plays all cells of the matrix and writes it down."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.crash.channel import open_shop_end
from fondaco.lab.crash.ledger import Ledger
from fondaco.lab.gates import Figure, Report, at_least, at_most, report
from fondaco.lab.providers import scene
from fondaco.lab.providers.judge import Cell, judged
from fondaco.lab.providers.plan import MatrixPlan
from fondaco.lab.providers.playing import Stage, played
from fondaco.lab.providers.rows import Case, cases
from fondaco.lab.providers.seen import By
from fondaco.lab.providers.shop_end import ShopWithShelf

Tell = Callable[[str], None]
_HEADS = ("fault", "cells", "answered by", "after ms p50 / max", "intact", "books", "handed over", "in time")


async def run(plan: MatrixPlan, tell: Tell = lambda _: None) -> Report:
    """Play every cell and return the report.  Raises ConfigurationError, FondacoError."""
    clock, ledger = SystemClock(), Ledger()
    wanted = cases(plan)
    shop_end = ShopWithShelf(ledger, clock, SeededChance(plan.seed))
    with TemporaryDirectory(prefix="fondaco-drill-") as name:
        database = Path(name) / "shop.db"
        async with HttpClient(connections=200) as client, open_shop_end(shop_end) as shop_url:
            await scene.prepare(f"sqlite:///{database}", shop_url, clock)
            stage = Stage(
                plan=plan,
                clock=clock,
                client=client,
                shop_end=shop_end,
                ledger=ledger,
                shop_url=shop_url,
                database=database,
            )
            found = await _all(wanted, stage, tell)
    return reported(plan, found)


async def _all(wanted: Sequence[Case], stage: Stage, tell: Tell) -> list[Cell]:
    room, done = asyncio.Semaphore(stage.plan.beside), 0

    async def one(case: Case) -> Cell:
        nonlocal done
        async with room:
            cell = judged(await played(case, stage))
        done += 1
        tell(f"{done} of {len(wanted)}: {_name(cell)}: {'; '.join(cell.faults) or 'good'}")
        return cell

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(case)) for case in wanted]
    return [task.result() for task in tasks]


def reported(plan: MatrixPlan, found: Sequence[Cell]) -> Report:
    """Return the report of these cells: every one has to be good."""
    turns = sum(cell.turns for cell in found)
    useful = sum(sum(cell.answered_by.values()) - _useless(cell) for cell in found)
    figures = (
        Figure(name="cells", value=len(found), gate=at_least(1)),
        Figure(name="turns", value=turns),
        Figure(name="requests that met their fault", value=sum(cell.hits for cell in found)),
        Figure(name="states of unfinished answers shown", value=sum(cell.drafts for cell in found)),
        Figure(name="turns without a useful end", value=turns - useful, gate=at_most(0)),
        Figure(
            name="texts that were not whole",
            value=turns - sum(cell.intact for cell in found),
            gate=at_most(0),
        ),
        Figure(name="cells that are not good", value=sum(not cell.good for cell in found), gate=at_most(0)),
    )
    bad = [f"NOT GOOD: {_name(cell)}: {'; '.join(cell.faults)}" for cell in found if not cell.good]
    title = "Faults of providers under the running server"
    return report(title, figures, plan.seed, (*table(found), *bad))


def table(found: Sequence[Cell]) -> list[str]:
    """Return one line a row of the matrix, its cells added up."""
    rows: dict[str, list[Cell]] = {}
    for cell in found:
        rows.setdefault(cell.row, []).append(cell)
    lines = [_HEADS, *(_line(name, cells) for name, cells in rows.items())]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_HEADS))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _line(name: str, cells: Sequence[Cell]) -> tuple[str, ...]:
    by = sum((Counter(cell.answered_by) for cell in cells), Counter[By]())
    turns, wanting = sum(cell.turns for cell in cells), sum(cell.wanting for cell in cells)
    agreed = Counter(cell.books.value for cell in cells)
    return (
        name,
        str(len(cells)),
        ", ".join(f"{who.value} {by[who]}" for who in By if by[who]),
        f"{median(cell.p50_ms for cell in cells):,.0f} / {max(cell.max_ms for cell in cells):,.0f}",
        f"{sum(cell.intact for cell in cells)} of {turns}",
        ", ".join(f"{word} {count}" for word, count in agreed.items()),
        f"{sum(cell.handed_over for cell in cells)} of {wanting}" if wanting else "-",
        f"{sum(cell.in_time for cell in cells)} of {turns}",
    )


def _useless(cell: Cell) -> int:
    return cell.answered_by.get(By.NOBODY, 0) + cell.answered_by.get(By.BROKEN, 0)


def _name(cell: Cell) -> str:
    return f"{cell.row} ({cell.wire.value} first, {cell.mode.value})"
