"""Processes of their own: started, watched through ``/proc``, and stopped whatever happens."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fondaco.domain.errors import FondacoError
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.kit.processes import stop

PYTHON = sys.executable

_PROC = Path("/proc")
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_LOOK_SECONDS = 0.01


class BenchFailed(FondacoError):
    """A measurement could not be finished; what was measured until then says nothing."""


def demand_proc() -> None:
    """Raise BenchFailed where the system does not tell what its processes cost."""
    if not (_PROC / "self" / "stat").exists():
        raise BenchFailed("This needs /proc, which Linux has; run it there.")


def free_port() -> int:
    """Return a port of this machine that nothing listens on at the moment."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


class Watched:
    """A process and everything that it started."""

    def __init__(self, pid: int, process: asyncio.subprocess.Process | None = None) -> None:
        self.pid = pid
        self._process = process

    async def ended(self) -> None:
        """Wait until the process, which must be one that was started here, has ended by itself."""
        if self._process is not None:
            await self._process.wait()

    def cpu_ms(self) -> float:
        """Return the CPU time in milliseconds that the tree has used, its ended processes included."""
        tick_ms = 1000 / os.sysconf("SC_CLK_TCK")
        found = _all_stats()
        root = found.get(self.pid)
        if root is None:
            raise BenchFailed(f"Process {self.pid} has ended; its own output says why.")
        alive = sum(stat.ticks for pid, stat in found.items() if _descends(pid, self.pid, found))
        return (alive + root.ticks_of_ended) * tick_ms

    def resident_bytes(self) -> int:
        """Return the memory that the process itself holds (resident set size)."""
        pages = int((_PROC / str(self.pid) / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class _Stat:
    """The fields of ``/proc/PID/stat`` that matter here; proc_pid_stat(5) numbers them from 1."""

    __slots__ = ("parent", "ticks", "ticks_of_ended")

    def __init__(self, line: str) -> None:
        fields = line.rpartition(")")[2].split()  # the name before may hold spaces; field 3 is the first here
        self.parent = int(fields[1])
        self.ticks = int(fields[11]) + int(fields[12])
        self.ticks_of_ended = int(fields[13]) + int(fields[14])


def _all_stats() -> dict[int, _Stat]:
    found = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = _Stat((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while the list was read
    return found


def _descends(pid: int, root: int, found: Mapping[int, _Stat]) -> bool:
    while pid != root and pid in found:
        pid = found[pid].parent
    return pid == root


@asynccontextmanager
async def started(
    arguments: Sequence[str], log: Path, environ: Mapping[str, str] | None = None
) -> AsyncIterator[Watched]:
    """Run a command while the block runs; what it says goes to ``log``."""
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=os.environ | (environ or {}),
        )
    try:
        yield Watched(process.pid, process)
    finally:
        await stop(process, _STOP_SECONDS)


async def answers(client: HttpClient, url: str, clock: Clock, log: Path) -> None:
    """Wait until ``url`` answers anything.  Raises BenchFailed with the end of the process's log."""
    until_ms = clock.monotonic_ms() + 1000 * _START_SECONDS
    while clock.monotonic_ms() < until_ms:
        with suppress(HttpFault):
            await client.request("GET", url, timeout_seconds=2.0)
            return
        await clock.sleep(_LOOK_SECONDS)
    raise BenchFailed(f"Nothing answered within {_START_SECONDS:g} s. Its last words:\n{last_words(log)}")


def last_words(log: Path) -> str:
    """Return the end of what a process has written."""
    return log.read_text("utf-8", "replace")[-1_500:] if log.exists() else ""
