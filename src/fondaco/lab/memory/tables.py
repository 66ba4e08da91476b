"""What was measured, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.lab.memory.measure import SHARES, Tally

SHOWN_SHARES = (0.10, 0.27)  #: of which the categories and halves are printed


def budgets(tally: Tally, methods: Sequence[str]) -> str:
    """Return a row a method and a column a budget: all evidence, and the share of evidence turns."""
    rows = [["all evidence | share of evidence turns, %", *(f"{share:.0%}" for share in SHARES)]]
    rows += [[method, *(_both(tally, method, share) for share in SHARES)] for method in methods]
    return table(rows)


def categories(tally: Tally, methods: Sequence[str], share: float) -> str:
    """Return a row a method and a column a category: all evidence."""
    kinds = tally.categories()
    rows = [[f"all evidence at {share:.0%}, %", *kinds]]
    rows += [
        [method, *(f"{_of_category(tally, method, share, kind):.1f}" for kind in kinds)] for method in methods
    ]
    return table(rows)


def halves(tally: Tally, methods: Sequence[str]) -> str:
    """Return a row a method: what was tuned with, and what was held out, as far as either is there."""
    columns = [(share, held) for share in SHOWN_SHARES for held in tally.halves()]
    rows = [["all evidence, %", *(f"{_half(held)} {share:.0%}" for share, held in columns)]]
    rows += [
        [method, *(f"{_of_half(tally, method, share, held=held):.1f}" for share, held in columns)]
        for method in methods
    ]
    return table(rows)


def _half(held: bool) -> str:  # noqa: FBT001 - one of two halves
    return "held out" if held else "tuned"


def _of_half(tally: Tally, method: str, share: float, *, held: bool) -> float:
    return tally.all_percent(method, share, lambda hit: hit.held_out is held)


def _both(tally: Tally, method: str, share: float) -> str:
    return f"{tally.all_percent(method, share):.1f} | {tally.part_percent(method, share):.1f}"


def _of_category(tally: Tally, method: str, share: float, kind: str) -> float:
    return tally.all_percent(method, share, lambda hit: hit.category == kind)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows with their columns below each other, the first to the left."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    )
