"""``python -m fondaco.lab.transports_client WIRE PART PORTS``: one part of the comparison.

It needs nothing but the standard library, uvloop and the library that it measures, so that it can run in an
interpreter that knows fondaco only by its path.  It prints its result as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from fondaco.kit.chance import Chance, SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.lab.transports_faults import FAULTS, Fault
from fondaco.lab.transports_wires import KEEP_ALIVE_SECONDS, Wire, post, wire_of

SEED = 7
DEADLINE_SECONDS = 2.0
GRACE_SECONDS = 0.5  #: what an error may come later than the deadline on a machine that does other work too
REQUEST = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"' + b"x" * 1_900 + b'"}]}'

_POSTS = {1: 1_000, 100: 5_000, 1_000: 10_000}
_STREAMS = {1: 4, 100: 600, 1_000: 3_000}
_CANCELLED = 10_000
_AT_ONCE = 250
_LONGEST_WAIT_SECONDS = 0.03
_NEVER_ANSWERED = {"stall": "before the head", "stall-in-body": "in the body", "open": "in a stream"}
CONNECT_SECONDS = 1.0
_CROWDED_SECONDS = 30.0  # a thousand connections at once take a busy machine more than a second
_IDLE_SECONDS = KEEP_ALIVE_SECONDS + 2.0
_CLOCK = SystemClock()

Found = dict[str, object]
_Tasks = set[asyncio.Task[int]]


class Bench:
    """What every part needs: the wire under test and the server's ports."""

    def __init__(self, wire: Wire, ports: dict[str, int]) -> None:
        self.wire = wire
        self.ports = ports

    def url(self, path: str) -> str:
        """Return the address of a script of the plain server."""
        return f"http://127.0.0.1:{self.ports['plain']}/{path}"

    async def counts(self) -> dict[str, int]:
        """Return what the server has counted, asked over a connection that it does not count."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports["plain"])
        writer.write(b"GET /counts HTTP/1.1\r\nHost: server\r\n\r\n")
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        await writer.wait_closed()
        told = json.loads(body)
        return {
            "open": told["open"],
            "flooded": told["flooded_bytes"],
            "requests": sum(told["requests"].values()),
        }


async def costs(bench: Bench) -> list[Found]:
    """Measure wall time and CPU of this process a POST, answered whole and streamed."""
    found = []
    for path, totals in (("answer", _POSTS), ("stream", _STREAMS)):
        for in_flight, total in totals.items():
            await _many(bench, path, in_flight, in_flight)  # connections, code paths, caches
            began, began_cpu = perf_counter(), process_time()
            await _many(bench, path, in_flight, total)
            cpu_ms, wall_ms = 1000 * (process_time() - began_cpu), 1000 * (perf_counter() - began)
            found.append(
                {
                    "path": path,
                    "in_flight": in_flight,
                    "cpu_ms": cpu_ms / total,
                    "wall_ms": wall_ms * in_flight / total,
                    "per_second": 1000 * total / wall_ms,
                }
            )
    return found


async def _many(bench: Bench, path: str, in_flight: int, total: int) -> None:
    left = iter(range(total))
    await asyncio.gather(*(_one_by_one(bench, path, left) for _ in range(in_flight)))


async def _one_by_one(bench: Bench, path: str, left: Iterator[int]) -> None:
    for _ in left:
        await post(bench.wire, bench.url(path), REQUEST)


async def memory(bench: Bench) -> list[Found]:
    """Measure what a thousand open streams hold, after their first event and before their second."""
    await _hold(bench, 50)
    before = _resident_bytes()
    after = await _hold(bench, 1_000)
    return [{"bytes_per_stream": (after - before) / 1_000}]


async def _hold(bench: Bench, count: int) -> int:
    """Return the resident size while ``count`` streams are open."""
    begun = [asyncio.Event() for _ in range(count)]
    tasks = [asyncio.create_task(_open(bench, event)) for event in begun]
    await asyncio.gather(*(event.wait() for event in begun))
    await _CLOCK.sleep(0.2)
    resident = _resident_bytes()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return resident


async def _open(bench: Bench, begun: asyncio.Event) -> None:
    async with bench.wire.stream(bench.url("open"), REQUEST) as pieces:
        async for _ in pieces:
            begun.set()


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def faults(bench: Bench) -> list[Found]:
    """Meet every fault of the catalogue once, with a deadline."""
    found = [await _meet(bench, fault) for fault in FAULTS if fault.port in bench.ports]
    return [*found, *[await _reuse(bench, late_seconds) for late_seconds in (0.0, 0.2)]]


async def _meet(bench: Bench, fault: Fault) -> Found:
    url = f"{fault.scheme}://{fault.host}:{bench.ports[fault.port]}/{fault.path or 'answer'}"
    return await _told(bench, fault.name, fault.truth.value, url)


async def _told(bench: Bench, name: str, truth: str, url: str) -> Found:
    """POST once, and return what the library says of it and how often the server has seen it."""
    before, began, seen = await bench.counts(), perf_counter(), "answered"
    task = asyncio.create_task(_in_time(bench, url))
    await asyncio.wait([task])
    raised = task.exception()  # whatever the library raises is what is asked for
    if isinstance(raised, Exception):
        seen = "not sent" if bench.wire.not_sent(raised) else "may have been processed"
    seconds = perf_counter() - began
    after = await bench.counts()
    return {
        "name": name,
        "truth": truth,
        "seen": seen,
        "error": type(raised).__name__ if raised else "none",
        "seconds": seconds,
        "requests": after["requests"] - before["requests"],
        "flooded": after["flooded"] - before["flooded"],
    }


async def _in_time(bench: Bench, url: str) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        await post(bench.wire, url, REQUEST)


async def _reuse(bench: Bench, late_seconds: float) -> Found:
    """POST on a kept connection that the server closes: unannounced at the request, or shortly before it."""
    path, truth = ("answer-then-drop", "may have been processed")
    if late_seconds:
        path, truth = "answer-then-close", "answered"
    await post(bench.wire, bench.url(path), REQUEST)
    await _CLOCK.sleep(late_seconds)
    name = "kept connection closed before reuse" if late_seconds else "kept connection closed at reuse"
    return await _told(bench, name, truth, bench.url("answer"))


async def cancellations(bench: Bench) -> list[Found]:
    """Cancel in every phase, twice over, and ten thousand times; then count what is left open."""
    cases = [(path, times) for path in _NEVER_ANSWERED for times in (1, 3)]
    return [*[await _cancelled(bench, path, times) for path, times in cases], await _ten_thousand(bench)]


async def _ten_thousand(bench: Bench) -> Found:
    chance, began, hung, swallowed = SeededChance(SEED), perf_counter(), 0, 0
    for _ in range(_CANCELLED // _AT_ONCE):
        waiting, done = await _burst(bench, chance)
        hung += len(waiting)
        swallowed += sum(not task.cancelled() for task in done)
    seconds = perf_counter() - began
    found: Found = {
        "name": f"{_CANCELLED:,} cancelled",
        "seconds": seconds,
        "hung": hung,
        "swallowed": swallowed,
    }
    return found | await _left_open(bench)


async def _cancelled(bench: Bench, path: str, times: int) -> Found:
    """Cancel one POST ``times`` times, the later ones while it is cleaning up."""
    task = asyncio.create_task(post(bench.wire, bench.url(path), REQUEST))
    await _CLOCK.sleep(0.1)
    began = perf_counter()
    for _ in range(times):
        task.cancel()
        await _CLOCK.sleep(0)
    done, _ = await asyncio.wait([task], timeout=DEADLINE_SECONDS)
    return {
        "name": f"cancelled {times}x {_NEVER_ANSWERED[path]}",
        "seconds": perf_counter() - began,
        "hung": int(not done),
        "swallowed": int(bool(done) and not task.cancelled()),
    } | (await _left_open(bench))


async def _burst(bench: Bench, chance: Chance) -> tuple[_Tasks, _Tasks]:
    """Cancel many POSTs, half of them twice; return those that go on, and those that ended."""
    tasks = [
        asyncio.create_task(
            post(bench.wire, bench.url(list(_NEVER_ANSWERED)[int(3 * chance.fraction())]), REQUEST)
        )
        for _ in range(_AT_ONCE)
    ]
    await asyncio.gather(*(_cancel_at(task, chance) for task in tasks))
    done, waiting = await asyncio.wait(tasks, timeout=DEADLINE_SECONDS)
    return waiting, done


async def _cancel_at(task: asyncio.Task[int], chance: Chance) -> None:
    await _CLOCK.sleep(chance.fraction() * _LONGEST_WAIT_SECONDS)
    twice = chance.fraction() < 0.5
    task.cancel()
    if twice:
        await _CLOCK.sleep(0)
        task.cancel()


async def _left_open(bench: Bench) -> Found:
    """Return the sockets that are left here and at the server, and whether the wire still works.

    An idle connection of the pool is nothing forgotten, so it gets the time that a pool keeps it.
    """
    until = perf_counter() + _IDLE_SECONDS
    await _CLOCK.sleep(0.1)
    while (_internet_sockets() or (await bench.counts())["open"]) and perf_counter() < until:
        await _CLOCK.sleep(0.1)
    left: Found = {"sockets_here": _internet_sockets(), "sockets_there": (await bench.counts())["open"]}
    async with asyncio.timeout(10):
        works = await asyncio.gather(
            *(post(bench.wire, bench.url("answer-then-close"), REQUEST) for _ in range(20))
        )
    await _CLOCK.sleep(0.3)  # the server closes these, and the next part must not meet that
    return left | {"works": len(works) == 20}


def _internet_sockets() -> int:
    """Return how many TCP connections of this process to the server are open, whatever their state."""
    inodes = {line.split()[9] for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]}
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += str(entry.readlink()).removeprefix("socket:[").removesuffix("]") in inodes
        except FileNotFoundError:
            continue  # the listing itself
    return found


async def leaving(bench: Bench) -> list[Found]:
    """Cancel a few POSTs and say nothing: what matters is how the process ends afterwards."""
    tasks = [asyncio.create_task(post(bench.wire, bench.url("stall"), REQUEST)) for _ in range(20)]
    await _CLOCK.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=DEADLINE_SECONDS)
    return []


PARTS: dict[str, Callable[[Bench], Awaitable[list[Found]]]] = {
    "costs": costs,
    "memory": memory,
    "faults": faults,
    "cancellations": cancellations,
    "leaving": leaving,
}


async def _run(wire_name: str, part: str, ports: dict[str, int]) -> list[Found]:
    wire = wire_of(wire_name, CONNECT_SECONDS if part == "faults" else _CROWDED_SECONDS)
    found = await PARTS[part](Bench(wire, ports))
    await wire.close()
    return found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_run(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))), flush=True)
