"""``python -m fondaco.lab.transports``: which HTTP library fondaco calls out with, and why.

A server of its own answers, streams, and fails to the byte.  Each library meets the same work and the same
faults in processes of its own.  The one that fondaco does not run on is taken from another interpreter,
which ``make bench-transports`` sets up.  Everything stays on this machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from fondaco.lab.gates import Figure, Report, exit_code, render_table, report, to_json
from fondaco.lab.transports_faults import EVENT_SECONDS, EVENTS
from fondaco.lab.transports_report import SEED, Cancelled, Cost, Held, Met, Seen, figures, lines

PEER = Path("var/peer/bin/python")
_OURS = ("fondaco", "aiohttp")
_PEERS = ("pyreqwest", "pyreqwest by text")
_SOURCES = Path(__file__).parents[2]
_PART_SECONDS = 300
_ENDS = 20
_WHAT = (
    f"A POST carries 2 kB; its answer has 1.2 kB, or {EVENTS} events {1000 * EVENT_SECONDS:.0f} ms apart.",
    "CPU: of the whole calling process, its threads included.",
    "Wall: the mean time of one POST, measured over all of them.",
    "Memory: growth of the resident set from 0 to 1,000 open streams, divided by 1,000.",
    "A cancelled call is never answered, so that every connection that is left was forgotten.",
    "'by text' tells failures apart by the wording of the library underneath instead of by class.",
)
_ABSENT = "pyreqwest and TLS: not measured, {} does not have it; make bench-transports sets it up."
T = TypeVar("T")


class PartFailed(Exception):
    """A part of the comparison ended without a result."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the faults are, and how a process of the comparison is started."""

    ports: str  #: as JSON
    environ: Mapping[str, str]

    def part(self, python: str, wire: str, part: str) -> subprocess.CompletedProcess[bytes]:
        """Run one part for one wire in a process of its own."""
        command = [python, "-m", "fondaco.lab.transports_client", wire, part, self.ports]
        return subprocess.run(  # noqa: S603 - an interpreter that the operator named, with our own module
            command, env=self.environ, stdout=subprocess.PIPE, check=False, timeout=_PART_SECONDS
        )

    def rows(self, python: str, wire: str, part: str, kind: type[T]) -> tuple[T, ...]:
        """Return what a part found.  Raises PartFailed."""
        try:
            done = self.part(python, wire, part)
        except subprocess.TimeoutExpired:
            raise PartFailed(f"{wire}: {part} did not end within {_PART_SECONDS} s.") from None
        try:
            return tuple(msgspec.convert(row, kind) for row in msgspec.json.decode(done.stdout))
        except msgspec.DecodeError:
            raise PartFailed(
                f"{wire}: {part} ended with {done.returncode}; its own output says why."
            ) from None


def run(*, as_json: bool = False, gates_on: bool = True, peer: Path = PEER) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count, or nothing could be measured."""
    try:
        found = _measured(peer)
    except PartFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    print(to_json(found) if as_json else render_table(found))
    return exit_code(found, gates_on=gates_on)


def _measured(peer: Path) -> Report:
    present = _has_rival(peer)
    wires = [(wire, sys.executable) for wire in _OURS]
    wires += [(wire, str(peer)) for wire in _PEERS] if present else []
    with (
        tempfile.TemporaryDirectory(prefix="fondaco-transports-") as folder,
        _serving(Path(folder), str(peer) if present else None) as server,
    ):
        all_seen = [_seen(server, wire, python) for wire, python in wires]
    made: list[Figure] = [figure for seen in all_seen for figure in figures(seen)]
    notes = [_version(sys.executable, "aiohttp")]
    notes += [_version(str(peer), "pyreqwest")] if present else [_ABSENT.format(peer)]
    return report("What calls out", made, SEED, [*notes, *_WHAT, *lines(all_seen)])


def _has_rival(peer: Path) -> bool:
    wanted = [str(peer), "-c", "import pyreqwest, trustme, uvloop"]
    return peer.exists() and not subprocess.run(wanted, capture_output=True, check=False).returncode  # noqa: S603 - as in Server.part


def _version(python: str, library: str) -> str:
    asked = f"from importlib.metadata import version; print('{library}', version('{library}'))"
    done = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)  # noqa: S603 - as in Server.part
    return f"Measured: {done.stdout.strip() or f'{library} of unknown version'}."


def _seen(server: Server, wire: str, python: str) -> Seen:
    """Measure one wire; telling failures apart in another way costs and leaks nothing else."""
    if wire == "pyreqwest by text":
        return Seen(wire=wire, met=server.rows(python, wire, "faults", Met))
    return Seen(
        wire=wire,
        costs=server.rows(python, wire, "costs", Cost),
        held=server.rows(python, wire, "memory", Held),
        met=server.rows(python, wire, "faults", Met),
        cancelled=server.rows(python, wire, "cancellations", Cancelled),
        bad_ends=sum(server.part(python, wire, "leaving").returncode != 0 for _ in range(_ENDS)),
    )


@contextmanager
def _serving(folder: Path, peer: str | None) -> Iterator[Server]:
    """Run the server while the block runs, with certificates where the peer's interpreter can make them."""
    environ = os.environ | {"PYTHONPATH": str(_SOURCES)}
    command = [sys.executable, "-m", "fondaco.lab.transports_server"]
    if peer is not None:
        making = [peer, "-m", "fondaco.lab.transports_certificates", str(folder)]
        subprocess.run(making, env=environ, check=True, timeout=_PART_SECONDS)  # noqa: S603 - as in Server.part
        environ["SSL_CERT_FILE"] = str(folder / "authority.pem")
        command.append(str(folder))
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as process:  # noqa: S603 - as in Server.part
        try:
            yield Server(process.stdout.readline().decode() if process.stdout else "", environ)
        finally:
            process.terminate()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command of its own."""
    parser = argparse.ArgumentParser(prog="python -m fondaco.lab.transports", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever the figures")
    parser.add_argument("--peer", type=Path, default=PEER, help="the interpreter that has the other library")
    parsed = parser.parse_args(arguments)
    return run(as_json=parsed.json, gates_on=not parsed.no_gate, peer=parsed.peer)


if __name__ == "__main__":
    sys.exit(main())
