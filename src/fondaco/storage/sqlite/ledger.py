"""The ports ``Ledger`` and ``Costs`` on a SQLite file."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from fondaco.domain.ids import ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, CostGroup, CostLine, Held, LedgerEntry
from fondaco.storage import ledger_rows as rows
from fondaco.storage.sqlite.statements import columns
from fondaco.storage.sqlite.writer import Done, Writer

#: Nothing is written where the entry is there already.
ADD_ENTRY = f"""
insert into ledger_entry ({columns(rows.ENTRY_COLUMNS)}, budget_keys)
values ({", ".join("?" * (len(rows.ENTRY_COLUMNS) + 1))})
on conflict (conversation_id, id) do nothing
"""

#: conversation, id -> the cost that is held, and the keys that hold it
READ_HOLDING = "select cost_pico, budget_keys from ledger_entry where conversation_id = ? and id = ?"

SETTLE_ENTRY = f"""
update ledger_entry set {", ".join(f"{name} = ?" for name in rows.FIGURE_COLUMNS)}
where conversation_id = ? and id = ?
"""

READ_HELD = "select held_pico from budget_held where key = ?"

ADD_HELD = """
insert into budget_held (key, held_pico) values (?, ?)
on conflict (key) do update set held_pico = held_pico + excluded.held_pico
"""

#: day, its month, how many -> keys of days and months before
READ_OVER = """
select key from budget_held where
  (key glob '*:[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' and substr(key, -10) < ?)
  or (key glob '*:[0-9][0-9][0-9][0-9]-[0-9][0-9]' and substr(key, -7) < ?)
limit ?
"""
FORGET_HELD = "delete from budget_held where key = ?"

#: workspace, conversation -> its entries, oldest first
READ_ENTRIES = f"""
select {columns(rows.ENTRY_COLUMNS)} from ledger_entry
where workspace_id = ? and conversation_id = ? order by at_ms, id
"""

_FORGOTTEN_AT_ONCE = 1_000  # others write between one bundle and the next

_SUMS = """
ledger_entry.currency, count(*), count(distinct ledger_entry.turn_id),
coalesce(sum(input), 0), coalesce(sum(cache_read), 0), coalesce(sum(output), 0), sum(ledger_entry.cost_pico),
coalesce(sum(ledger_entry.cost_pico) filter (where possibly_billed or provenance = 'reserved'), 0)
"""

_GROUPS: Mapping[CostGroup, str] = {
    CostGroup.DAY: "strftime('%Y-%m-%d', at_ms / 1000, 'unixepoch')",
    CostGroup.MODEL: "provider || '/' || model",
    CostGroup.CHANNEL: "connection_id",
    CostGroup.OUTCOME: "coalesce(turn.outcome, 'unsettled')",
    CostGroup.CONVERSATION: "ledger_entry.conversation_id",
}

#: Runs a question in a thread beside the event loop.
Aside = Callable[[Callable[[sqlite3.Connection], list[Any]]], Awaitable[list[Any]]]


def add_up(group: CostGroup) -> str:
    """Return the question for a report: workspace, since, before -> lines."""
    turns = "left join turn on turn.id = ledger_entry.turn_id" if group is CostGroup.OUTCOME else ""
    return f"""
select {_GROUPS[group]} as grouped, {_SUMS}
from ledger_entry {turns}
where ledger_entry.workspace_id = ? and at_ms >= ? and at_ms < ?
group by grouped, ledger_entry.currency order by grouped, ledger_entry.currency
"""


class SqliteCosts:
    """``Costs``, read beside the writer."""

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    async def held(self, keys: Sequence[str]) -> list[Held]:
        found = await self._aside(lambda db: [_held(db, key) for key in keys])
        return [Held(key=key, held_pico=pico) for key, pico in zip(keys, found, strict=True)]

    async def cost_lines(
        self, workspace_id: WorkspaceId, group: CostGroup, since_ms: int, until_ms: int
    ) -> list[CostLine]:
        found = await self._all(add_up(group), (workspace_id, since_ms, until_ms))
        return [rows.cost_line_of(row) for row in found]

    async def entries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[LedgerEntry]:
        found = await self._all(READ_ENTRIES, (workspace_id, conversation_id))
        return [rows.entry_of(row) for row in found]

    async def turn_costs(self, conversation_id: ConversationId, turn_ids: Sequence[TurnId]) -> list[CostLine]:
        if not turn_ids:
            return []
        question = f"""
select turn_id, {_SUMS} from ledger_entry
where conversation_id = ? and turn_id in ({", ".join("?" * len(turn_ids))})
group by turn_id, currency order by turn_id, currency
"""
        return [rows.cost_line_of(row) for row in await self._all(question, (conversation_id, *turn_ids))]

    async def _all(self, question: str, values: Sequence[Any]) -> list[Any]:
        return await self._aside(lambda db: db.execute(question, values).fetchall())


class SqliteLedger(SqliteCosts):
    """``Ledger``: every write goes through the one writer, so that no two of them race for a budget."""

    def __init__(self, writer: Writer, aside: Aside) -> None:
        super().__init__(aside)
        self._writer = writer

    async def reserve(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        return await self._writer.do(lambda db: reserve(db, entry, budgets))

    async def settle(self, entry: LedgerEntry) -> None:
        await self._writer.do(lambda db: settle(db, entry))

    async def forget_held(self, before_day: str) -> int:
        wanted, forgotten = (before_day, before_day[:7], _FORGOTTEN_AT_ONCE), 0
        while over := await self._all(READ_OVER, wanted):
            await self._writer.do(partial(_forget_held, over=over))
            forgotten += len(over)
        return forgotten


def reserve(db: sqlite3.Connection, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> Done[str | None]:
    """Write an entry and hold its cost, unless a budget would be exceeded."""
    held = {budget.key: _held(db, budget.key) for budget in budgets} if entry.cost_pico else {}
    exceeded = rows.first_exceeded(held, entry.cost_pico, budgets)
    if exceeded is not None:
        known = db.execute(READ_HOLDING, (entry.conversation_id, entry.id)).fetchone()
        return Done(None if known else exceeded)
    values = (*rows.entry_values(entry), rows.keys_text(budgets))
    if db.execute(ADD_ENTRY, values).rowcount and entry.cost_pico:
        _hold(db, list(held), entry.cost_pico)
    return Done(None)


def settle(db: sqlite3.Connection, entry: LedgerEntry) -> Done[None]:
    """Replace an entry's figures and hold the difference.  Raises NotFound."""
    place = (entry.conversation_id, entry.id)
    holding = db.execute(READ_HOLDING, place).fetchone()
    if holding is None:
        raise rows.not_reserved(entry)
    cost_pico, keys = holding
    db.execute(SETTLE_ENTRY, (*rows.figure_values(entry), *place))
    if entry.cost_pico != cost_pico:
        _hold(db, rows.keys_of(keys), entry.cost_pico - cost_pico)
    return Done(None)


def _forget_held(db: sqlite3.Connection, over: Sequence[tuple[str]]) -> Done[None]:
    db.executemany(FORGET_HELD, over)
    return Done(None)


def _held(db: sqlite3.Connection, key: str) -> int:
    found = db.execute(READ_HELD, (key,)).fetchone()
    return 0 if found is None else int(found[0])


def _hold(db: sqlite3.Connection, keys: Sequence[str], pico: int) -> None:
    for key in keys:
        db.execute(ADD_HELD, (key, pico))
