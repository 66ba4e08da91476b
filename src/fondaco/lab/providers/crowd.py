"""The guide's second experiment: very many requests at once, to its four providers alone and as a chain."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from fondaco.domain.errors import ModelError
from fondaco.domain.usage import AttemptNote
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.gates import Figure, Report, at_least, report
from fondaco.lab.providers.asking import ask_of, cellar_of, percentile
from fondaco.lab.providers.plan import CrowdPlan
from fondaco.llm.cellar import Cellar
from fondaco.llm.options import ModelOptions, ProviderOptions
from fondaco.llm.prices import PICO
from fondaco.llm.targets import ProviderKind
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import PRESETS, Preset, SimulatorOptions
from fondaco.testing.provider.running import Setup, apart
from fondaco.testing.provider.script import Rule

Tell = Callable[[str], None]

AIM = 99.999  # per cent of useful answers with all providers as a chain
CHAIN = "all four as a chain"
#: In what ways an unavailable provider fails, each as often.
WAYS = (Fault.UNAVAILABLE, Fault.OVERLOADED, Fault.RESET, Fault.CUT, Fault.STALL_FIRST)
_ANSWER = "Wipe lacquer with a soft dry cloth, never with water, and keep it out of the sun. " * 4
_KINDS = {
    "holysheep": ProviderKind.HOLYSHEEP,
    "gemini-2.5-flash": ProviderKind.GEMINI,
    "gpt-4.1": ProviderKind.OPENAI,
    "claude-sonnet-4.5": ProviderKind.ANTHROPIC,
}


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the requests to one provider, or to the chain."""

    name: str
    asked: int
    waits_ms: tuple[float, ...]  #: of those who were answered
    attempts: int
    failed_attempts: int
    cost_pico: int
    tokens: int  #: input and output
    seconds: float  #: that all of it took
    cpu_seconds: float  #: of the client

    @property
    def share(self) -> float:
        """Answered, in per cent."""
        return 100.0 * len(self.waits_ms) / self.asked

    @property
    def bare_share(self) -> float:
        """Attempts that were answered, in per cent: what a client without a second try would see."""
        return 100.0 * (1 - self.failed_attempts / self.attempts) if self.attempts else 0.0

    @property
    def per_million(self) -> float:
        """What a million tokens cost."""
        return self.cost_pico / PICO / self.tokens * 1e6 if self.tokens else 0.0


async def run(plan: CrowdPlan, tell: Tell = lambda _: None) -> Report:
    """Ask each provider alone, then all of them as a chain."""
    found = []
    alone = [(name,) for name in _KINDS] if plan.alone else []
    for names in (*alone, tuple(_KINDS)):
        found.append(await _served(names, plan))
        tell(f"{found[-1].name}: {found[-1].share:.4f} % of {plan.requests} in {found[-1].seconds:.0f} s")
    return reported(plan, found)


def reported(plan: CrowdPlan, found: Sequence[Served]) -> Report:
    """Return the report: the chain has to reach the aim."""
    figures = [figure for one in found for figure in _figures(one, plan)]
    notes = (
        f"{plan.requests} streamed requests to each, {plan.in_flight} in flight, by one process;",
        f"the providers are simulated beside it, and answer {100 * plan.availability:g} % of all attempts.",
        f"They are {plan.speed:g} times faster than the guide's; times are told {plan.speed:g} times longer.",
        f"Those that do not answer fail as {', '.join(way.value for way in WAYS)}, each as often.",
        "bare: attempts that were answered, which is all that a client without a second try gets.",
        "Only models answer here; in the product the local assistant and people come after them.",
        *(_told_by_guide(name, preset) for name, preset in PRESETS.items()),
    )
    return report("Many requests at once to four providers", figures, plan.seed, notes)


def _told_by_guide(name: str, preset: Preset) -> str:
    first, share = preset.options.latency.first_token, 100 * preset.availability
    return f"guide: {name}: p50 {first.p50_ms:,.0f} ms, p99 {first.p99_ms:,.0f} ms, {share:.2f} % available"


def _figures(one: Served, plan: CrowdPlan) -> Iterator[Figure]:
    gate = at_least(AIM) if one.name == CHAIN else None
    yield Figure(name=f"{one.name}: answered", value=one.share, unit="%", gate=gate)
    yield Figure(name=f"{one.name}: unanswered", value=one.asked - len(one.waits_ms))
    yield Figure(name=f"{one.name}: bare", value=one.bare_share, unit="%")
    for share in (0.5, 0.99):
        wait_ms = percentile(one.waits_ms, share) * plan.speed
        yield Figure(name=f"{one.name}: p{100 * share:.0f}", value=wait_ms, unit="ms")
    yield Figure(name=f"{one.name}: a million tokens", value=one.per_million, unit="USD")
    yield Figure(name=f"{one.name}: requests a second", value=one.asked / one.seconds)
    yield Figure(name=f"{one.name}: CPU a request", value=1000 * one.cpu_seconds / one.asked, unit="ms")


async def _served(names: Sequence[str], plan: CrowdPlan) -> Served:
    clock = SystemClock()
    async with _cellar(names, plan, clock) as cellar:
        crowd = _Crowd(plan, clock, cellar)
        began_ms, began_cpu = clock.monotonic_ms(), _cpu_seconds()
        await crowd.ask_all()
        await cellar.gear.written()
        return Served(
            name=names[0] if len(names) == 1 else CHAIN,
            asked=plan.requests,
            waits_ms=tuple(crowd.waits_ms),
            attempts=crowd.attempts,
            failed_attempts=crowd.failed,
            cost_pico=crowd.cost_pico,
            tokens=crowd.tokens,
            seconds=(clock.monotonic_ms() - began_ms) / 1000,
            cpu_seconds=_cpu_seconds() - began_cpu,
        )


@asynccontextmanager
async def _cellar(names: Sequence[str], plan: CrowdPlan, clock: Clock) -> AsyncIterator[Cellar]:
    """Serve these providers, each in a process of its own, and yield who asks them."""
    async with AsyncExitStack() as stack:
        providers, models = [], []
        for place, name in enumerate(names):
            address = await stack.enter_async_context(apart(_setup(name, plan, plan.seed + place)))
            kind = _KINDS[name]
            like_openai = kind in {ProviderKind.HOLYSHEEP, ProviderKind.OPENAI}
            url = f"{address}/v1" if like_openai else address
            providers.append(ProviderOptions(name=name, kind=kind, base_url=url, in_flight=plan.in_flight))
            models.append(ModelOptions(name=name, provider=name, model=PRESETS[name].model))
        http = HttpClient(connections=plan.in_flight * len(names))
        await stack.enter_async_context(http)
        yield cellar_of(providers, models, http, clock, SeededChance(plan.seed))


def _setup(name: str, plan: CrowdPlan, seed: int) -> Setup:
    preset = PRESETS[name]
    share = (1 - plan.availability) / len(WAYS)
    return Setup(
        seed=seed,
        options=_faster(preset.options, plan.speed),
        plan=Plan(rules=tuple(FaultRule(fault=way, share=share) for way in WAYS)),
        rules=(Rule(text=_ANSWER),),
    )


def _faster(options: SimulatorOptions, speed: float) -> SimulatorOptions:
    first = options.latency.first_token
    quicker = Spread(p50_ms=first.p50_ms / speed, p99_ms=first.p99_ms / speed)
    return msgspec.structs.replace(options, latency=Latency(first_token=quicker), journal_entries=1)


@dataclass(slots=True)
class _Crowd:
    plan: CrowdPlan
    clock: Clock
    cellar: Cellar
    waits_ms: list[float] = field(default_factory=list)
    attempts: int = 0
    failed: int = 0
    cost_pico: int = 0
    tokens: int = 0
    _next: int = 0

    async def ask_all(self) -> None:
        """Ask every question, so many at once."""
        await asyncio.gather(*(self._ask_on() for _ in range(min(self.plan.in_flight, self.plan.requests))))

    async def _ask_on(self) -> None:
        while self._next < self.plan.requests:
            self._next += 1
            await self._ask(self._next)

    async def _ask(self, number: int) -> None:
        ask = ask_of(number, self.cellar, self.clock)
        began_ms = self.clock.monotonic_ms()
        try:
            answered = await self.cellar.client.ask(ask)
        except ModelError as error:
            self._count(error.attempts)
            return
        self.waits_ms.append(self.clock.monotonic_ms() - began_ms)
        self._count(answered.attempts)

    def _count(self, attempts: Sequence[AttemptNote]) -> None:
        for note in attempts:
            self.attempts += 1
            self.failed += note.ended_as != "answered"
            self.cost_pico += note.cost_pico
            self.tokens += 0 if note.usage is None else note.usage.input + note.usage.output


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
