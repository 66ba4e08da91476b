"""One database's half of the measurement: a server of its own, waves of messages, and what they cost."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from fondaco.domain.access import ApiKey, ChannelKind, Connection, Scope, Workspace
from fondaco.domain.articles import Article
from fondaco.domain.ids import ConnectionId, KeyId
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.signals import SignalHub
from fondaco.lab.gates import Figure, at_most
from fondaco.lab.turn_load import Contacts, Load, ShopAddress, listening
from fondaco.lab.turn_processes import PYTHON, BenchFailed, Watched, answers, free_port, last_words, started
from fondaco.lab.turn_shop import WORKSPACE_ID, Questions, settings_text
from fondaco.lab.turn_storage import Replayed
from fondaco.storage.opening import opened

#: What is asked of the product, in milliseconds of CPU, megabytes and seconds.
TURN_CPU_MS, STORAGE_CPU_MS, MEMORY_MB, READY_SECONDS = 3.0, 0.5, 500.0, 2.0

CONNECTION = ConnectionId("bench")
KEY = "fk_opens-nothing-but-this-measurement"
_ERP_TOKEN = "opens-nothing-but-made-up-orders"  # noqa: S105 - no secret
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Wave:
    """Some conversations, each with some messages one after the other, so many at once."""

    in_flight: int
    conversations: int
    turns: int
    gated: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    waves: tuple[Wave, ...]
    open_conversations: int  #: how many are opened and answered once before memory is read; 0: as they are
    replayed: int  #: turns that the storage alone writes again
    replays: int = 1  #: how often it does so
    warming: Wave = Wave(16, 60, 3, gated=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What both halves of the measurement have in common."""

    plan: Plan
    articles: Sequence[Article]
    questions: Questions
    seed: int
    clock: Clock
    client: HttpClient
    folder: Path
    serve: Sequence[str]  #: the command that serves; ``serve --config FILE`` is put behind it


@dataclass(slots=True)
class Found:
    """What a half found."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Database:
    """Where the server keeps everything; ``process`` is the database's own server, if it has one."""

    name: str
    url: str
    process: Watched | None = None

    def cpu_ms(self) -> float:
        """Return the CPU time that the database's own processes have used."""
        return self.process.cpu_ms() if self.process else 0.0


async def measure(bench: Bench, database: Database) -> Found:
    """Start a server on the database, let contacts write to it, and stop it.  Raises BenchFailed."""
    found = Found()
    port, shop_port = free_port(), free_port()
    await prepare(bench, database, f"http://127.0.0.1:{shop_port}/")
    address = ShopAddress(bench.clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listening(address, shop_port, bench.clock))
        erp = await stack.enter_async_context(_merchant_system(bench, database))
        began_ms = bench.clock.monotonic_ms()
        log = bench.folder / f"{database.name}-server.log"
        server = await stack.enter_async_context(_server(bench, database, port, erp, log))
        url = f"http://127.0.0.1:{port}"
        await answers(bench.client, f"{url}/v1/health", bench.clock, log)
        ready_ms = bench.clock.monotonic_ms() - began_ms
        contacts = Contacts(bench.client, address, url, KEY, bench.clock)
        half = _Half(bench, database, server, contacts, found)
        try:
            await half.first_answer(began_ms, ready_ms)
            await half.waves()
            await half.memory()
        except BenchFailed as failed:
            raise BenchFailed(
                f"{database.name}: {failed} The server's last words:\n{last_words(log)}"
            ) from failed
        await half.outcomes()
    await _storage_alone(bench, database, found)
    return found


async def prepare(bench: Bench, database: Database, shop_url: str) -> None:
    """Write down what an operator would set up: a workspace, a connection, a key and the articles."""
    now_ms = bench.clock.now_ms()
    async with opened(database.url, bench.clock, SignalHub()) as storage:
        registry = storage.registry
        await registry.create_workspace(Workspace(id=WORKSPACE_ID, name="Bench", created_at_ms=now_ms))
        await registry.put_connection(
            Connection(
                id=CONNECTION,
                workspace_id=WORKSPACE_ID,
                channel=ChannelKind.CALLBACK,
                name="Shop",
                callback_url=shop_url,
                callback_secret="whsec_b3BlbnMgbm90aGluZyBidXQgdGhpcyBtZWFzdXJlbWVudA==",  # noqa: S106
                callback_dedupes=True,
            )
        )
        key = ApiKey(
            id=KeyId("key_bench"),
            workspace_id=WORKSPACE_ID,
            name="bench",
            scopes=tuple(Scope),
            created_at_ms=now_ms,
        )
        await registry.create_key(key, hashlib.sha256(KEY.encode()).hexdigest())
        await registry.put_articles(WORKSPACE_ID, bench.articles)


@asynccontextmanager
async def _merchant_system(bench: Bench, database: Database) -> AsyncIterator[str]:
    port, file = free_port(), bench.folder / f"{database.name}-erp.db"
    command = [PYTHON, "-m", "fondaco.demo.erp", "--port", str(port), "--database", str(file)]
    log = bench.folder / f"{database.name}-erp.log"
    url = f"http://127.0.0.1:{port}"
    async with started(command, log, {"FONDACO_DEMO_ERP_TOKEN": _ERP_TOKEN}):
        await answers(bench.client, url, bench.clock, log)
        yield url


@asynccontextmanager
async def _server(bench: Bench, database: Database, port: int, erp: str, log: Path) -> AsyncIterator[Watched]:
    config = bench.folder / f"{database.name}.toml"
    config.write_text(settings_text(database.url, port), encoding="utf-8")
    command = [*bench.serve, "serve", "--config", str(config)]
    async with started(command, log, {"RIALTO_ADDRESS": erp, "RIALTO_TOKEN": _ERP_TOKEN}) as server:
        yield server


class _Half:
    """Measures one server while it runs."""

    def __init__(
        self, bench: Bench, database: Database, server: Watched, contacts: Contacts, found: Found
    ) -> None:
        self._bench = bench
        self._database = database
        self._server = server
        self._contacts = contacts
        self._found = found
        self._base_bytes = 0
        self._turns = 0
        self._ended_by_handoff = 0
        self._chance = SeededChance(bench.seed)

    async def first_answer(self, began_ms: float, ready_ms: float) -> None:
        """Wait until the articles are indexed, which the first answer tells, and warm everything up."""
        await self._talk(Wave(1, 1, 1))
        answered_ms = self._bench.clock.monotonic_ms() - began_ms
        self._add("start to ready", ready_ms / 1000, "s", gate=READY_SECONDS)
        self._add("start to first answer", answered_ms / 1000, "s")
        await self._talk(self._bench.plan.warming)
        self._base_bytes = self._server.resident_bytes()

    async def waves(self) -> None:
        """Measure every wave of the plan."""
        for wave in self._bench.plan.waves:
            await self._measure(wave)

    async def _measure(self, wave: Wave) -> None:
        scripts = await self._scripts(wave)
        server_ms, database_ms = self._server.cpu_ms(), self._database.cpu_ms()
        load = await self._run(scripts, wave.in_flight)
        server_ms, database_ms = self._server.cpu_ms() - server_ms, self._database.cpu_ms() - database_ms
        name = f"{wave.in_flight:,} in flight"
        self._add(f"{name}: turns", load.turns_per_second, "/s")
        gate = TURN_CPU_MS if wave.gated else None
        self._add(f"{name}: server CPU a turn", server_ms / load.turns, "ms", gate=gate)
        if self._database.process:
            self._add(f"{name}: {self._database.name} CPU a turn", database_ms / load.turns, "ms")
        for share in (0.5, 0.95, 0.99):
            self._add(f"{name}: POST to answer p{100 * share:g}", load.percentile_ms(share), "ms")

    async def memory(self) -> None:
        """Open and answer conversations up to the plan's number, and read what memory they all take."""
        missing = self._bench.plan.open_conversations - self._contacts.opened
        before_ms = self._server.cpu_ms()
        if missing > 0:
            scripts = await self._scripts(Wave(100, missing, 1))
            opened_ms = self._server.cpu_ms() - before_ms
            self._add("server CPU to open a conversation", opened_ms / missing, "ms")
            await self._run(scripts, 100)
        gate = MEMORY_MB if missing > 0 else None
        self._add("memory before", self._base_bytes / _MEGABYTE, "MB")
        name = f"memory with {self._contacts.opened:,} open conversations"
        self._add(name, self._server.resident_bytes() / _MEGABYTE, "MB", gate=gate)

    async def outcomes(self) -> None:
        """See by the server's own count that every turn was one, and note how they ended."""
        counted: dict[str, int] = {}
        for family in text_string_to_metric_families(await self._contacts.metrics()):
            for sample in family.samples:
                if sample.name == "fondaco_turns_total":
                    kind = sample.labels["outcome"]
                    counted[kind] = counted.get(kind, 0) + int(sample.value)
        if sum(counted.values()) != self._turns:
            raise BenchFailed(f"{self._turns} answers arrived, but the server counts {counted}.")
        ended = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counted.items()))
        note = f"{self._database.name}: {self._turns:,} turns ended as {ended}"
        silent = f"; {self._ended_by_handoff:,} messages after a handoff wait for a person"
        self._found.notes.append(f"{note}{silent if self._ended_by_handoff else ''}.")

    async def _talk(self, wave: Wave) -> Load:
        return await self._run(await self._scripts(wave), wave.in_flight)

    async def _scripts(self, wave: Wave) -> list[tuple[str, Sequence[str]]]:
        opened_ones = await self._contacts.open(CONNECTION, wave.conversations)
        asked: Iterator[Sequence[str]] = self._bench.questions.scripts(self._chance, wave.turns)
        return list(zip(opened_ones, islice(asked, wave.conversations), strict=True))

    async def _run(self, scripts: Sequence[tuple[str, Sequence[str]]], in_flight: int) -> Load:
        load = await self._contacts.talk(scripts, in_flight)
        self._turns += load.turns
        self._ended_by_handoff += load.ended_by_handoff
        return load

    def _add(self, name: str, value: float, unit: str, gate: float | None = None) -> None:
        wanted = None if gate is None else at_most(gate)
        self._found.figures.append(
            Figure(name=f"{self._database.name}, {name}", value=value, unit=unit, gate=wanted)
        )


async def _storage_alone(bench: Bench, database: Database, found: Found) -> None:
    """Write the same turns once more without anything around the storage, several times over.

    One replay is a second of work, and a core that is shared with others moves that by a quarter.
    """
    replays = sorted(
        [await _replayed(bench, database, number) for number in range(bench.plan.replays)],
        key=lambda one: one.cpu_ms,
    )
    middle = replays[len(replays) // 2]
    name = f"{database.name}, storage alone, 100 in flight"
    found.figures.append(
        Figure(
            name=f"{name}: CPU a turn",
            value=middle.cpu_ms / middle.turns,
            unit="ms",
            gate=at_most(STORAGE_CPU_MS),
        )
    )
    if database.process:
        value = middle.database_cpu_ms / middle.turns
        found.figures.append(Figure(name=f"{name}: {database.name} CPU a turn", value=value, unit="ms"))
    least, most = (one.cpu_ms / one.turns for one in (replays[0], replays[-1]))
    found.notes.append(f"{name}: median of {len(replays)} replays, {least:.3f} to {most:.3f} ms.")


async def _replayed(bench: Bench, database: Database, number: int) -> Replayed:
    log = bench.folder / f"{database.name}-storage-{number}.log"
    server = [str(database.process.pid)] if database.process else []
    sizes = [str(bench.plan.replayed), "100"]
    command = [PYTHON, "-m", "fondaco.lab.turn_storage", database.url, *sizes, *server]
    async with started(command, log) as replaying:
        await replaying.ended()
    try:
        return msgspec.json.decode(log.read_bytes(), type=Replayed)
    except msgspec.DecodeError:
        raise BenchFailed(f"The storage alone failed on {database.name}: {last_words(log)}") from None
