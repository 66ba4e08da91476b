"""The two simulated providers of a cell, broken as its row says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fondaco.kit.clock import Clock
from fondaco.lab.providers.plan import MatrixPlan
from fondaco.lab.providers.rows import Case, Place, Trouble, second_wire
from fondaco.lab.providers.words import House, script_of
from fondaco.testing.provider.certificates import TlsKind
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.script import WireName
from fondaco.testing.provider.simulator import ProviderSimulator

_SETTLE_SECONDS = 3.0
_TLS = {
    Place.SELF_SIGNED: TlsKind.SELF_SIGNED,
    Place.EXPIRED: TlsKind.EXPIRED,
    Place.OTHER_HOST: TlsKind.OTHER_HOST,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Both providers, and where the server is told that they are."""

    first: ProviderSimulator
    second: ProviderSimulator
    urls: tuple[str, str]
    environ: dict[str, str]  #: the authority that the server trusts, where certificates matter

    async def at_rest(self, clock: Clock) -> None:
        """Wait until both have written down what their last requests cost."""
        until_ms = clock.monotonic_ms() + 1000 * _SETTLE_SECONDS
        while clock.monotonic_ms() < until_ms:
            if not self.first.journal.in_flight and not self.second.journal.in_flight:
                return
            await clock.sleep(0.02)


@asynccontextmanager
async def open_pair(case: Case, plan: MatrixPlan, folder: Path) -> AsyncIterator[Pair]:
    """Serve both providers while the block runs."""
    wires = (case.wire, second_wire(case.wire))
    troubles = (case.row.first, case.row.second)
    made: list[ProviderSimulator] = []
    urls: list[str] = []
    environ: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for house, wire, trouble in zip(House, wires, troubles, strict=True):
            simulator = ProviderSimulator(script_of(house), plan=_plan_of(trouble), seed=plan.seed)
            await stack.enter_async_context(simulator)
            made.append(simulator)
            authority = folder / f"{house.value}.pem"
            urls.append(await _url(simulator, trouble, wire, authority))
            if authority.exists():
                environ["SSL_CERT_FILE"] = str(authority)
        yield Pair(made[0], made[1], (urls[0], urls[1]), environ)


def _plan_of(trouble: Trouble) -> Plan:
    return Plan(rules=(FaultRule(fault=trouble),)) if isinstance(trouble, Fault) else Plan()


async def _url(simulator: ProviderSimulator, trouble: Trouble, wire: WireName, authority: Path) -> str:
    if not isinstance(trouble, Place):
        return simulator.base_url(wire)
    match trouble:
        case Place.REFUSED:
            address = simulator.dead_address()
        case Place.UNRESOLVABLE:
            address = simulator.unresolvable_address()
        case Place.UNANSWERED:
            address = simulator.unanswered_address()
        case _:
            address = await simulator.tls_address(_TLS[trouble], authority)
    return simulator.base_url(wire, address)
