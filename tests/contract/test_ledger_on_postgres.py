"""Several processes share the budgets: none of them can spend what another one has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from fondaco.domain.usage import Budget
from fondaco.kit.signals import SignalHub
from fondaco.storage.postgres import PostgresStore
from fondaco.testing.clock import FakeClock
from tests.contract.ledger_support import DAY, SHOP, entry, settled
from tests.contract.postgres_support import kill_connections

MONTH = Budget(key="a month", limit_pico=10**9)


@pytest.fixture
async def stores(migrated_postgres: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two processes' worth of connections."""
    clock = FakeClock()
    async with (
        await PostgresStore.open(migrated_postgres, clock=clock, signals=SignalHub()) as one,
        await PostgresStore.open(migrated_postgres, clock=clock, signals=SignalHub()) as other,
    ):
        yield one, other


async def test_two_processes_admit_together_what_there_is_room_for(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    orders = ((DAY, MONTH), (MONTH, DAY))

    refused = await asyncio.gather(
        *(
            stores[number % 2].ledger.reserve(entry(number, cost_pico=142), orders[number // 2 % 2])
            for number in range(200)
        )
    )

    assert refused.count(None) == 7
    assert [one.held_pico for one in await stores[0].ledger.held([DAY.key, MONTH.key])] == [994, 994]


async def test_two_processes_settle_side_by_side_and_nothing_is_lost(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    wide = Budget(key=DAY.key, limit_pico=10**9)

    async def live(number: int) -> None:
        ledger = stores[number % 2].ledger
        await ledger.reserve(entry(number), ((wide, MONTH), (MONTH, wide))[number % 2])
        await ledger.settle(settled(entry(number), number))

    await asyncio.gather(*map(live, range(200)))

    assert [one.held_pico for one in await stores[1].ledger.held([DAY.key, MONTH.key])] == [19_900, 19_900]


async def test_what_is_repeated_after_a_lost_connection_is_held_once(
    stores: tuple[PostgresStore, PostgresStore], migrated_postgres: str
) -> None:
    ledger = stores[0].ledger
    await ledger.reserve(entry(1), (DAY,))
    await kill_connections(migrated_postgres)

    await ledger.settle(settled(entry(1), 100))
    await kill_connections(migrated_postgres)
    await ledger.reserve(entry(2), (DAY,))

    assert [one.held_pico for one in await ledger.held([DAY.key])] == [400]
    assert len(await ledger.entries(SHOP, entry().conversation_id)) == 2
