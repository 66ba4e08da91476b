"""The broom deletes what is over a week after its time, every hour, and survives a database that is away."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from fondaco.domain.errors import StorageBusy
from fondaco.domain.ids import ConnectionId, ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, LedgerEntry
from fondaco.inbox import Broom
from fondaco.testing.clock import MONDAY_MORNING_MS, FakeClock
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.memory_registry import MemoryRegistry

_DAY_MS = 86_400_000


class Flickering(MemoryRegistry):
    """A registry whose database is away the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.sweeps = 0

    async def forget_expired(self, now_ms: int, keep_ms: int) -> int:
        self.sweeps += 1
        if self.sweeps == 1:
            raise StorageBusy("The database is away; wait for it.")
        return await super().forget_expired(now_ms, keep_ms)


async def held_on(*days: str) -> MemoryLedger:
    """Return a ledger that holds something on each of these days."""
    ledger = MemoryLedger()
    entry = LedgerEntry(
        id=EntryId("led_1"),
        workspace_id=WorkspaceId("wsp"),
        connection_id=ConnectionId("con"),
        conversation_id=ConversationId("cnv"),
        turn_id=TurnId("trn"),
        step=1,
        attempt=1,
        at_ms=0,
        provider="acme",
        model="small",
        cost_pico=5,
    )
    await ledger.reserve(entry, tuple(Budget(key=f"workspace:wsp:{day}", limit_pico=9) for day in days))
    return ledger


@pytest.mark.parametrize(("age_ms", "kept"), [(7 * _DAY_MS, True), (7 * _DAY_MS + 1, False)])
async def test_a_kept_reply_goes_after_a_week(age_ms: int, kept: bool) -> None:
    registry = MemoryRegistry()
    await registry.remember_reply("key_1", "first", "h", b"{}", at_ms=MONDAY_MORNING_MS - age_ms)

    swept = await Broom(registry, MemoryLedger(), FakeClock()).sweep()

    assert swept == int(not kept)
    assert (await registry.recall_reply("key_1", "first") is not None) is kept


async def test_what_a_budget_held_goes_a_week_after_its_day() -> None:
    ledger = await held_on("2026-11-15", "2026-11-16", "2026-11-23")

    swept = await Broom(MemoryRegistry(), ledger, FakeClock()).sweep()

    held = await ledger.held([f"workspace:wsp:2026-11-{day}" for day in (15, 16, 23)])
    assert swept == 1
    assert [one.held_pico for one in held] == [0, 5, 5]


async def test_it_sweeps_every_hour_and_goes_on_when_the_database_was_away() -> None:
    registry, clock = Flickering(), FakeClock()
    sweeping = asyncio.create_task(Broom(registry, MemoryLedger(), clock).run())

    await clock.advance(59)
    at_first = registry.sweeps
    await clock.advance(1 + 2 * 3_600)

    sweeping.cancel()
    with suppress(asyncio.CancelledError):
        await sweeping
    assert (at_first, registry.sweeps) == (0, 3)
