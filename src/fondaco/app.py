"""The only place where parts meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry

from fondaco.channels.callback import CallbackChannel
from fondaco.config import Settings, knowledge_options, shop, state_names_of
from fondaco.domain.access import ChannelKind
from fondaco.domain.events import RouteKind
from fondaco.domain.ids import WorkerId, WorkspaceId
from fondaco.domain.ports import Reader, Registry, Store
from fondaco.engine import Turn
from fondaco.engine.acting.acting import Acting
from fondaco.engine.acting.wording import Wording
from fondaco.engine.acting.work import Means
from fondaco.engine.guard import Cases
from fondaco.engine.law import Law
from fondaco.engine.local import Finder, Librarian, LocalAssistant, Shelf
from fondaco.engine.model import Helpers, Memory, ModelAssistant, ModelAssistantOptions
from fondaco.engine.model.prompting import protected_text
from fondaco.engine.route import Models
from fondaco.engine.routing import Router
from fondaco.inbox import Broom, Desk, EpisodeLengths, Intake, TurnMeters, Worker
from fondaco.inbox.voice import DraftBoard, Drafts, DraftVoices
from fondaco.kit.chance import Chance, SystemChance
from fondaco.kit.clock import Clock, SystemClock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.knowledge import Embedder
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.probing.measured import Measured, read_measured
from fondaco.llm.targets import Target
from fondaco.llm.tokens import Vocabularies, load_vocabularies
from fondaco.memory.choosing import Chooser
from fondaco.memory.planning.sheets import PriceSheet, sheet_at
from fondaco.outbox import Courier, DeliveryMeters, Doors, RememberedConnections
from fondaco.storage.opening import StoreAndReader, opened
from fondaco.tools import HttpTool, Tool, Toolbox, ToolCaller, opened_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Every part, built and connected; the server and the commands only use it."""

    settings: Settings
    clock: Clock
    chance: Chance
    ids: IdMaker
    signals: SignalHub
    store: Store
    reader: Reader
    registry: Registry
    intake: Intake
    desk: Desk
    toolbox: Toolbox
    shelf: Shelf
    librarian: Librarian
    broom: Broom
    worker: Worker
    courier: Courier
    drafts: Drafts
    models: Cellar | None  #: None where the local assistant answers alone
    lengths: EpisodeLengths
    metrics: CollectorRegistry

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Answer and deliver for as long as the block runs; what is under way at its end is finished."""
        # In the order of stopping: the worker gives back everything that its id holds, and that is also
        # what the courier is sending, so the courier must have finished before.
        loops = [self.courier.run(), self.worker.run(), self.librarian.run(), self.broom.run()]
        if self.models is not None:
            loops += [self.models.sync.run(), self.lengths.run()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            if self.models is not None:
                await self.models.gear.written()


@asynccontextmanager
async def opened_toolbox(
    settings: Settings, client: HttpClient, tools: Iterable[Tool] = ()
) -> AsyncIterator[Toolbox]:
    """Give the configured tools, those of the sources, and ``tools``.  Raises ConfigurationError."""
    names = partial(state_names_of, settings)
    configured = [HttpTool(options, client, names(options.name)) for options in settings.tools]
    async with opened_sources(settings.tool_sources, client, names) as taken:
        yield Toolbox((*configured, *taken, *tools), settings.verification)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    tools: Iterable[Tool] = (),
) -> AsyncIterator[App]:
    """Open the storage and build everything on it; ``tools`` come in addition to the configured ones.

    Raises ConfigurationError, StorageError.
    """
    clock, chance, signals = clock or SystemClock(), chance or SystemChance(), SignalHub()
    silence_ms = int(settings.inbox.silence_seconds * 1000)
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(opened(settings.storage.url, clock, signals, silence_ms))
        client = await stack.enter_async_context(HttpClient())
        most = sum(provider.in_flight for provider in settings.llm.providers)
        to_models = await stack.enter_async_context(HttpClient(connections=max(1, most)))
        toolbox = await stack.enter_async_context(opened_toolbox(settings, client, tools))
        measured = await read_measured(storage.store.notes) if settings.llm.models else {}
        # Beside the loop: it takes a moment, and nothing where the extra is not installed.
        vocabularies = await asyncio.to_thread(load_vocabularies) if settings.llm.models else Vocabularies()
        wiring = _Wiring(
            settings,
            storage.store,
            storage.registry,
            toolbox,
            client,
            to_models,
            measured,
            vocabularies,
            clock,
            chance,
        )
        yield wiring.app(signals)


@dataclass(frozen=True, slots=True)
class _Wiring:
    """What the parts have in common while they are put together."""

    settings: Settings
    store: StoreAndReader
    registry: Registry
    toolbox: Toolbox
    client: HttpClient
    to_models: HttpClient  #: of its own, so that slow models take no connection from tools and channels
    measured: Mapping[str, Measured]  #: what probes have shown of models
    vocabularies: Vocabularies
    clock: Clock
    chance: Chance

    def app(self, signals: SignalHub) -> App:
        settings, clock, chance = self.settings, self.clock, self.chance
        ids, shelf, metrics = IdMaker(clock, chance), Shelf(), CollectorRegistry()
        worker_id = WorkerId(ids.new("wrk"))
        workspace_id = WorkspaceId(settings.workspace.id)
        models = self._models(ids, metrics, worker_id)
        lengths = EpisodeLengths(self._read_lengths, clock)
        drafts = DraftBoard(signals, clock, self.store.relay)
        turn = self._turn(shelf, models, drafts, lengths)
        return App(
            settings=settings,
            clock=clock,
            chance=chance,
            ids=ids,
            signals=signals,
            store=self.store,
            reader=self.store,
            registry=self.registry,
            intake=Intake(self.store, settings.inbox, clock, ids, self._count(models)),
            desk=Desk(
                self.store, self.store, self.store.spending, shop(settings), settings.inbox, clock, ids
            ),
            toolbox=self.toolbox,
            shelf=shelf,
            librarian=Librarian(workspace_id, self.registry, shelf, knowledge_options(settings), clock),
            broom=Broom(self.registry, self.store.ledger, clock),
            worker=self._worker(worker_id, {workspace_id: turn}, metrics),
            courier=self._courier(worker_id, metrics),
            drafts=drafts,
            models=models,
            lengths=lengths,
            metrics=metrics,
        )

    def _models(self, ids: IdMaker, metrics: CollectorRegistry, worker_id: WorkerId) -> Cellar | None:
        around = Surroundings(
            http=self.to_models,
            ledger=self.store.ledger,
            notes=self.store.notes,
            clock=self.clock,
            chance=self.chance,
            ids=ids,
            metrics=metrics,
            process=worker_id,
            old_names=self.settings.telemetry.genai_old_names,
            measured=self.measured,
            vocabularies=self.vocabularies,
        )
        return build_cellar(self.settings.llm, around)

    def _turn(self, shelf: Shelf, models: Cellar | None, drafts: DraftBoard, lengths: EpisodeLengths) -> Turn:
        finder = Finder(shelf, self.toolbox)
        caller = ToolCaller(self.toolbox, self.clock, self.chance)
        law = Law(self._cases(), self._acting(caller))
        local = LocalAssistant(finder, caller, law.acting)
        if models is None:
            return Turn(local, shop(self.settings), self.clock, law)
        chains = {RouteKind.CHEAP: models.chains.cheap, RouteKind.STRONG: models.chains.strong}
        voices = DraftVoices(drafts, RememberedConnections(self.registry, self.clock))

        helpers = Helpers(self._memory(models, shelf, lengths), voices)
        answerers = {
            kind: ModelAssistant(
                models.client, finder, caller, self._options(kind, targets), self.clock, law, helpers
            )
            for kind, targets in chains.items()
            if targets
        }
        router = Router(self.settings.routing, finder, tuple(answerers))
        return Turn(
            local, shop(self.settings), self.clock, law, Models(router, answerers, self._count(models))
        )

    @staticmethod
    def _count(models: Cellar | None) -> Callable[[str], int] | None:
        """Return how tokens are counted, to be stored with messages; None where they are only guessed."""
        estimator = models.gear.estimator if models is not None else None
        return estimator.count if estimator is not None and estimator.is_exact else None

    async def _read_lengths(self) -> Mapping[int, int]:
        from fondaco.storage.lengths import lengths_of_episodes  # noqa: PLC0415 - SQLAlchemy takes a while

        workspace_id = WorkspaceId(self.settings.workspace.id)
        return await lengths_of_episodes(self.settings.storage.url, workspace_id, self.clock.now_ms())

    def _memory(self, models: Cellar, shelf: Shelf, lengths: EpisodeLengths) -> Memory:
        def sheet(target: Target) -> PriceSheet | None:
            return sheet_at(models.prices, target, self.clock.now_ms())

        def meaning() -> Embedder | None:
            return shelf.here.index.embedder if shelf.here is not None else None

        chooser = Chooser(self.settings.memory, sheet, lengths.latest)
        earlier = self.store.earlier_episodes
        return Memory(self.toolbox, models.gear.estimator, chooser, meaning=meaning, earlier=earlier)

    def _cases(self) -> Cases:
        settings, verifier = self.settings, self.settings.verification
        return Cases(
            self.toolbox.specs_of_records,
            settings.guard,
            self.clock,
            timezone=settings.workspace.timezone,
            secret=verifier.proof_parameter if verifier is not None else "",
            rules=partial(protected_text, settings.workspace.name, toolbox=self.toolbox),
        )

    def _acting(self, caller: ToolCaller) -> Acting:
        specs = {spec.name: spec for spec in self.toolbox.specs}
        wording = Wording(self.settings.action_texts, specs)
        return Acting(Means(caller, self.store.spending, wording, self.clock))

    def _options(self, kind: RouteKind, targets: tuple[Target, ...]) -> ModelAssistantOptions:
        deadlines = self.settings.llm.deadlines
        return ModelAssistantOptions(
            rung=kind.value,
            targets=targets,
            shop=self.settings.workspace.name,
            first_token_seconds=deadlines.first_token_seconds,
            answer_seconds=deadlines.answer_seconds,
            summary_seconds=self.settings.memory.summary_seconds,
        )

    def _worker(
        self, worker_id: WorkerId, turns: dict[WorkspaceId, Turn], metrics: CollectorRegistry
    ) -> Worker:
        meters = TurnMeters(metrics)
        return Worker(worker_id, self.store, turns, self.settings.inbox, meters, self.clock, self.chance)

    def _courier(self, worker_id: WorkerId, metrics: CollectorRegistry) -> Courier:
        channels = {ChannelKind.CALLBACK: CallbackChannel(self.client, self.clock)}
        connections = RememberedConnections(self.registry, self.clock)
        doors, meters = Doors(connections, channels), DeliveryMeters(metrics)
        options = self.settings.outbox
        return Courier(worker_id, self.store, doors, options, meters, self.clock, self.chance)
