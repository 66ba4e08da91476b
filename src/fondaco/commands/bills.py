"""What models cost, in words for people: amounts as decimal text, exact to the last part."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.domain.events import OutcomeKind
from fondaco.domain.usage import BudgetScope, CostLine, Held
from fondaco.llm.options import BudgetOptions
from fondaco.llm.purse import budget_key, limit_pico

_PICO = 10**12
_COLUMNS = ("day", "model", "amount")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report."""

    group: str
    currency: str
    attempts: int
    turns: int
    input: int  #: tokens, cached ones included
    cache_read: int
    output: int
    cost: str  #: what is possibly billed included
    possibly: str
    a_turn: str


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All lines of one currency."""

    currency: str
    attempts: int
    turns: int
    cost: str
    possibly: str
    replies: int  #: turns that ended in a reply
    a_reply: str | None  #: the whole cost for each of them; None: there were none


class BudgetState(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a budget's running period is gone."""

    key: str
    limit: str
    held: str  #: spent, and set aside for attempts under way
    left: str


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the report prints."""

    lines: list[Row]
    totals: list[Whole]
    budgets: list[BudgetState]  #: those of the workspace and of single connections, as they stand now


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a provider's invoice."""

    day: date
    model: str
    amount: Decimal


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A day and model of an invoice beside the ledger."""

    day: str
    model: str
    billed: str
    ledger: str  #: what is possibly billed included
    possibly: str
    difference: str  #: billed less ledger
    is_unknown: bool  #: more was billed than the ledger knows of


def figures_of(
    lines: Iterable[CostLine], outcomes: Iterable[CostLine], budgets: Iterable[BudgetState] = ()
) -> Figures:
    """Return the report; outcomes are the same attempts, added up by how their turns ended."""
    wholes: dict[str, list[CostLine]] = {}
    for line in outcomes:
        wholes.setdefault(line.currency, []).append(line)
    return Figures(
        lines=[_row(line) for line in lines],
        totals=[_whole(currency, wholes[currency]) for currency in sorted(wholes)],
        budgets=list(budgets),
    )


def budgets_now(options: Iterable[BudgetOptions], workspace_id: str, now_ms: int) -> dict[str, int]:
    """Return the limits of the running periods by key; those of each conversation are too many to tell."""
    whose = [(one, _whose(one, workspace_id)) for one in options]
    return {budget_key(one, name, now_ms): limit_pico(one.limit) for one, name in whose if name}


def _whose(options: BudgetOptions, workspace_id: str) -> str:
    """Return whose budget it is, if there is one alone."""
    match options.scope:
        case BudgetScope.WORKSPACE:
            return workspace_id
        case BudgetScope.CHANNEL:
            return options.connection
        case BudgetScope.CONVERSATION:
            return ""


def budget_states(limits: Mapping[str, int], held: Iterable[Held]) -> list[BudgetState]:
    """Return each budget with what is left of it."""
    return [
        BudgetState(
            key=one.key,
            limit=amount(limits[one.key]),
            held=amount(one.held_pico),
            left=amount(max(0, limits[one.key] - one.held_pico)),
        )
        for one in held
    ]


def read_invoice(path: Path) -> list[Charge]:
    """Return the charges of a CSV file with the columns day, model and amount.

    Raises InvalidInput, which names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not set(_COLUMNS) <= set(reader.fieldnames or ()):
                raise InvalidInput(
                    f"{path} has no columns {', '.join(_COLUMNS)}; name them in its first line."
                )
            return [_charge(row, f"{path}, line {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"The invoice {path} cannot be read: {error}.") from error


def compared(charges: Iterable[Charge], ledger: Mapping[date, Iterable[CostLine]]) -> list[Bill]:
    """Set an invoice beside what the ledger knows of each of its days, by model.

    A model may be named as the provider does, or with the provider's own name before it as ``acme/small``.
    """
    billed: dict[tuple[date, str], Decimal] = {}
    for charge in charges:
        place = (charge.day, charge.model)
        billed[place] = billed.get(place, Decimal(0)) + charge.amount
    return [_bill(day, model, amount, ledger.get(day, ())) for (day, model), amount in sorted(billed.items())]


def amount(pico: int) -> str:
    """Return 10⁻¹² parts of a currency as a decimal number with at least two decimals, none of them lost."""
    sign, parts = "-" if pico < 0 else "", f"{abs(pico):013d}"
    return f"{sign}{parts[:-12]}.{parts[-12:-10]}{parts[-10:].rstrip('0')}"


def _row(line: CostLine) -> Row:
    return Row(
        group=line.group,
        currency=line.currency,
        attempts=line.attempts,
        turns=line.turns,
        input=line.input,
        cache_read=line.cache_read,
        output=line.output,
        cost=amount(line.cost_pico),
        possibly=amount(line.possibly_pico),
        a_turn=amount(_each(line.cost_pico, line.turns)),
    )


def _whole(currency: str, lines: Iterable[CostLine]) -> Whole:
    known = list(lines)
    cost_pico = sum(line.cost_pico for line in known)
    replies = sum(line.turns for line in known if line.group == OutcomeKind.REPLY.value)
    return Whole(
        currency=currency,
        attempts=sum(line.attempts for line in known),
        turns=sum(line.turns for line in known),
        cost=amount(cost_pico),
        possibly=amount(sum(line.possibly_pico for line in known)),
        replies=replies,
        a_reply=amount(_each(cost_pico, replies)) if replies else None,
    )


def _each(pico: int, count: int) -> int:
    """Return a share, rounded to a millionth so that it can be read."""
    millionths = round(Decimal(pico) / max(count, 1) / 1_000_000)
    return millionths * 1_000_000


def _bill(day: date, model: str, billed: Decimal, lines: Iterable[CostLine]) -> Bill:
    mine = [line for line in lines if model in {line.group, line.group.partition("/")[2]}]
    billed_pico = int(billed * _PICO)
    ledger_pico = sum(line.cost_pico for line in mine)
    return Bill(
        day=day.isoformat(),
        model=model,
        billed=amount(billed_pico),
        ledger=amount(ledger_pico),
        possibly=amount(sum(line.possibly_pico for line in mine)),
        difference=amount(billed_pico - ledger_pico),
        is_unknown=billed_pico > ledger_pico,
    )


def _charge(row: Mapping[str, str | None], where: str) -> Charge:
    day, model, text = (str(row[column] or "").strip() for column in _COLUMNS)
    try:
        found = Charge(day=date.fromisoformat(day), model=model, amount=Decimal(text))
    except (ValueError, InvalidOperation):
        raise InvalidInput(
            f"{where}: write the day like 2026-11-22 and the amount like 0.42, not {day!r} and {text!r}."
        ) from None
    if not found.amount.is_finite():
        raise InvalidInput(f"{where}: {text!r} is no amount.")
    return found
