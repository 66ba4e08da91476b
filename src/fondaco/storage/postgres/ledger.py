"""The ports ``Ledger`` and ``Costs`` in PostgreSQL, shared by any number of processes.

Rows are locked in one order everywhere: entries, then budgets, each by its key.
"""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import asyncpg

from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, CostGroup, CostLine, Held, LedgerEntry
from fondaco.storage import ledger_rows as rows
from fondaco.storage.postgres.coalescer import Coalescer
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.statements import listed
from fondaco.storage.postgres.writes import many

_TYPES: Mapping[str, str] = {
    "step": "int",
    "attempt": "int",
    "at_ms": "bigint",
    "input": "bigint",
    "output": "bigint",
    "cache_read": "bigint",
    "cache_write_5m": "bigint",
    "cache_write_1h": "bigint",
    "reasoning": "bigint",
    "cost_pico": "bigint",
    "possibly_billed": "boolean",
    "duration_ms": "float8",
    "first_token_ms": "float8",
}


def _arrays(names: Sequence[str]) -> str:
    """Return a parameter for each column: an array of its type."""
    return ", ".join(f"${number}::{_TYPES.get(name, 'text')}[]" for number, name in enumerate(names, start=1))


_STORED = (*rows.ENTRY_COLUMNS, "budget_keys")
_SETTLED = (*rows.KEY_COLUMNS, *rows.FIGURE_COLUMNS)

#: Write entries; those that are there already stay as they are, and are not returned.  An array a column
ADD_ENTRIES = f"""
insert into ledger_entry ({listed(_STORED)}) select * from unnest({_arrays(_STORED)})
on conflict (conversation_id, id) do nothing returning conversation_id, id
"""

#: Take back entries for which there was no room.  $1 conversations, $2 ids
REMOVE_ENTRIES = """
delete from ledger_entry using unnest($1::text[], $2::text[]) as gone (conversation_id, id)
where ledger_entry.conversation_id = gone.conversation_id and ledger_entry.id = gone.id
"""

#: Lock entries and read what is held for them.  $1 conversations, $2 ids
LOCK_ENTRIES = """
select e.conversation_id, e.id, e.cost_pico, e.budget_keys from ledger_entry e
join unnest($1::text[], $2::text[]) as wanted (conversation_id, id)
on e.conversation_id = wanted.conversation_id and e.id = wanted.id
order by e.conversation_id, e.id for update of e
"""

SETTLE_ENTRIES = f"""
update ledger_entry set {", ".join(f"{name} = given.{name}" for name in rows.FIGURE_COLUMNS)}
from unnest({_arrays(_SETTLED)}) as given ({listed(_SETTLED)})
where ledger_entry.conversation_id = given.conversation_id and ledger_entry.id = given.id
"""

#: Lock budgets in their order, made where nobody used them before, and read what they hold.  $1 keys, sorted
LOCK_HELD = """
insert into budget_held (key, held_pico) select key, 0 from unnest($1::text[]) as wanted (key)
on conflict (key) do update set held_pico = budget_held.held_pico returning key, held_pico
"""

#: $1 keys, $2 what is added to each
ADD_HELD = """
update budget_held set held_pico = held_pico + added.pico
from unnest($1::text[], $2::bigint[]) as added (key, pico) where budget_held.key = added.key
"""

READ_HELD = "select key, held_pico from budget_held where key = any($1::text[])"

#: $1 day, $2 its month
FORGET_HELD = r"""
delete from budget_held where
  (key ~ ':\d{4}-\d\d-\d\d$' and right(key, 10) collate "C" < $1)
  or (key ~ ':\d{4}-\d\d$' and right(key, 7) collate "C" < $2)
returning key
"""

READ_ENTRIES = f"""
select {listed(rows.ENTRY_COLUMNS)} from ledger_entry
where workspace_id = $1 and conversation_id = $2 order by at_ms, id collate "C"
"""

_SUMS = """
ledger_entry.currency, count(*), count(distinct ledger_entry.turn_id),
coalesce(sum(input), 0), coalesce(sum(cache_read), 0), coalesce(sum(output), 0), sum(ledger_entry.cost_pico),
coalesce(sum(ledger_entry.cost_pico) filter (where possibly_billed or provenance = 'reserved'), 0)
"""

#: $1 conversation, $2 turns
TURN_COSTS = f"""
select turn_id collate "C" as grouped, {_SUMS} from ledger_entry
where conversation_id = $1 and turn_id = any($2::text[])
group by grouped, currency order by grouped, currency
"""

_GROUPS: Mapping[CostGroup, str] = {
    CostGroup.DAY: "to_char(to_timestamp(at_ms / 1000) at time zone 'UTC', 'YYYY-MM-DD')",
    CostGroup.MODEL: "provider || '/' || model",
    CostGroup.CHANNEL: "connection_id",
    CostGroup.OUTCOME: "coalesce(turn.outcome, 'unsettled')",
    CostGroup.CONVERSATION: "ledger_entry.conversation_id",
}


def add_up(group: CostGroup) -> str:
    """Return the question for a report: $1 workspace, $2 since, $3 before."""
    turns = "left join turn on turn.id = ledger_entry.turn_id" if group is CostGroup.OUTCOME else ""
    return f"""
select ({_GROUPS[group]}) collate "C" as grouped, {_SUMS}
from ledger_entry {turns}
where ledger_entry.workspace_id = $1 and at_ms >= $2 and at_ms < $3
group by grouped, ledger_entry.currency order by grouped, ledger_entry.currency
"""


class Wish(NamedTuple):
    """An entry and the budgets under which it is to be held."""

    entry: LedgerEntry
    budgets: tuple[Budget, ...]


class PostgresLedger:
    """``Ledger``; what comes while a batch is under way goes into the next one together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reserves: Coalescer[Wish, str | None] = Coalescer(self._reserve_all, _place_of_wish)
        self._settles: Coalescer[LedgerEntry, None] = Coalescer(self._settle_all, _place_of)

    async def drain(self) -> None:
        """Wait until everything that was begun is done."""
        await self._reserves.drain()
        await self._settles.drain()

    async def reserve(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        return await self._reserves.submit(Wish(entry, budgets))

    async def settle(self, entry: LedgerEntry) -> None:
        await self._settles.submit(entry)

    async def forget_held(self, before_day: str) -> int:
        return len(await self._database.rows(FORGET_HELD, before_day, before_day[:7]))

    async def held(self, keys: Sequence[str]) -> list[Held]:
        found = {row["key"]: row["held_pico"] for row in await self._database.rows(READ_HELD, list(keys))}
        return [Held(key=key, held_pico=found.get(key, 0)) for key in keys]

    async def cost_lines(
        self, workspace_id: WorkspaceId, group: CostGroup, since_ms: int, until_ms: int
    ) -> list[CostLine]:
        found = await self._database.rows(add_up(group), workspace_id, since_ms, until_ms)
        return [rows.cost_line_of(tuple(row)) for row in found]

    async def entries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[LedgerEntry]:
        found = await self._database.rows(READ_ENTRIES, workspace_id, conversation_id)
        return [rows.entry_of(tuple(row)) for row in found]

    async def turn_costs(self, conversation_id: ConversationId, turn_ids: Sequence[TurnId]) -> list[CostLine]:
        found = await self._database.rows(TURN_COSTS, conversation_id, list(turn_ids))
        return [rows.cost_line_of(tuple(row)) for row in found]

    async def _reserve_all(self, wishes: Sequence[Wish]) -> Sequence[str | None]:
        async def work(connection: asyncpg.Connection, *, again: bool) -> list[str | None]:
            del again  # what was written before is found, and not held again
            return await reserve_all(connection, wishes)

        return await self._database.transact(work)

    async def _settle_all(self, entries: Sequence[LedgerEntry]) -> Sequence[FondacoError | None]:
        async def work(connection: asyncpg.Connection, *, again: bool) -> list[FondacoError | None]:
            del again  # the difference to what is written already is nothing
            return await settle_all(connection, entries)

        return await self._database.transact(work)


class _Room:
    """What budgets hold while a batch takes its turns, one entry after another."""

    def __init__(self, held: dict[str, int]) -> None:
        self._held = held
        self.added: defaultdict[str, int] = defaultdict(int)

    def take(self, wish: Wish) -> str | None:
        """Hold an entry's cost, or return the key under which there is no room for it."""
        exceeded = rows.first_exceeded(self._held, wish.entry.cost_pico, wish.budgets)
        if exceeded is None and wish.entry.cost_pico:
            for key in {budget.key for budget in wish.budgets}:
                self._held[key] += wish.entry.cost_pico
                self.added[key] += wish.entry.cost_pico
        return exceeded


async def reserve_all(connection: asyncpg.Connection, wishes: Sequence[Wish]) -> list[str | None]:
    """Write entries and hold their costs, the earlier ones first; no two of them are one entry."""
    values = [(*rows.entry_values(wish.entry), rows.keys_text(wish.budgets)) for wish in wishes]
    found = await connection.fetch(ADD_ENTRIES, *zip(*values, strict=True))
    fresh = {(row["conversation_id"], row["id"]) for row in found}
    room = _Room(await _lock(connection, _keys_of(wish for wish in wishes if _place_of(wish.entry) in fresh)))
    answers = [room.take(wish) if _place_of(wish.entry) in fresh else None for wish in wishes]
    refused = [wish.entry for wish, answer in zip(wishes, answers, strict=True) if answer is not None]
    await many(connection, REMOVE_ENTRIES, map(_place_of, refused))
    await _hold(connection, room.added)
    return answers


async def settle_all(
    connection: asyncpg.Connection, entries: Sequence[LedgerEntry]
) -> list[FondacoError | None]:
    """Replace entries' figures and hold the differences; no two of them are one entry."""
    places = [_place_of(entry) for entry in entries]
    found = {
        (row["conversation_id"], row["id"]): row
        for row in await connection.fetch(LOCK_ENTRIES, *zip(*places, strict=True))
    }
    known = [entry for entry in entries if _place_of(entry) in found]
    added: defaultdict[str, int] = defaultdict(int)
    for entry in known:
        row = found[_place_of(entry)]
        for key in rows.keys_of(row["budget_keys"]):
            added[key] += entry.cost_pico - row["cost_pico"]
    await many(
        connection,
        SETTLE_ENTRIES,
        [(*_place_of(entry), *rows.figure_values(entry)) for entry in known],
    )
    changed = {key: pico for key, pico in added.items() if pico}
    await _lock(connection, sorted(changed))
    await _hold(connection, changed)
    return [None if _place_of(entry) in found else rows.not_reserved(entry) for entry in entries]


def _keys_of(wishes: Iterable[Wish]) -> list[str]:
    return sorted({budget.key for wish in wishes if wish.entry.cost_pico for budget in wish.budgets})


async def _lock(connection: asyncpg.Connection, keys: Sequence[str]) -> dict[str, int]:
    if not keys:
        return {}
    return {row["key"]: row["held_pico"] for row in await connection.fetch(LOCK_HELD, list(keys))}


async def _hold(connection: asyncpg.Connection, added: Mapping[str, int]) -> None:
    await many(connection, ADD_HELD, [(key, pico) for key, pico in added.items() if pico])


def _place_of_wish(wish: Wish) -> Hashable:
    return _place_of(wish.entry)


def _place_of(entry: LedgerEntry) -> tuple[ConversationId, EntryId]:
    return entry.conversation_id, entry.id
