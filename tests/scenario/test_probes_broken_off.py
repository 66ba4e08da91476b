"""Probes that somebody breaks off stand in the ledger like those that came to their end."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.ids import IdMaker
from fondaco.llm.chain import targets_of
from fondaco.llm.estimates import Estimator
from fondaco.llm.options import LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.price_files import load_prices
from fondaco.llm.probing.prober import Prober
from fondaco.llm.purse import Purse
from fondaco.llm.targets import ProviderKind
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.simulator import ProviderSimulator

SHOP = WorkspaceId("wsp")


async def asked(simulator: ProviderSimulator) -> None:
    while not simulator.bodies:
        await SystemClock().sleep(0.01)


@pytest.mark.parametrize("fault", [Fault.STALL_HEADERS, Fault.STALL_FIRST])
async def test_a_probe_that_is_broken_off_may_be_charged(fault: Fault) -> None:
    clock, ledger = SystemClock(), MemoryLedger()
    plan, options = Plan(rules=(FaultRule(fault=fault),)), SimulatorOptions(kept_bodies=1)
    async with ProviderSimulator(plan=plan, options=options) as simulator:
        provider = ProviderOptions(
            name="acme", kind=ProviderKind.OPENAI, base_url=simulator.base_url("openai")
        )
        model = ModelOptions(name="small", provider="acme", model="gpt-4.1-mini")
        [target] = targets_of(LlmOptions(providers=(provider,), models=(model,))).values()
        ids = IdMaker(clock, SeededChance(7))
        purse = Purse(ledger, load_prices(None, "USD"), Estimator(), (), clock, ids)
        probing = asyncio.create_task(Prober(target, provider, "", SHOP, purse, clock).probe())
        await asked(simulator)

        probing.cancel()
        with suppress(asyncio.CancelledError):
            await probing

    [entry] = await ledger.entries(SHOP, ConversationId("probe"))
    assert (entry.purpose, entry.ended_as, entry.possibly_billed) == ("probe", "cancelled", True)
    assert entry.cost_pico > 0
