"""``fondaco lab tau``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from fondaco.lab.gates import exit_code, render_table, to_json
from fondaco.lab.tau.data import TauData, find_data
from fondaco.lab.tau.faults import report_faults
from fondaco.lab.tau.policy import report_policy
from fondaco.lab.tau.replay import report_replay
from fondaco.lab.tau.telling import Told
from fondaco.lab.tau.truth import report_truth

_SEED = 7
_UNDER_FAULTS = 8
_NO_DATA = (
    "The published tau-bench data is not there.\n"
    "Give the directory that holds tau_bench with --data DIR or in $FONDACO_EVAL_DATA."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; return 0, 1 when a gate is missed, or 2 when the data is absent."""
    options = _parser().parse_args(arguments)
    return run(
        options.part,
        as_json=options.json,
        gates_on=not options.no_gate,
        data=options.data,
        listed=options.list,
        seed=options.seed,
        conversations=options.conversations,
    )


def run(
    part: str = "all",
    *,
    as_json: bool = False,
    gates_on: bool = True,
    data: Path | None = None,
    listed: bool = False,
    seed: int = _SEED,
    conversations: int = _UNDER_FAULTS,
) -> int:
    """Print the figures of a part, or of all; return 0, 1 when a gate is missed, 2 without data.

    Raises InvalidInput for data that is not what it should be.
    """
    found = find_data(data)
    if found is None:
        print(_NO_DATA, file=sys.stderr)
        return 2
    asked = _Asked(found, seed, conversations)
    parts = _PARTS.values() if part == "all" else (_PARTS[part],)
    with _quiet():
        told = [one(asked) for one in parts]
    if as_json:
        print("[" + ",\n".join(to_json(one.report) for one in told) + "]")
    else:
        print("\n\n".join(_table(one, listed=listed) for one in told))
    return max(exit_code(one.report, gates_on=gates_on) for one in told)


@dataclass(frozen=True, slots=True)
class _Asked:
    data: TauData
    seed: int
    conversations: int  #: that are played under each fault


_PARTS: dict[str, Callable[[_Asked], Told]] = {
    "truth": lambda asked: report_truth(asked.data, asked.seed),
    "policy": lambda asked: report_policy(asked.data, asked.seed),
    "replay": lambda asked: report_replay(asked.data, asked.seed),
    "faults": lambda asked: report_faults(asked.data, asked.seed, asked.conversations),
}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log out of what is printed: faults on purpose are no news."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _table(told: Told, *, listed: bool) -> str:
    lines = ["", *told.lines] if listed and told.lines else []
    return "\n".join([render_table(told.report), *lines])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco lab tau",
        description="Play the published tau-bench worlds and recorded conversations through the real engine.",
    )
    parser.add_argument("part", nargs="?", choices=["all", *_PARTS], default="all", help="what to run")
    parser.add_argument("--data", type=Path, default=None, help="directory of the evaluation data")
    parser.add_argument("--list", action="store_true", help="print each difference and each single finding")
    parser.add_argument(
        "--conversations",
        type=int,
        default=_UNDER_FAULTS,
        help=f"so many that write are played under each fault, 0 for all (default {_UNDER_FAULTS})",
    )
    parser.add_argument("--seed", type=int, default=_SEED, help="draws faults and jitter")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever was counted")
    return parser
