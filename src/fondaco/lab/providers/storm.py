"""The guide's first experiment: more requests than a limit lets through, to three clients alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import msgspec

from fondaco.domain.errors import ModelError
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.gates import Figure, Report, at_least, report
from fondaco.lab.providers.asking import ask_of, cellar_of, percentile
from fondaco.lab.providers.plan import Client, StormPlan
from fondaco.lab.providers.rivals import GuideClient, NaiveClient
from fondaco.llm.cellar import Cellar
from fondaco.llm.options import ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.testing.provider.limits import Limits
from fondaco.testing.provider.presets import PRESETS
from fondaco.testing.provider.running import Setup, apart
from fondaco.testing.provider.script import Rule

Answers = Callable[[int], Awaitable[bool]]  #: asks once and returns whether there was an answer

AIM = 99.9  # per cent
#: For ours to begin its answer.  What the limit lets pass takes longer than the usual 8 s for all of them.
_FIRST_TOKEN_SECONDS = 12.0
_GUIDE = "The guide says: naive 23 %, its remedy 99.2 %."
_SAID = "Wipe lacquer with a soft dry cloth and keep it out of the sun."


class Weathered(msgspec.Struct, frozen=True, kw_only=True):
    """How one client came through."""

    client: Client
    asked: int
    waits_ms: tuple[float, ...]  #: of those who were answered in time

    @property
    def share(self) -> float:
        """Answered in time, in per cent."""
        return 100.0 * len(self.waits_ms) / self.asked


async def run(plan: StormPlan) -> Report:
    """Let three clients through the same storm, each at a provider of its own."""
    clock = SystemClock()
    found = [await _weathered(client, plan, clock) for client in plan.clients]
    return reported(plan, found)


def reported(plan: StormPlan, found: list[Weathered]) -> Report:
    """Return the report: ours has to reach the aim."""
    figures = []
    for one in found:
        gate = at_least(AIM) if one.client is Client.OURS else None
        figures += [
            Figure(name=f"{one.client.value}: answered", value=one.share, unit="%", gate=gate),
            Figure(name=f"{one.client.value}: wait p50", value=percentile(one.waits_ms, 0.5), unit="ms"),
            Figure(name=f"{one.client.value}: wait p99", value=percentile(one.waits_ms, 0.99), unit="ms"),
        ]
    notes = (
        f"{plan.requests} requests within {plan.seconds:g} s; {plan.per_second} a second may pass.",
        "The guide tells no shape of its storm; this one is as strong as its naive figure says.",
        f"Who is not answered within {plan.patience_seconds:g} s is not answered.",
        f"fondaco itself gives a contact {_FIRST_TOKEN_SECONDS:g} s until its answer begins.",
        _GUIDE,
    )
    return report("A storm of requests against a limit", figures, plan.seed, notes)


async def _weathered(client: Client, plan: StormPlan, clock: Clock) -> Weathered:
    limits = Limits(requests_per_minute=60 * plan.per_second, saved_seconds=1)
    options = msgspec.structs.replace(PRESETS["holysheep"].options, limits=limits)
    setup = Setup(seed=plan.seed, options=options, rules=(Rule(text=_SAID),))
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(apart(setup))
        http = await stack.enter_async_context(HttpClient(connections=plan.requests))
        storm = _Storm(plan, clock, _answers(client, f"{address}/v1", http, plan, clock))
        return Weathered(client=client, asked=plan.requests, waits_ms=await storm.waits_ms())


def _answers(client: Client, url: str, http: HttpClient, plan: StormPlan, clock: Clock) -> Answers:
    chance = SeededChance(plan.seed)
    naive = NaiveClient(http, url, "key-of-the-drill")
    if client is Client.NAIVE:
        return naive.answered
    if client is Client.GUIDE:
        return GuideClient(naive, clock, chance).answered
    provider = ProviderOptions(name="relay", kind=ProviderKind.HOLYSHEEP, base_url=url)
    model = ModelOptions(name="cheap", provider="relay", model="deepseek-v3.2")
    return _Ours(cellar_of([provider], [model], http, clock, chance), clock).answered


@dataclass(frozen=True, slots=True)
class _Ours:
    cellar: Cellar
    clock: Clock

    async def answered(self, number: int) -> bool:
        until_ms = self.clock.monotonic_ms() + 1_000 * _FIRST_TOKEN_SECONDS
        asked = msgspec.structs.replace(ask_of(number, self.cellar, self.clock), first_token_ms=until_ms)
        try:
            await self.cellar.client.ask(asked)
        except ModelError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Storm:
    plan: StormPlan
    clock: Clock
    answers: Answers

    async def waits_ms(self) -> tuple[float, ...]:
        """Return how long each of those waited who were answered in time."""
        apart_seconds = self.plan.seconds / self.plan.requests
        found = await asyncio.gather(
            *(self._one(number, number * apart_seconds) for number in range(self.plan.requests))
        )
        return tuple(wait for wait in found if wait is not None)

    async def _one(self, number: int, after_seconds: float) -> float | None:
        await self.clock.sleep(after_seconds)
        began_ms = self.clock.monotonic_ms()
        try:
            async with asyncio.timeout(self.plan.patience_seconds):
                answered = await self.answers(number)
        except TimeoutError:
            return None
        return self.clock.monotonic_ms() - began_ms if answered else None
