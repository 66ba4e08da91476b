"""What is written about models is written beside a server that works on the same database."""

from __future__ import annotations

from fondaco.kit.signals import SignalHub
from fondaco.storage.beside import opened_books
from fondaco.storage.opening import opened
from fondaco.testing.clock import FakeClock
from tests.contract.ledger_support import DAY, entry
from tests.contract.registry_fixtures import migrated_url

__all__ = ["migrated_url"]


async def test_a_note_that_is_written_beside_a_server_reaches_it(migrated_url: str) -> None:
    clock = FakeClock()

    async with opened(migrated_url, clock, SignalHub()) as storage:
        async with opened_books(migrated_url, clock) as books:
            await books.notes.put_note("breaker", "small", b"open", 7)
        notes = await storage.store.notes.notes("breaker", 0)

    assert [(note.key, note.data) for note in notes] == [("small", b"open")]


async def test_what_is_reserved_beside_a_server_counts_for_its_budgets(migrated_url: str) -> None:
    clock = FakeClock()

    async with opened(migrated_url, clock, SignalHub()) as storage:
        async with opened_books(migrated_url, clock) as books:
            await books.ledger.reserve(entry(), (DAY,))
        [held] = await storage.store.ledger.held([DAY.key])

    assert held.held_pico == 300
