"""``python -m fondaco.lab.llm_client WIRE PART PLAN``: one library, measured in a process of its own.

It needs nothing but the standard library, uvloop and the library, so that it can run in an interpreter
that knows fondaco only by its path.  It prints its result as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from fondaco.kit.clock import SystemClock
from fondaco.kit.garbage import collect_rarely
from fondaco.lab.llm_peers import PEERS, keep_quiet
from fondaco.lab.llm_work import ANSWER, OPEN_STREAMS, Asks

Found = dict[str, object]
_CLOCK = SystemClock()
_IDLE_SECONDS = 0.5
_BEGIN_SECONDS = 20.0  # for a crowd of streams to begin, and to end
_WARMING = 0.4  # of the time that is measured


async def wire_of(name: str, base_url: str) -> Asks:
    """Return the library of this name, ready to ask, all with as much patience for garbage as the server."""
    collect_rarely()
    if name in PEERS:
        keep_quiet()
        return PEERS[name](base_url)
    from fondaco.lab.llm_own import Own, Raw  # noqa: PLC0415 - the peers' interpreter lacks what it needs

    return Raw(base_url) if name == "raw HTTP client" else await Own.open(base_url)


class Lane:
    """So many callers who ask again as soon as they are answered."""

    def __init__(self, wire: Asks, *, stream: bool) -> None:
        self._wire = wire
        self._stream = stream
        self.latencies_ms: list[float] = []

    async def run(self, in_flight: int, least: int, seconds: float) -> None:
        """Let everybody ask until the time is over and there are enough answers."""
        self.latencies_ms = []
        until = perf_counter() + seconds
        await asyncio.gather(*(self._caller(in_flight, least, until) for _ in range(in_flight)))

    async def _caller(self, in_flight: int, least: int, until: float) -> None:
        while True:
            began = perf_counter()
            text = await self._wire.ask(stream=self._stream, heard=_nothing)
            self.latencies_ms.append(1_000 * (perf_counter() - began))
            if text != ANSWER:
                raise AssertionError(f"another answer was given: {text!r}")
            enough = len(self.latencies_ms) + in_flight > least
            if enough and perf_counter() >= until:
                return


def _nothing() -> None:
    """Hear a piece of an answer."""


async def costs(wire: Asks, plan: Found) -> Found:
    """Measure CPU and latency of a call at one number in flight, answered whole or streamed."""
    in_flight, seconds = int(str(plan["in_flight"])), float(str(plan["seconds"]))
    lane = Lane(wire, stream=bool(plan["stream"]))
    idle_cpu = process_time()  # before any call: some libraries work on after the last one
    await _CLOCK.sleep(_IDLE_SECONDS)
    idle_share = (process_time() - idle_cpu) / _IDLE_SECONDS
    await lane.run(in_flight, in_flight, _WARMING * seconds)
    warming = len(lane.latencies_ms)
    gc.collect()
    began, began_cpu = perf_counter(), process_time()
    await lane.run(in_flight, max(in_flight, int(str(plan["least"]))), seconds)
    wall, cpu = perf_counter() - began, process_time() - began_cpu
    calls, ordered = len(lane.latencies_ms), sorted(lane.latencies_ms)
    return {
        "calls": calls,
        "asked": warming + calls,
        "cpu_ms": 1_000 * (cpu - idle_share * wall) / calls,
        "p50_ms": ordered[calls // 2],
        "p99_ms": ordered[min(calls - 1, int(0.99 * calls))],
        "per_second": calls / wall,
    }


async def memory(wire: Asks, _plan: Found) -> Found:
    """Measure what open streams hold, after their first piece and before their second."""
    await _hold(wire, 20)
    gc.collect()
    before = resident_bytes()
    held, begun = await _hold(wire, OPEN_STREAMS)
    return {"bytes_per_stream": (held - before) / max(1, begun), "begun": begun}


async def _hold(wire: Asks, count: int) -> tuple[int, int]:
    """Return the resident size while ``count`` streams are open, and how many of them have begun.

    Some libraries open only so many connections to one host, so the others are not waited for.
    """
    begun = [asyncio.Event() for _ in range(count)]
    tasks = [asyncio.create_task(wire.ask(stream=True, heard=event.set)) for event in begun]
    waiting = [asyncio.create_task(event.wait()) for event in begun]
    await asyncio.wait(waiting, timeout=_BEGIN_SECONDS)
    gc.collect()
    resident = resident_bytes()
    for task in (*tasks, *waiting):
        task.cancel()
    await asyncio.wait((*tasks, *waiting), timeout=_BEGIN_SECONDS)
    return resident, sum(event.is_set() for event in begun)


def resident_bytes() -> int:
    """Return the memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


PARTS: dict[str, Callable[[Asks, Found], Awaitable[Found]]] = {"costs": costs, "memory": memory}


async def _run(name: str, part: str, plan: Found) -> None:
    wire = await wire_of(name, str(plan["base_url"]))
    found = await PARTS[part](wire, plan)
    print(json.dumps(found), flush=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(_BEGIN_SECONDS):
            await wire.close()
    # Everything is said; a library that cannot let go of its connections holds nobody up.
    os._exit(0)


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
