"""How commands print: lines for people, JSON for programs, and word of what takes longer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from fondaco.kit.text import clean_message

_LONGEST_CELL = 60
_MOST_PROBLEMS = 20


def say(text: str) -> None:
    """Print a line, without control characters that a contact may have written."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    click.echo(indent + clean_message(text, len(text)))


def say_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def say_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their titles; without rows, that there are none."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(titles, *cells, strict=True)]
    for row in [list(titles), *cells] if cells else []:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
    if not cells:
        click.echo("None.")


def say_problems(sign: str, problems: Sequence[object]) -> None:
    """Print problems on standard error behind a sign; of many, the first and how many more there are."""
    for problem in problems[:_MOST_PROBLEMS]:
        click.echo(f"{sign}: {clean_message(str(problem), 1_000)}", err=True)
    if len(problems) > _MOST_PROBLEMS:
        click.echo(f"… and {len(problems) - _MOST_PROBLEMS:,} more.", err=True)


def moment(at_ms: int | None) -> str:
    """Return a time in UTC to the second, or nothing."""
    return "" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show on a terminal what is under way for as long as the block runs."""
    shown = sys.stderr.isatty()
    if shown:
        click.echo(f"{text} …", err=True, nl=False)
    try:
        yield
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _cell(value: object) -> str:
    text = " ".join(clean_message(str(value), 1_000).split())
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
