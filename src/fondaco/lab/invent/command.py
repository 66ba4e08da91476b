"""``fondaco lab invent``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from fondaco.domain.errors import FondacoError
from fondaco.lab.gates import exit_code, render_table, to_json
from fondaco.lab.invent.plan import Plan
from fondaco.lab.invent.played import Played, keep, kept
from fondaco.lab.invent.reporting import reported
from fondaco.lab.invent.run import play


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print, and return 1 where a gate is missed, or where the model is not installed."""
    options = _parser().parse_args(arguments)
    try:
        played = _played(options)
        if options.keep is not None:
            keep(played, options.keep)
    except (FondacoError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    found = reported(played)
    print(to_json(found) if options.json else render_table(found))
    return exit_code(found, gates_on=not options.no_gate)


def _played(options: argparse.Namespace) -> Played:
    if options.kept is not None:
        return kept(options.kept)
    plan = Plan(
        conversations=options.conversations,
        at_once=options.at_once,
        minutes=options.minutes,
        seed=options.seed,
        max_output_tokens=options.max_output_tokens,
        threads=options.threads,
    )
    return asyncio.run(play(plan, _tell))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco lab invent",
        description="Let SmolLM2 on llama.cpp answer for the whole demo shop, read all that contacts see, "
        "and count what nothing proves.",
    )
    parser.add_argument("--conversations", type=int, default=Plan.conversations, help="in all (default 100)")
    parser.add_argument("--at-once", type=int, default=Plan.at_once, help="contacts who write at a time")
    parser.add_argument(
        "--minutes", type=float, default=Plan.minutes, help="after which nobody writes any more"
    )
    parser.add_argument(
        "--seed", type=int, default=Plan.seed, help="draws what is asked and what is answered"
    )
    parser.add_argument(
        "--max-output-tokens", type=int, default=Plan.max_output_tokens, help="of an answer (default 120)"
    )
    parser.add_argument("--threads", type=int, default=Plan.threads, help="of the model (default 1)")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the whole run to a file")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="judge the run of a file, and play none")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever was counted")
    return parser


def _tell(line: str) -> None:
    """Show progress without touching what is printed for programs."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
