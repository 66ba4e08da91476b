"""``fondaco drill providers``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from fondaco.lab.gates import Report, exit_code, render_table, to_json
from fondaco.lab.providers import matrix
from fondaco.lab.providers.plan import MatrixPlan, Mode
from fondaco.testing.provider.script import WireName


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; return 1 when a gate is missed."""
    o = _parser().parse_args(arguments)
    plan = MatrixPlan(rows=tuple(x for x in (o.rows or '').split(',') if x),
        wires=tuple(WireName(x) for x in o.wires.split(',')) if o.wires else tuple(WireName),
        modes=tuple(Mode(x) for x in o.modes.split(',')) if o.modes else tuple(Mode), beside=o.beside)
    r = asyncio.run(matrix.run(plan, _tell))
    print(render_table(r))
    return exit_code(r, gates_on=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fondaco drill providers")
    parser.add_argument("--rows"); parser.add_argument("--wires"); parser.add_argument("--modes"); parser.add_argument("--beside",type=int,default=2)
    return parser


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
