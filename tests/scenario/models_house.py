"""A chain of models at a simulated provider, with every book that is kept about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from prometheus_client import CollectorRegistry

from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import AttemptNote, LedgerEntry, Usage
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.llm.answering import Answered, Ask, Listener, Scope
from fondaco.llm.asking import Prompt, Said, Speaker, ToolOffer
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.costs import cost_of
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.journal import Entry
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.shared_notes import MemorySharedNotes

SHOP, CONVERSATION = WorkspaceId("wsp_shop"), ConversationId("cnv_1")
SECRET = "a key that looks like no other key"
QUESTION = "May I send the kettle back that I bought last week, and who pays for the parcel?"
ANSWER = f"You wrote: {QUESTION}"
LOOK_UP = ToolOffer(
    name="order",
    description="Tells where an order is.",
    parameters={
        "type": "object",
        "properties": {"order_number": {"type": "string"}},
        "required": ["order_number"],
    },
)
FIRST = ModelOptions(name="first", provider="openai", model="gpt-4.1")
SECOND = ModelOptions(name="second", provider="anthropic", model="claude-sonnet-4-5")
THIRD = ModelOptions(name="third", provider="gemini", model="gemini-2.5-flash")


@dataclass(slots=True)
class Reading:
    """A contact who reads along."""

    text: str = ""
    retractions: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, text: str) -> None:
        self.text += text
        self.begun.set()

    async def retracted(self) -> None:
        self.text = ""
        self.retractions += 1


@dataclass(frozen=True, slots=True)
class Models:
    """A chain that may be asked, its ledger, and the provider at the other end."""

    cellar: Cellar
    ledger: MemoryLedger
    simulator: ProviderSimulator
    http: HttpClient

    def ask(
        self,
        text: str = QUESTION,
        *,
        tools: bool = False,
        listener: Listener | None = None,
        first_seconds: float = 2.0,
        whole_seconds: float = 6.0,
    ) -> Awaitable[Answered]:
        """Ask the chain as a turn does."""
        question = self.question(a_prompt(text, tools=tools), first_seconds, whole_seconds)
        return self.cellar.client.ask(question, listener)

    def question(self, prompt: Prompt, first_seconds: float = 2.0, whole_seconds: float = 6.0) -> Ask:
        """Return what asks the chain with this prompt from now on."""
        now_ms = self.cellar.gear.clock.monotonic_ms()
        return Ask(
            prompt=prompt,
            targets=self.cellar.chains.cheap,
            scope=a_scope(),
            first_token_ms=now_ms + 1000 * first_seconds,
            whole_ms=now_ms + 1000 * whole_seconds,
        )

    async def entries(self) -> list[LedgerEntry]:
        """Return every attempt in the ledger, in the order of the attempts."""
        await self.cellar.gear.written()
        found = await self.ledger.entries(SHOP, CONVERSATION)
        return sorted(found, key=lambda entry: entry.attempt)

    async def billed(self) -> list[Entry]:
        """Return what the provider has noted of every request, once it is done with them."""
        async with asyncio.timeout(5):
            while self.simulator.journal.in_flight:
                await self.cellar.gear.clock.sleep(0.01)
        return self.simulator.journal.entries()

    def price_of(self, billed: Entry) -> int:
        """Return what a request costs by the provider's own count."""
        target = next(one for one in self.cellar.chains.cheap if one.model == billed.model)
        usage = Usage(
            input=billed.input,
            output=billed.output,
            cache_read=billed.cache_read,
            cache_write_5m=billed.cache_write_5m,
            cache_write_1h=billed.cache_write_1h,
        )
        price = self.cellar.prices.price_at(target.price, self.cellar.gear.clock.now_ms())
        return cost_of(usage, price) if billed.billed else 0

    async def nothing_is_held(self) -> None:
        """Fail where a place, a permit or money is still taken by somebody who has gone."""
        gear = self.cellar.gear
        await gear.written()
        assert [view.in_flight + view.waiting for view in gear.limiters.views()] == [0] * len(
            gear.limiters.views()
        )
        assert [entry.ended_as for entry in await self.entries() if not entry.ended_as] == []
        assert [state.attempts for state in gear.board.states() if state.phase.value == "probing"] == []


def a_prompt(text: str = QUESTION, *, tools: bool = False) -> Prompt:
    return Prompt(
        system="Answer in one sentence.",
        history=(Said(by=Speaker.CONTACT, text=text),),
        tools=(LOOK_UP,) if tools else (),
        max_output_tokens=200,
    )


def a_scope() -> Scope:
    return Scope(
        workspace_id=SHOP,
        connection_id=ConnectionId("con_widget"),
        conversation_id=CONVERSATION,
        turn_id=TurnId("trn_1"),
        step=1,
    )


def on_first(fault: Fault, **rest: object) -> Plan:
    """Return a plan by which the first model alone meets a fault."""
    return on_model(FIRST, fault, **rest)


def on_model(model: ModelOptions, fault: Fault, **rest: object) -> Plan:
    """Return a plan by which this model alone meets a fault."""
    return Plan(rules=(msgspec.convert({"fault": fault, "model": model.model, **rest}, FaultRule),))


def options_at(address: str, models: tuple[ModelOptions, ...], key: Path) -> LlmOptions:
    """Return settings by which these models are asked at the simulator, in this order."""
    providers = {
        "openai": ProviderOptions(
            name="openai", kind=ProviderKind.OPENAI, base_url=f"{address}/v1", key=f"file:{key}"
        ),
        "anthropic": ProviderOptions(name="anthropic", kind=ProviderKind.ANTHROPIC, base_url=address),
        "gemini": ProviderOptions(name="gemini", kind=ProviderKind.GEMINI, base_url=address),
    }
    return LlmOptions(
        providers=tuple(providers.values()),
        models=models,
        chains=ChainOptions(cheap=tuple(model.name for model in models)),
    )


def with_openai(options: LlmOptions, **rest: object) -> LlmOptions:
    """Return the settings with these of the provider ``openai``."""
    providers = tuple(
        msgspec.structs.replace(one, **rest) if one.name == "openai" else one for one in options.providers
    )
    return msgspec.structs.replace(options, providers=providers)


def cellar_of(options: LlmOptions, http: HttpClient, ledger: MemoryLedger) -> Cellar:
    clock, chance = SystemClock(), SeededChance(7)
    around = Surroundings(
        http=http,
        ledger=ledger,
        notes=MemorySharedNotes(),
        clock=clock,
        chance=chance,
        ids=IdMaker(clock, chance),
        metrics=CollectorRegistry(),
    )
    built = build_cellar(options, around)
    assert built is not None
    return built


@asynccontextmanager
async def open_models(
    *models: ModelOptions,
    plan: Plan | None = None,
    simulator: ProviderSimulator | None = None,
    settings: Callable[[LlmOptions], LlmOptions] | None = None,
) -> AsyncIterator[Models]:
    """Run a provider, and a chain of models that are asked there."""
    served = simulator or ProviderSimulator(plan=plan or Plan())
    with TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.write_text(f"{SECRET}\n")
        async with served as running, HttpClient() as http:
            options = options_at(running.address, models or (FIRST, SECOND), key)
            ledger = MemoryLedger()
            told = settings(options) if settings else options
            yield Models(cellar_of(told, http, ledger), ledger, running, http)


def ends(notes: tuple[AttemptNote, ...]) -> list[tuple[str, str]]:
    """Return which target each attempt was made at and how it ended."""
    return [(note.target, note.ended_as) for note in notes]
