"""``fondaco lab attacks``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

from fondaco.lab.attacks.corpus import CORPUS, short_round
from fondaco.lab.attacks.reporting import listed, report_of, table_of, to_plain
from fondaco.lab.attacks.running import run_all
from fondaco.lab.gates import exit_code, render_table

_SEED = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the attacks; return 0, or 1 when a gate is missed."""
    options = _parser().parse_args(arguments)
    attacks = short_round() if options.short else CORPUS
    wanted = [one for one in attacks if options.only in f"{one.id} {one.sort.value}"]
    with _quiet():
        results = asyncio.run(run_all(wanted, options.seed))
    whole = not options.short and not options.only
    found = report_of(results, options.seed, whole=whole)
    if options.json:
        print(to_plain(found, results))
    else:
        print("\n\n".join([render_table(found), table_of(results)]))
        if options.list:
            print("\n" + listed(results))
    return exit_code(found, gates_on=not options.no_gate)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log out of what is printed: that attacks are refused is no news."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco lab attacks",
        description="Attack the demo shop with a model that obeys the attacker, and count what took effect.",
    )
    parser.add_argument("--list", action="store_true", help="print each attack with what came of it")
    parser.add_argument("--short", action="store_true", help="run one attack of each class")
    parser.add_argument("--only", default="", help="run only what has this in its id or class")
    parser.add_argument("--seed", type=int, default=_SEED, help="draws whose orders are attacked")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever was counted")
    return parser
