"""Whole turns that a model answers: the product on SQLite with everything it does, a server of its own.

A message comes in over HTTP, is stored, searched for and routed; a model is asked over HTTP and paid for; its
answer is judged, written, and delivered to the shop's address with a signature.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

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
    """What the product came to."""

    ready_seconds: float
    waves: tuple[Turns, ...]
    asked: int  #: answers of the model that the product counts


@dataclass(frozen=True, slots=True)
class Product:
    """The product, and how it is measured."""

    bench: Bench
    base_url: str  #: of the model

    async def measured(self, waves: Mapping[int, int]) -> Found:
        """Let so many contacts at once have so many turns.  Raises BenchFailed."""
        bench, address = self.bench, ShopAddress(self.bench.clock)
        database = Database("SQLite", f"sqlite:///{bench.folder / 'turns.db'}")
        log = bench.folder / "turns-server.log"
        port, shop_port = free_port(), free_port()
        await prepare(bench, database, f"http://127.0.0.1:{shop_port}/")
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(listening(address, shop_port, bench.clock))
            began_ms = bench.clock.monotonic_ms()
            server = await stack.enter_async_context(self._server(database, port, log))
            url = f"http://127.0.0.1:{port}"
            await answers(bench.client, f"{url}/v1/health", bench.clock, log)
            ready_ms = bench.clock.monotonic_ms() - began_ms
            contacts = Contacts(bench.client, address, url, KEY, bench.clock)
            try:
                await _talk(contacts, 1, 1)
                await _talk(contacts, 16, _WARMING)
                found = [await _measured(contacts, server, *wave) for wave in waves.items()]
                asked = await _asked(contacts)
            except BenchFailed as failed:
                raise BenchFailed(f"{failed} The server's last words:\n{last_words(log)}") from failed
        if asked != 1 + _WARMING + sum(waves.values()):
            raise BenchFailed(f"The model answered {asked} times, which is not once for each turn.")
        return Found(ready_seconds=ready_ms / 1_000, waves=tuple(found), asked=asked)

    @asynccontextmanager
    async def _server(self, database: Database, port: int, log: Path) -> AsyncIterator[Watched]:
        config = self.bench.folder / "turns.toml"
        config.write_text(settings_text(database.url, port, self.base_url), encoding="utf-8")
        async with started([*self.bench.serve, "serve", "--config", str(config)], log) as server:
            yield server


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


async def _asked(contacts: Contacts) -> int:
    """Return how often a model has answered, by the server's own count."""
    return sum(
        int(sample.value)
        for family in text_string_to_metric_families(await contacts.metrics())
        for sample in family.samples
        if sample.name == "fondaco_model_attempts_total" and sample.labels["ended_as"] == "answered"
    )
