"""``python -m fondaco.lab.llm``: what asking a model costs with fondaco, and with the libraries for it.

A simulated provider in a process of its own gives every library the same answer to the same prompt.  Each
library runs in a process of its own, one after the other at each load, so that they share the machine's
moods.  The others come from an environment that ``make bench-llm`` sets up; without it, fondaco is measured
alone.  Everything stays on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import uvloop

from fondaco.domain.errors import FondacoError
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab import turn_measure
from fondaco.lab.gates import Figure, Report, exit_code, render_table, report, to_json
from fondaco.lab.llm_peers import LIBRARIES, PEERS
from fondaco.lab.llm_report import (
    OWN,
    RAW,
    SEARCHING,
    Cost,
    Held,
    ServerTurns,
    call_figures,
    start_figures,
    turn_figures,
)
from fondaco.lab.llm_turns import Peer, Product, measured
from fondaco.lab.llm_work import ANSWER, EVENT_MS, EVENTS, LANES, MODEL_MS, SEED, TOKENS_AN_EVENT
from fondaco.lab.turn import SERVE, core_seconds
from fondaco.lab.turn_measure import Bench
from fondaco.lab.turn_processes import PYTHON, BenchFailed, Watched, demand_proc, last_words, started
from fondaco.lab.turn_shop import Questions, bench_articles
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.running import Setup
from fondaco.testing.provider.script import Rule

PEER = Path("var/peers/bin/python")
_SOURCES = Path(__file__).parents[2]
_PART_SECONDS = 400.0
_START_SECONDS = 30.0
_NO_FAULTS = Plan()
_STALL = FaultRule(fault=Fault.STALL_MIDDLE, at=0.3, seconds=600.0)  # for streams that stay open
_IMPORTS = 5
_TURN_PEERS = ("LangGraph", "openai-agents")
_IMPORTING = "from time import perf_counter as now; began = now(); import fondaco; print(now() - began)"
_WHAT = (
    f"A call: a prompt of 2 kB; the model answers after {MODEL_MS:g} ms with {len(ANSWER)} characters.",
    f"Streamed: the same answer in {EVENTS} events {EVENT_MS:g} ms apart.",
    "CPU: of the whole asking process, its threads included, less what it takes idle.",
    "Added: the time until the whole answer, less the time that the model takes by itself.",
    "In flight: each caller asks again as soon as it is answered, so that many wait for each other.",
    "raw HTTP client: fondaco's own with a JSON decoder, without breaker, limiter, purse and ledger.",
    "A turn: a POST, the conversation kept on SQLite, the call, a signed delivery to the shop's address.",
    "fondaco authorises, routes, pays and judges besides; the others are served by a bare ASGI app.",
    "The gates were set on a core that adds ten million numbers in 0.5 s.",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    seconds: float  #: of each load with each library, at least
    own_calls: int  #: of ours at least
    turns: Mapping[int, int]  #: by how many are in flight
    peer_turns: Mapping[int, int]


_FULL = Size(3.0, 3_000, {100: 2_000, 1_000: 3_000}, {100: 500, 1_000: 1_000})
_QUICK = Size(1.0, 1_000, {100: 300, 1_000: 1_000}, {100: 100, 1_000: 1_000})


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulated provider under way."""

    process: Watched
    base_url: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that both halves of the comparison need."""

    size: Size
    peer: Path | None  #: None: there is nothing to compare with
    folder: Path
    clock: SystemClock

    async def calls(self) -> list[Figure]:
        """Measure single calls."""
        wires = (RAW, OWN, *(PEERS if self.peer else ()))
        costs: list[Cost] = []
        for stream in (False, True):
            async with self._simulator(EVENT_MS if stream else 0.0) as simulator:
                for in_flight in LANES:
                    costs += [await self._cost(simulator, wire, in_flight, stream=stream) for wire in wires]
        async with self._simulator(EVENT_MS, Plan(rules=(_STALL,))) as simulator:
            held = [await self._held(simulator, wire) for wire in wires]
        return call_figures(costs, held)

    async def turns(self) -> list[ServerTurns]:
        """Measure whole turns: fondaco's first, by itself and with articles to search, then the others'."""
        async with self._simulator(0.0) as simulator, HttpClient(connections=200) as client:
            bare = self._bench(client)
            stocked = replace(bare, articles=bench_articles(self.clock, SeededChance(SEED)))
            own = ((OWN, bare, "fondaco"), (SEARCHING, stocked, "fondaco-with-articles"))
            found = [
                ServerTurns(
                    wire=wire,
                    found=await measured(
                        bench, Product(bench, simulator.base_url, name), self.size.turns, name
                    ),
                )
                for wire, bench, name in own
            ]
            for wire in _TURN_PEERS if self.peer else ():
                peer = Peer(wire, str(self.peer), simulator.base_url, _ENVIRON)
                found.append(
                    ServerTurns(wire=wire, found=await measured(bare, peer, self.size.peer_turns, wire))
                )
        return found

    def _bench(self, client: HttpClient) -> Bench:
        return Bench(
            plan=turn_measure.Plan(waves=(), open_conversations=0, replayed=0),
            articles=(),
            questions=Questions({}),
            seed=SEED,
            clock=self.clock,
            client=client,
            folder=self.folder,
            serve=SERVE,
        )

    async def _cost(self, simulator: Simulator, wire: str, in_flight: int, *, stream: bool) -> Cost:
        plan = {
            "base_url": simulator.base_url,
            "stream": stream,
            "in_flight": in_flight,
            "seconds": self.size.seconds,
            "least": self.size.own_calls if wire in {RAW, OWN} and in_flight > 1 else 1,
        }
        before_ms = simulator.process.cpu_ms()
        found = await self._part("llm_client", [wire, "costs"], plan, own=wire in {RAW, OWN})
        simulator_ms = (simulator.process.cpu_ms() - before_ms) / found["asked"]
        about = {"wire": wire, "stream": stream, "in_flight": in_flight, "simulator_ms": simulator_ms}
        return msgspec.convert(found | about, Cost)

    async def _held(self, simulator: Simulator, wire: str) -> Held:
        plan = {"base_url": simulator.base_url}
        found = await self._part("llm_client", [wire, "memory"], plan, own=wire in {RAW, OWN})
        return msgspec.convert(found | {"wire": wire}, Held)

    async def _part(
        self, module: str, arguments: Sequence[str], plan: Mapping[str, object], *, own: bool
    ) -> dict[str, int | float]:
        """Run a part in a process of its own and return what it found.  Raises BenchFailed."""
        python = PYTHON if own or self.peer is None else str(self.peer)
        command = [python, "-m", f"fondaco.lab.{module}", *arguments, msgspec.json.encode(plan).decode()]
        log = self.folder / "part.log"
        log.unlink(missing_ok=True)
        try:
            async with asyncio.timeout(_PART_SECONDS), started(command, log, _ENVIRON) as part:
                await part.ended()
        except TimeoutError:
            raise BenchFailed(f"{' '.join(arguments)} did not end within {_PART_SECONDS:g} s.") from None
        try:  # whatever a library prints comes before
            return msgspec.json.decode(
                last_words(log).strip().rpartition("\n")[2], type=dict[str, int | float]
            )
        except msgspec.DecodeError:
            raise BenchFailed(f"{' '.join(arguments)} failed: {last_words(log)}") from None

    @asynccontextmanager
    async def _simulator(self, event_ms: float, plan: Plan = _NO_FAULTS) -> AsyncIterator[Simulator]:
        """Run a provider whose events are so far apart; 0: they come together, and a plain answer in time."""
        first, token_ms = Spread(p50_ms=MODEL_MS, p99_ms=MODEL_MS), event_ms / TOKENS_AN_EVENT
        latency = Latency(first_token=first, per_token=Spread(p50_ms=token_ms, p99_ms=token_ms))
        options = SimulatorOptions(latency=latency, journal_entries=1_000)
        setup = Setup(seed=SEED, options=options, rules=(Rule(text=ANSWER),), plan=plan)
        log = self.folder / "simulator.log"
        log.unlink(missing_ok=True)
        command = [PYTHON, "-m", "fondaco.testing.provider", msgspec.json.encode(setup).decode()]
        async with started(command, log) as process:
            until_ms = self.clock.monotonic_ms() + 1_000 * _START_SECONDS
            while not (said := last_words(log)).endswith("\n"):
                if self.clock.monotonic_ms() > until_ms:
                    raise BenchFailed(f"The simulated provider did not start: {said}")
                await self.clock.sleep(0.02)
            yield Simulator(process, f"{said.strip()}/v1")


_ENVIRON = {"PYTHONPATH": str(_SOURCES)}


def run(*, as_json: bool = False, gates_on: bool = True, quick: bool = False, peer: Path = PEER) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count, or nothing could be measured."""
    try:
        demand_proc()
        with tempfile.TemporaryDirectory(prefix="fondaco-llm-") as folder:
            found = uvloop.run(_measured(Path(folder), peer, _QUICK if quick else _FULL))
    except FondacoError as failed:
        print(failed, file=sys.stderr)
        return 1
    print(to_json(found) if as_json else render_table(found))
    return exit_code(found, gates_on=gates_on)


async def _measured(folder: Path, peer: Path, size: Size) -> Report:
    versions = _versions(peer)
    comparison = Comparison(size, peer if versions else None, folder, SystemClock())
    core = "this core: CPU of ten million additions"
    figures = [Figure(name=f"{core}, at the start", value=core_seconds(), unit="s")]
    imported = _import_seconds()
    figures += await comparison.calls()
    figures.append(Figure(name=f"{core}, between calls and turns", value=core_seconds(), unit="s"))
    turns = await comparison.turns()
    figures += [*turn_figures(turns), *start_figures(imported, turns[0].found.ready_seconds)]
    figures.append(Figure(name=f"{core}, at the end", value=core_seconds(), unit="s"))
    measured = f"Measured beside fondaco: {versions}." if versions else _ABSENT.format(peer)
    return report("What asking a model costs", figures, SEED, [measured, *_WHAT])


_ABSENT = "Other libraries: not measured, {} does not have them; make bench-llm sets them up."


def _versions(peer: Path) -> str:
    """Return the other libraries with their versions; empty where one of them is missing."""
    packages = [package for _, package in LIBRARIES.values()]
    asked = (
        f"from importlib.metadata import version; print(', '.join(p + ' ' + version(p) for p in {packages}))"
    )
    if not peer.exists():
        return ""
    done = subprocess.run([str(peer), "-c", asked], capture_output=True, text=True, check=False)  # noqa: S603 - an interpreter that the operator named
    return done.stdout.strip() if done.returncode == 0 else ""


def _import_seconds() -> float:
    """Return how long it takes to import fondaco, the quickest of some times."""
    command = [PYTHON, "-c", _IMPORTING]
    environ = os.environ | _ENVIRON
    return min(
        float(subprocess.run(command, env=environ, capture_output=True, check=True).stdout)  # noqa: S603 - our own interpreter
        for _ in range(_IMPORTS)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command of its own."""
    parser = argparse.ArgumentParser(prog="python -m fondaco.lab.llm", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever the figures")
    parser.add_argument("--quick", action="store_true", help="measure little, in a few minutes")
    parser.add_argument(
        "--peer", type=Path, default=PEER, help="the interpreter that has the other libraries"
    )
    parsed = parser.parse_args(arguments)
    return run(as_json=parsed.json, gates_on=not parsed.no_gate, quick=parsed.quick, peer=parsed.peer)


if __name__ == "__main__":
    sys.exit(main())
