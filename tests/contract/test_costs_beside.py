"""Costs are read beside a server that works on the same database."""

from __future__ import annotations

from fondaco.domain.usage import CostGroup
from fondaco.kit.signals import SignalHub
from fondaco.storage.beside import opened_costs
from fondaco.storage.opening import opened
from fondaco.testing.clock import FakeClock
from tests.contract.ledger_support import DAY, NOON_MS, SHOP, entry
from tests.contract.registry_fixtures import migrated_url

__all__ = ["migrated_url"]


async def test_what_a_server_has_reserved_is_seen_beside_it(migrated_url: str) -> None:
    clock = FakeClock()

    async with opened(migrated_url, clock, SignalHub()) as storage:
        await storage.store.ledger.reserve(entry(), (DAY,))
        async with opened_costs(migrated_url, clock) as costs:
            lines = await costs.cost_lines(SHOP, CostGroup.MODEL, NOON_MS, NOON_MS + 1)
            [held] = await costs.held([DAY.key])

    assert [(line.group, line.cost_pico) for line in lines] == [("acme/small", 300)]
    assert held.held_pico == 300
