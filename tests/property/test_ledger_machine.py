"""Whatever is reserved and settled in whichever order, budgets hold what the ledger says, and no more."""

from __future__ import annotations

import asyncio
import sqlite3

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.schema import CreateTable

from fondaco.domain.ids import ConversationId
from fondaco.domain.usage import Budget, LedgerEntry, Provenance
from fondaco.storage import schema
from fondaco.storage.sqlite.ledger import READ_HELD, reserve, settle
from fondaco.testing.memory_ledger import MemoryLedger
from tests.contract.ledger_support import entry, settled

TABLES = [
    str(CreateTable(table).compile(dialect=dialect.dialect()))
    for table in (schema.ledger_entry, schema.budget_held)
]
LIMITS = {"day": 1_000, "month": 2_500, "conversation": 700}
budgets = st.lists(st.sampled_from(sorted(LIMITS)), max_size=4).map(
    lambda keys: tuple(Budget(key=key, limit_pico=LIMITS[key]) for key in keys)
)
costs = st.integers(0, 800)


class Books(RuleBasedStateMachine):
    """The same wishes to both ledgers; the truth is kept beside them."""

    entries = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        for table in TABLES:
            self.db.execute(table)
        self.memory = MemoryLedger()
        self.true: dict[LedgerEntry, tuple[set[str], int]] = {}
        self.number = 0

    @rule(target=entries, budgets=budgets, cost=costs, conversation=st.integers(0, 2))
    def begin(self, budgets: tuple[Budget, ...], cost: int, conversation: int) -> LedgerEntry:
        self.number += 1
        place = ConversationId(f"cnv_{conversation}")
        wanted = entry(self.number, cost_pico=cost, conversation_id=place)
        full = [one.key for one in budgets if cost and self.truly_held(one.key) + cost > one.limit_pico]

        refused = self.both_reserve(wanted, budgets)

        assert refused == (full[0] if full else None)
        if refused is None:
            self.true[wanted] = ({one.key for one in budgets}, cost)
        return wanted

    @rule(again=entries, budgets=budgets)
    def begin_again(self, again: LedgerEntry, budgets: tuple[Budget, ...]) -> None:
        if again in self.true:
            assert self.both_reserve(again, budgets) is None

    @rule(over=entries, cost=costs)
    def end(self, over: LedgerEntry, cost: int) -> None:
        if over in self.true:
            self.both_settle(settled(over, cost))
            self.true[over] = (self.true[over][0], cost)

    @rule(over=consumes(entries))
    def end_for_nothing(self, over: LedgerEntry) -> None:
        if over in self.true:
            self.both_settle(settled(over, 0, usage=None, provenance=Provenance.NOTHING))
            self.true[over] = (self.true[over][0], 0)

    @invariant()
    def budgets_hold_what_the_entries_cost(self) -> None:
        truth = {key: self.truly_held(key) for key in LIMITS}
        in_memory = asyncio.run(self.memory.held(list(LIMITS)))

        assert {one.key: one.held_pico for one in in_memory} == truth
        assert {key: self.stored(key) for key in LIMITS} == truth

    @invariant()
    def nothing_costs_what_is_not_written_down(self) -> None:
        (in_file,) = self.db.execute("select coalesce(sum(cost_pico), 0) from ledger_entry").fetchone()
        spent = sum(cost for _keys, cost in self.true.values())

        assert in_file == spent

    def teardown(self) -> None:
        self.db.close()

    def truly_held(self, key: str) -> int:
        return sum(cost for keys, cost in self.true.values() if key in keys)

    def stored(self, key: str) -> int:
        found = self.db.execute(READ_HELD, (key,)).fetchone()
        return 0 if found is None else int(found[0])

    def both_reserve(self, wanted: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        in_memory = asyncio.run(self.memory.reserve(wanted, budgets))
        assert reserve(self.db, wanted, budgets).value == in_memory
        return in_memory

    def both_settle(self, over: LedgerEntry) -> None:
        asyncio.run(self.memory.settle(over))
        settle(self.db, over)


Books.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestBooks = Books.TestCase
