"""Whole turns that a model answers, by servers on SQLite: fondaco's, and others with the same door.

A message comes in over HTTP and is stored; a model is asked over HTTP; its answer is written and delivered to
the shop's address with a signature.  fondaco routes, pays and judges besides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from fondaco.lab.llm_work import MODEL, QUESTION
from fondaco.lab.turn_load import Contacts, Load, ShopAddress, listening
from fondaco.lab.turn_measure import CONNECTION, KEY, Bench, Database, prepare
from fondaco.lab.turn_processes import BenchFailed, Watched, answers, free_port, last_words, started
from fondaco.lab.turn_shop import WORKSPACE_ID, tables

_WARMING = 100  #: conversations before anything is measured
_TARGET = "bench-model"


class Turns(msgspec.Struct, frozen=True, kw_only=True):
    """What turns cost at one number in flight."""

    in_flight: int
    turns: int
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    per_second: float
    resident_bytes: float


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a server came to."""

    ready_seconds: float
    waves: tuple[Turns, ...]


class Serving(Protocol):
    """A server that can be measured."""

    def served(self, port: int, shop_url: str, log: Path) -> AbstractAsyncContextManager[Watched]:
        """Serve while the block runs; answers go to the shop's address."""
        ...

    async def prove(self, contacts: Contacts, turns: int) -> None:
        """Raise BenchFailed where so many turns were not what was measured."""
        ...


@dataclass(frozen=True, slots=True)
class Product:
    """The product as it comes, with the articles of the measurement."""

    bench: Bench
    base_url: str  #: of the model
    name: str  #: of its files

    @asynccontextmanager
    async def served(self, port: int, shop_url: str, log: Path) -> AsyncIterator[Watched]:
        """Set up what an operator would, and serve."""
        database = Database("SQLite", f"sqlite:///{self.bench.folder / f'{self.name}.db'}")
        await prepare(self.bench, database, shop_url)
        config = self.bench.folder / f"{self.name}.toml"
        config.write_text(settings_text(database.url, port, self.base_url), encoding="utf-8")
        async with started([*self.bench.serve, "serve", "--config", str(config)], log) as server:
            yield server

    async def prove(self, contacts: Contacts, turns: int) -> None:
        """Compare with how often a model has answered, by the server's own count."""
        asked = sum(
            int(sample.value)
            for family in text_string_to_metric_families(await contacts.metrics())
            for sample in family.samples
            if sample.name == "fondaco_model_attempts_total" and sample.labels["ended_as"] == "answered"
        )
        if asked != turns:
            raise BenchFailed(
                f"The model answered {asked} times, which is not once for each of {turns} turns."
            )


@dataclass(frozen=True, slots=True)
class Peer:
    """Another library behind the same door."""

    wire: str
    python: str  #: the interpreter that has it
    base_url: str
    environ: Mapping[str, str]

    @asynccontextmanager
    async def served(self, port: int, shop_url: str, log: Path) -> AsyncIterator[Watched]:
        """Serve as ``llm_turn_peers`` does."""
        plan = msgspec.json.encode({"base_url": self.base_url, "port": port, "shop_url": shop_url}).decode()
        command = [self.python, "-m", "fondaco.lab.llm_turn_peers", self.wire, plan]
        async with started(command, log, self.environ) as server:
            yield server

    async def prove(self, contacts: Contacts, turns: int) -> None:
        """It delivers nothing but the model's very words."""


async def measured(bench: Bench, serving: Serving, waves: Mapping[int, int], name: str) -> Found:
    """Let so many contacts at once have so many turns; ``name`` is the log's.  Raises BenchFailed."""
    address, log = ShopAddress(bench.clock), bench.folder / f"{name}.log"
    port, shop_port = free_port(), free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listening(address, shop_port, bench.clock))
        server = await stack.enter_async_context(serving.served(port, f"http://127.0.0.1:{shop_port}/", log))
        began_ms = bench.clock.monotonic_ms()
        url = f"http://127.0.0.1:{port}"
        await answers(bench.client, f"{url}/v1/health", bench.clock, log)
        ready_ms = bench.clock.monotonic_ms() - began_ms
        contacts = Contacts(bench.client, address, url, KEY, bench.clock)
        try:
            await _talk(contacts, 1, 1)
            await _talk(contacts, 16, _WARMING)
            found = [await _measured(contacts, server, *wave) for wave in waves.items()]
            await serving.prove(contacts, 1 + _WARMING + sum(waves.values()))
        except BenchFailed as failed:
            raise BenchFailed(f"{name}: {failed} The server's last words:\n{last_words(log)}") from failed
    return Found(ready_seconds=ready_ms / 1_000, waves=tuple(found))


def settings_text(storage_url: str, port: int, base_url: str) -> str:
    """Return the settings: as they come, but for limits and waits that would only keep contacts waiting."""
    own: dict[str, dict[str, object]] = {
        "workspace": {"id": WORKSPACE_ID, "name": "Bench"},
        "server": {"port": port},
        "storage": {"url": storage_url},
        "inbox": {"burst_ms": 0, "turns_in_flight": 1_000},
        "limits.key": {"per_minute": 1e9, "burst": 1_000_000},
        "[llm.providers]": {"name": "bench", "kind": "holysheep", "base_url": base_url},
        "[llm.models]": {"name": _TARGET, "provider": "bench", "model": MODEL},
        "[llm.budgets]": {"limit": "1000000"},
        "llm.chains": {"cheap": [_TARGET]},
        "llm.deadlines": {"first_token_seconds": 300.0, "answer_seconds": 300.0},
    }
    return "\n".join(tables(own))


async def _measured(contacts: Contacts, server: Watched, in_flight: int, turns: int) -> Turns:
    opened = await contacts.open(CONNECTION, turns)
    before_ms = server.cpu_ms()
    load = await contacts.talk([(name, (QUESTION,)) for name in opened], in_flight)
    spent_ms = server.cpu_ms() - before_ms
    _demand_all(load, turns)
    return Turns(
        in_flight=in_flight,
        turns=turns,
        cpu_ms=spent_ms / turns,
        p50_ms=load.percentile_ms(0.5),
        p99_ms=load.percentile_ms(0.99),
        per_second=load.turns_per_second,
        resident_bytes=server.resident_bytes(),
    )


async def _talk(contacts: Contacts, in_flight: int, turns: int) -> None:
    opened = await contacts.open(CONNECTION, turns)
    _demand_all(await contacts.talk([(name, (QUESTION,)) for name in opened], in_flight), turns)


def _demand_all(load: Load, turns: int) -> None:
    if load.turns != turns:
        raise BenchFailed(f"{turns - load.turns} of {turns} turns ended with a person.")
