"""The ledger's rows, and the rules that are the same in every database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConnectionId, ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, CostLine, LedgerEntry, Provenance, Usage

#: What names an entry; never changes.
KEY_COLUMNS = ("conversation_id", "id")
#: What is known before the attempt begins.
ORIGIN_COLUMNS = (
    "workspace_id",
    "connection_id",
    "turn_id",
    "step",
    "attempt",
    "at_ms",
    "provider",
    "model",
    "purpose",
)
#: What is known when it is over, and estimated before.
FIGURE_COLUMNS = (
    "served_model",
    "input",
    "output",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "reasoning",
    "provenance",
    "cost_pico",
    "currency",
    "price_version",
    "possibly_billed",
    "ended_as",
    "duration_ms",
    "first_token_ms",
)
ENTRY_COLUMNS = (*KEY_COLUMNS, *ORIGIN_COLUMNS, *FIGURE_COLUMNS)

_NO_USAGE = (None,) * 6


def entry_values(entry: LedgerEntry) -> tuple[Any, ...]:
    """Return the values of ``ENTRY_COLUMNS``."""
    return (
        entry.conversation_id,
        entry.id,
        entry.workspace_id,
        entry.connection_id,
        entry.turn_id,
        entry.step,
        entry.attempt,
        entry.at_ms,
        entry.provider,
        entry.model,
        entry.purpose,
        *figure_values(entry),
    )


def figure_values(entry: LedgerEntry) -> tuple[Any, ...]:
    """Return the values of ``FIGURE_COLUMNS``."""
    return (
        entry.served_model,
        *_usage_values(entry.usage),
        entry.provenance.value,
        entry.cost_pico,
        entry.currency,
        entry.price_version,
        entry.possibly_billed,
        entry.ended_as,
        entry.duration_ms,
        entry.first_token_ms,
    )


def entry_of(row: Sequence[Any]) -> LedgerEntry:
    """Return the entry of a row with ``ENTRY_COLUMNS``."""
    (served_model, *usage, provenance, cost_pico, currency, version, possibly, ended_as, duration, first) = (
        row[len(KEY_COLUMNS) + len(ORIGIN_COLUMNS) : len(ENTRY_COLUMNS)]
    )
    return LedgerEntry(
        conversation_id=ConversationId(row[0]),
        id=EntryId(row[1]),
        workspace_id=WorkspaceId(row[2]),
        connection_id=ConnectionId(row[3]),
        turn_id=TurnId(row[4]),
        step=row[5],
        attempt=row[6],
        at_ms=row[7],
        provider=row[8],
        model=row[9],
        purpose=row[10],
        served_model=served_model,
        usage=_usage_of(usage),
        provenance=Provenance(provenance),
        cost_pico=cost_pico,
        currency=currency,
        price_version=version,
        possibly_billed=bool(possibly),
        ended_as=ended_as,
        duration_ms=duration,
        first_token_ms=first,
    )


def cost_line_of(row: Sequence[Any]) -> CostLine:
    """Return a line of a report from its row: group, currency, and the seven sums."""
    group, currency, attempts, turns, input_, cache_read, output, cost_pico, possibly_pico = row
    return CostLine(
        group=group,
        currency=currency,
        attempts=attempts,
        turns=turns,
        input=int(input_),
        cache_read=int(cache_read),
        output=int(output),
        cost_pico=int(cost_pico),
        possibly_pico=int(possibly_pico),
    )


def keys_text(budgets: Iterable[Budget]) -> str:
    """Return budgets' keys as they stand beside an entry, so that settling it finds them again."""
    return msgspec.json.encode(list({budget.key: None for budget in budgets})).decode()


def keys_of(text: str) -> list[str]:
    """Return the keys that ``keys_text`` wrote."""
    return msgspec.json.decode(text, type=list[str])


def first_exceeded(held: Mapping[str, int], cost_pico: int, budgets: Iterable[Budget]) -> str | None:
    """Return the key of the first budget in which there is no room for such a cost."""
    if cost_pico == 0:
        return None
    for budget in budgets:
        if held.get(budget.key, 0) + cost_pico > budget.limit_pico:
            return budget.key
    return None


def not_reserved(entry: LedgerEntry) -> NotFound:
    """Return the error for settling what was never reserved."""
    return NotFound(f"There is no ledger entry {entry.id} in {entry.conversation_id}; reserve it first.")


def _usage_values(usage: Usage | None) -> tuple[int | None, ...]:
    if usage is None:
        return _NO_USAGE
    return (
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write_5m,
        usage.cache_write_1h,
        usage.reasoning,
    )


def _usage_of(values: Sequence[int | None]) -> Usage | None:
    if values[0] is None:
        return None
    input_, output, cache_read, write_5m, write_1h, reasoning = (value or 0 for value in values)
    return Usage(
        input=input_,
        output=output,
        cache_read=cache_read,
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        reasoning=reasoning,
    )
