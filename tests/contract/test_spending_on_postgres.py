"""Several processes share the limits of actions: none of them takes a place that another one has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from fondaco.domain.contracts import Contract, Limit, Per
from fondaco.kit.signals import SignalHub
from fondaco.storage.postgres import PostgresStore
from fondaco.testing.clock import FakeClock
from tests.contract.postgres_support import kill_connections
from tests.contract.store_support import SHOP
from tests.contract.test_spending import NOW, action

LAST = Limit(per=Per.WORKSPACE, count=1)


@pytest.fixture
async def stores(migrated_postgres: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two processes' worth of connections."""
    clock = FakeClock()
    async with (
        await PostgresStore.open(migrated_postgres, clock=clock, signals=SignalHub()) as one,
        await PostgresStore.open(migrated_postgres, clock=clock, signals=SignalHub()) as other,
    ):
        yield one, other


async def test_of_two_processes_one_gets_the_last_place(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    contract = Contract(limits=(LAST,))

    found = await asyncio.gather(
        *(stores[number % 2].spending.reserve(SHOP, action(number), contract, NOW) for number in range(30))
    )

    assert found.count(None) == 1


async def test_limits_that_are_named_in_another_order_do_not_wait_crosswise(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    money = Limit(per=Per.SUBJECT, amount_minor=20_000)
    many = Limit(per=Per.RECORD, count=100)
    contracts = (Contract(limits=(money, many)), Contract(limits=(many, money)))

    found = await asyncio.gather(
        *(
            stores[number % 2].spending.reserve(SHOP, action(number), contracts[number // 2 % 2], NOW)
            for number in range(60)
        )
    )

    assert found.count(None) == 5


async def test_what_is_repeated_after_a_lost_connection_holds_one_place(
    stores: tuple[PostgresStore, PostgresStore], migrated_postgres: str
) -> None:
    contract = Contract(limits=(Limit(per=Per.WORKSPACE, count=2),))
    spending = stores[0].spending
    await spending.reserve(SHOP, action(1), contract, NOW)
    await kill_connections(migrated_postgres)

    again = await spending.reserve(SHOP, action(1), contract, NOW)
    second = await spending.reserve(SHOP, action(2), contract, NOW)
    third = await stores[1].spending.reserve(SHOP, action(3), contract, NOW)

    assert (again, second, third) == (None, None, contract.limits[0])
