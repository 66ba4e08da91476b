"""What the comparison found, as figures; only fondaco's own have gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.lab.gates import Figure, Gate, at_least, at_most
from fondaco.lab.llm_turns import Found, Turns
from fondaco.lab.llm_work import EVENT_MS, EVENTS, LANES, MODEL_MS

OWN, RAW = "fondaco", "raw HTTP client"
SEARCHING = "fondaco, 990 phrasings searched"  #: which no other library does by itself
MOST = max(LANES)
CALL_CPU_MS, CALL_TIMES, ADDED_PERCENT = 0.3, 20.0, 5.0
TURN_CPU_MS, TURN_TIMES = 1.5, 10.0
READY_SECONDS, IMPORT_SECONDS = 2.0, 0.15


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a call costs with one library, at one number in flight."""

    wire: str
    stream: bool
    in_flight: int
    calls: int
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    per_second: float
    simulator_ms: float  #: CPU of the simulated provider, a call

    @property
    def own_ms(self) -> float:
        """What the provider takes by itself."""
        return MODEL_MS + (EVENT_MS * (EVENTS - 1) if self.stream else 0.0)

    @property
    def added_p50_ms(self) -> float:
        return self.p50_ms - self.own_ms

    @property
    def added_p99_ms(self) -> float:
        return self.p99_ms - self.own_ms

    @property
    def simulator_share(self) -> float:
        """How much of a core the simulated provider used."""
        return self.simulator_ms * self.per_second / 1_000


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What an open stream holds with one library."""

    wire: str
    bytes_per_stream: float
    begun: int  #: streams that were open at once


class ServerTurns(msgspec.Struct, frozen=True, kw_only=True):
    """What turns cost with one server."""

    wire: str
    found: Found


def call_figures(costs: Sequence[Cost], held: Iterable[Held]) -> list[Figure]:
    """Return what calls cost, and how fondaco compares with the best of the others."""
    figures = [figure for cost in costs for figure in _of_call(cost)]
    figures += [
        Figure(
            name=f"{one.wire}, an open stream of {one.begun:,}", value=one.bytes_per_stream / 1_000, unit="kB"
        )
        for one in held
    ]
    figures += [figure for stream in (False, True) for figure in _compared(costs, stream=stream)]
    busiest = max((cost.simulator_share for cost in costs), default=0.0)
    return [
        *figures,
        Figure(name="simulated provider at its busiest", value=100 * busiest, unit="% of a core"),
    ]


def _of_call(cost: Cost) -> Iterable[Figure]:
    name = f"{cost.wire}, {_path(stream=cost.stream)}, {cost.in_flight:,} in flight"
    gate = at_most(CALL_CPU_MS) if cost.wire == OWN and cost.in_flight == MOST else None
    yield Figure(name=f"{name}: CPU a call", value=cost.cpu_ms, unit="ms", gate=gate)
    yield Figure(name=f"{name}: added p50", value=cost.added_p50_ms, unit="ms")
    yield Figure(name=f"{name}: added p99", value=cost.added_p99_ms, unit="ms")


def _compared(costs: Sequence[Cost], *, stream: bool) -> Iterable[Figure]:
    at_most_in_flight = [cost for cost in costs if cost.in_flight == MOST and cost.stream is stream]
    ours = [cost for cost in at_most_in_flight if cost.wire == OWN]
    theirs = [cost for cost in at_most_in_flight if cost.wire not in {OWN, RAW}]
    if not ours or not theirs:
        return
    own, name = ours[0], f"{_path(stream=stream)}, {MOST:,} in flight"
    best_cpu_ms = min(cost.cpu_ms for cost in theirs)
    best_added_ms = min(cost.added_p99_ms for cost in theirs)
    yield Figure(
        name=f"{name}: CPU of the best other library, in fondaco's",
        value=best_cpu_ms / own.cpu_ms,
        unit="times",
        gate=at_least(CALL_TIMES),
    )
    yield Figure(
        name=f"{name}: fondaco's added p99, of the best other library's",
        value=100 * own.added_p99_ms / best_added_ms,
        unit="%",
        gate=at_most(ADDED_PERCENT),
    )


def turn_figures(servers: Sequence[ServerTurns]) -> list[Figure]:
    """Return what whole turns cost, and how fondaco compares with the best of the others."""
    figures: list[Figure] = []
    for own in next(one.found.waves for one in servers if one.wire == OWN):
        beside = {
            one.wire: wave for one in servers for wave in one.found.waves if wave.in_flight == own.in_flight
        }
        for wire, wave in beside.items():
            figures += _of_turns(wire, wave, at_most(TURN_CPU_MS) if wire == OWN else None)
        theirs = [wave.cpu_ms for wire, wave in beside.items() if wire not in {OWN, SEARCHING}]
        if theirs:
            name = f"turns, {own.in_flight:,} in flight: CPU of the best other library, in fondaco's"
            value = min(theirs) / own.cpu_ms
            figures.append(Figure(name=name, value=value, unit="times", gate=at_least(TURN_TIMES)))
    return figures


def _of_turns(wire: str, found: Turns, gate: Gate | None) -> Iterable[Figure]:
    name = f"{wire}, turns, {found.in_flight:,} in flight"
    yield Figure(name=f"{name}: CPU a turn", value=found.cpu_ms, unit="ms", gate=gate)
    yield Figure(name=f"{name}: turns", value=found.per_second, unit="/s")
    yield Figure(name=f"{name}: p50", value=found.p50_ms, unit="ms")
    yield Figure(name=f"{name}: p99", value=found.p99_ms, unit="ms")
    yield Figure(name=f"{name}: memory", value=found.resident_bytes / 1e6, unit="MB")


def start_figures(import_seconds: float, ready_seconds: float) -> list[Figure]:
    """Return how long it takes until anything can be asked."""
    return [
        Figure(name="import fondaco", value=import_seconds, unit="s", gate=at_most(IMPORT_SECONDS)),
        Figure(
            name="fondaco serve with a model, start to ready",
            value=ready_seconds,
            unit="s",
            gate=at_most(READY_SECONDS),
        ),
    ]


def _path(*, stream: bool) -> str:
    return "streamed" if stream else "plain"
