"""``fondaco drill providers``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from fondaco.lab.gates import Report, exit_code, render_table, to_json
from fondaco.lab.providers import crowd, matrix, storm
from fondaco.lab.providers.plan import CrowdPlan, MatrixPlan, Mode, StormPlan
from fondaco.lab.providers.rows import all_rows
from fondaco.testing.provider.script import WireName

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; return 1 when a gate is missed."""
    options = _parser().parse_args(arguments)
    if options.list_rows:
        print("\n".join(row.name for row in all_rows()))
        return 0
    parts = _PARTS if options.part == "all" else {options.part: _PARTS[options.part]}
    reports = [part(options) for part in parts.values()]
    if options.json:
        print("[" + ",\n".join(to_json(report) for report in reports) + "]")
    else:
        print("\n\n".join(render_table(report) for report in reports))
    return max(exit_code(report, gates_on=not options.no_gate) for report in reports)


def _matrix(options: argparse.Namespace) -> Report:
    plan = MatrixPlan(
        rows=tuple(_listed(options.rows, str)),
        wires=tuple(_listed(options.protocols, WireName)) or tuple(WireName),
        modes=tuple(_listed(options.modes, Mode)) or tuple(Mode),
        contacts=options.contacts,
        beside=options.beside,
        seed=options.seed,
    )
    return asyncio.run(matrix.run(plan, _tell))


def _storm(options: argparse.Namespace) -> Report:
    return asyncio.run(storm.run(StormPlan(seed=options.seed)))


def _crowd(options: argparse.Namespace) -> Report:
    plan = CrowdPlan(
        requests=options.requests,
        in_flight=options.in_flight,
        speed=options.speed,
        availability=options.availability / 100,
        alone=not options.chain_only,
        seed=options.seed,
    )
    return asyncio.run(crowd.run(plan, _tell))


_PARTS: dict[str, Callable[[argparse.Namespace], Report]] = {
    "matrix": _matrix,
    "storm": _storm,
    "crowd": _crowd,
}


def _listed(text: str, kind: Callable[[str], T]) -> list[T]:
    return [kind(part.strip()) for part in text.split(";") if part.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco drill providers",
        description="Break simulated providers under the running server and judge from outside who answered, "
        "when, with which text and at what cost; send a storm against a limit; ask 50,000 times at once.",
    )
    parser.add_argument("part", nargs="?", choices=["all", *_PARTS], default="all", help="what to run")
    parser.add_argument("--rows", default="", help="rows of the matrix, with ; between them (default all)")
    parser.add_argument("--list-rows", action="store_true", help="print the rows of the matrix and leave")
    parser.add_argument("--protocols", default="", help="of the first provider: openai;anthropic;gemini")
    parser.add_argument("--modes", default="", help="streamed;plain")
    parser.add_argument("--contacts", type=int, default=4, help="who write at once in a cell (default 4)")
    parser.add_argument("--beside", type=int, default=2, help="cells at once, each with a server (default 2)")
    parser.add_argument("--requests", type=int, default=50_000, help="of the crowd (default 50,000)")
    parser.add_argument("--in-flight", type=int, default=1_000, help="of the crowd (default 1,000)")
    parser.add_argument("--speed", type=float, default=1.0, help="the crowd's providers are so much faster")
    parser.add_argument("--availability", type=float, default=99.5, help="of each provider, in per cent")
    parser.add_argument("--chain-only", action="store_true", help="ask no provider of the crowd alone")
    parser.add_argument("--seed", type=int, default=7, help="draws faults, latencies and jitter")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever was counted")
    return parser


def _tell(line: str) -> None:
    """Show progress without touching what is printed for programs."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
