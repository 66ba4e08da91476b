"""A house in which many recorded conversations are held at once, each with a world and a model of its own.

The parts are those that ``fondaco.app`` puts together, on a SQLite database and with one worker.  Three
things are other than there, each because a recording is no shop: every question goes to the models; a turn
may take as many steps as the recording does; and what the guard would stop goes out and is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from prometheus_client import CollectorRegistry

from fondaco.domain import events as ev
from fondaco.domain.access import ChannelKind, Connection, Workspace
from fondaco.domain.ids import ConnectionId, WorkerId, WorkspaceId
from fondaco.engine import Shop, Turn
from fondaco.engine.acting.acting import Acting
from fondaco.engine.acting.wording import Wording
from fondaco.engine.acting.work import Means
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.guard.cases import Cases, GuardOptions
from fondaco.engine.law import Law
from fondaco.engine.local import Finder, Library, LocalAssistant, Shelf
from fondaco.engine.model import Helpers, Memory, ModelAssistant, ModelAssistantOptions
from fondaco.engine.route import Models, Route
from fondaco.inbox import InboxOptions, Intake, TurnMeters, Worker
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.knowledge import KnowledgeIndex
from fondaco.lab.tau.observing import Observed
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions
from fondaco.storage.opening import Storage, opened
from fondaco.tools import Tool, Toolbox, ToolCaller

_OPTIONS = InboxOptions(burst_ms=0)
_STEPS = 60  # more than the longest recorded turn has, faults included
_LONGEST_ANSWER = 4_000  # tokens; recorded answers are longer than a shop's
_CHEAP, _LOCAL = ev.RouteKind.CHEAP, ev.RouteKind.LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where one conversation is held."""

    connection: Connection
    observed: Observed
    cellar: Cellar


@dataclass(slots=True, kw_only=True)
class House:
    """Everything that all conversations share."""

    storage: Storage
    http: HttpClient
    signals: SignalHub
    clock: Clock
    chance: SeededChance
    ids: IdMaker
    llm: LlmOptions
    event_seconds: float
    turns: dict[WorkspaceId, Turn] = field(default_factory=dict)

    @property
    def intake(self) -> Intake:
        """The door for contacts' messages."""
        return Intake(self.storage.store, _OPTIONS, self.clock, self.ids)

    async def seat(self, name: str, tools: tuple[Tool, ...], model_url: str, *, stream: bool) -> Seat:
        """Prepare a workspace with these tools whose only model is at this address."""
        workspace_id = WorkspaceId(name)
        cellar = self._cellar(model_url, stream=stream)
        caller = ToolCaller(Toolbox(tools), self.clock, self.chance)
        finder = Finder(Shelf(Library.of([], KnowledgeIndex.build([], None))), caller.toolbox)
        law = self._law(caller)
        options = ModelAssistantOptions(
            rung=_CHEAP.value,
            targets=cellar.chains.cheap,
            steps=_STEPS,
            calls=_STEPS,
            first_token_seconds=self.llm.deadlines.first_token_seconds,
            answer_seconds=self.llm.deadlines.answer_seconds,
            max_output_tokens=_LONGEST_ANSWER,
        )
        memory = Memory(caller.toolbox, cellar.gear.estimator, Chooser(MemoryOptions()))
        assistant = ModelAssistant(cellar.client, finder, caller, options, self.clock, law, Helpers(memory))
        observed = Observed(assistant, law.cases)
        models = Models(_AlwaysModels(), {_CHEAP: observed})
        local = LocalAssistant(finder, caller, law.acting)
        self.turns[workspace_id] = Turn(local, Shop(), self.clock, law, models)
        now_ms = self.clock.now_ms()
        registry = self.storage.registry
        await registry.create_workspace(Workspace(id=workspace_id, name=name, created_at_ms=now_ms))
        connection = Connection(
            id=ConnectionId(name), workspace_id=workspace_id, channel=ChannelKind.API, name=name
        )
        await registry.put_connection(connection)
        return Seat(connection=connection, observed=observed, cellar=cellar)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Answer for as long as the block runs; every seat has to be prepared before."""
        worker = Worker(
            WorkerId("wrk_lab"),
            self.storage.store,
            self.turns,
            _OPTIONS,
            TurnMeters(CollectorRegistry()),
            self.clock,
            self.chance,
        )
        task = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _law(self, caller: ToolCaller) -> Law:
        specs = {spec.name: spec for spec in caller.toolbox.specs}
        means = Means(caller, self.storage.store.spending, Wording({}, specs), self.clock)
        return Law(Cases(specs.values(), GuardOptions(), self.clock), Acting(means))

    def _cellar(self, url: str, *, stream: bool) -> Cellar:
        provider = ProviderOptions(
            name="recording", kind=ProviderKind.COMPATIBLE, base_url=url, event_seconds=self.event_seconds
        )
        model = ModelOptions(
            name="gpt-4o", provider="recording", model="gpt-4o", price="openai/gpt-4.1", stream=stream
        )
        options = msgspec.structs.replace(
            self.llm, providers=(provider,), models=(model,), chains=ChainOptions(cheap=("gpt-4o",))
        )
        around = Surroundings(
            http=self.http,
            ledger=self.storage.store.ledger,
            notes=self.storage.store.notes,
            clock=self.clock,
            chance=self.chance,
            ids=self.ids,
            metrics=CollectorRegistry(),
        )
        cellar = build_cellar(options, around)
        if cellar is None:
            raise AssertionError("a chain with a model has a cellar")
        return cellar


class _AlwaysModels:
    """Sends every question to the models: what was recorded shall be said."""

    async def choose(self, context: TurnContext, trace: Trace) -> Route:
        return Route(kind=_CHEAP, ladder=(_CHEAP, _LOCAL), reasons=("a recording answers",))


@asynccontextmanager
async def open_house(seed: int, llm: LlmOptions, event_seconds: float) -> AsyncIterator[House]:
    """Open a house on a passing database.  Raises StorageError."""
    clock, chance, signals = SystemClock(), SeededChance(seed), SignalHub()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="fondaco-tau-"))
        url = f"sqlite:///{Path(folder) / 'tau.db'}"
        storage = await stack.enter_async_context(opened(url, clock, signals))
        http = await stack.enter_async_context(HttpClient(connections=64))
        yield House(
            storage=storage,
            http=http,
            signals=signals,
            clock=clock,
            chance=chance,
            ids=IdMaker(clock, chance),
            llm=llm,
            event_seconds=event_seconds,
        )
