"""``fondaco lab memory``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.knowledge.embeddings import load_embedder
from fondaco.lab.gates import Figure, Report, exit_code, render_table, report, to_json
from fondaco.lab.memory import assembly, hot, trimming
from fondaco.lab.memory.bench import Bench, Recalls
from fondaco.lab.memory.cost_command import counted_note, print_costs
from fondaco.lab.memory.data import VARIABLE, Sets, find_folder, read_sets
from fondaco.lab.memory.reporting import halves_of, short_figures, tables_of, told_of
from fondaco.llm.estimates import Estimator
from fondaco.llm.tokens import load_vocabularies

SEED = 0  # nothing is drawn
_NO_DATA = (
    "There are no published conversations in {}.\n"
    "Give the folder that holds locomo and sgd-slim with --data DIR or in ${}, or files of conversations "
    "with --talks FILE."
)
_NOTES = (
    "A budget is a share of the conversation's tokens; dates above turns are paid from it.",
    "All evidence: questions for which every turn that the labels name was shown.",
    "Searching methods show the last tenth of the budget word for word, then what they find.",
    "Lists first: twice as much for questions that want a list, less for the others, the same in the mean.",
    "Tuned: conversations that weights were chosen with; held out: the others.",
)

#: What is printed in place of the recall, one of them at a time.
_INSTEAD = {
    "cost": "print what it costs to tell these conversations, way by way",
    "assembly": "print what laying a prompt out takes; no data needed",
    "hot": "print what open conversations take; no data needed",
    "views": "print only what is lost without each view",
}


def run(
    *,
    as_json: bool = False,
    gates_on: bool = True,
    data: Path | None = None,
    talks: Sequence[Path] = (),
    peer: Path = trimming.PEER,
    by_view: bool = False,
    words_alone: bool = False,
) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count, 2 where there is no data."""
    estimator = Estimator(load_vocabularies())
    sets = _sets(data, talks, estimator)
    if sets is None:
        return 2
    bench = Bench(peer, None if words_alone else load_embedder())
    if by_view:
        print("\n\n".join(halves_of(bench.views(data_set)) for data_set in sets.recalled))
        return 0
    found = [bench.recalls(data_set) for data_set in sets.recalled]
    notes = [*_lines(found), *_notes(peer, exact=estimator.is_exact)]
    short = report(
        "What is in the prompt when it is needed", short_figures(found, sets, bench.meaning), SEED, notes
    )
    print(_as_json(short, found) if as_json else _as_text(short, found))
    return exit_code(short, gates_on=gates_on)


def run_costs(
    *,
    as_json: bool = False,
    gates_on: bool = True,
    data: Path | None = None,
    talks: Sequence[Path] = (),
    words_alone: bool = False,
) -> int:
    """Reckon what telling the conversations costs, print it, and return the same as ``run``."""
    estimator = Estimator(load_vocabularies())
    sets = _sets(data, talks, estimator)
    if sets is None:
        return 2
    meaning = None if words_alone else load_embedder()
    return print_costs(sets, meaning, exact=estimator.is_exact, as_json=as_json, gates_on=gates_on)


def _sets(data: Path | None, talks: Sequence[Path], estimator: Estimator) -> Sets | None:
    """Return the conversations; None, and tell why, where there are none."""
    folder = find_folder(data)
    try:
        sets = read_sets(folder, talks, estimator.count)
    except InvalidInput as wrong:
        print(wrong, file=sys.stderr)
        return None
    if sets.is_empty:
        print(_NO_DATA.format(folder, VARIABLE), file=sys.stderr)
        return None
    return sets


def _as_text(short: Report, found: Sequence[Recalls]) -> str:
    return "\n\n".join([*(tables_of(one) for one in found), render_table(short)])


def _as_json(short: Report, found: Sequence[Recalls]) -> str:
    more: list[Figure] = [figure for one in found for figure in one.figures()]
    return to_json(msgspec.structs.replace(short, figures=(*short.figures, *more)))


def _lines(found: Sequence[Recalls]) -> Iterator[str]:
    for one in found:
        yield told_of(one)


def _notes(peer: Path, *, exact: bool) -> Iterator[str]:
    yield from _NOTES
    yield counted_note(exact=exact)
    version = trimming.version_of(peer)
    yield f"Measured beside fondaco: {version}." if version else trimming.ABSENT.format(peer)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command of its own."""
    parsed = _parser().parse_args(arguments)
    gates_on = not parsed.no_gate
    if parsed.assembly:
        return assembly.run(as_json=parsed.json, gates_on=gates_on)
    if parsed.hot:
        return hot.run(
            as_json=parsed.json, gates_on=gates_on, conversations=parsed.conversations, seed=parsed.seed
        )
    if parsed.cost:
        return run_costs(
            as_json=parsed.json,
            gates_on=gates_on,
            data=parsed.data,
            talks=parsed.talks,
            words_alone=parsed.words,
        )
    return run(
        as_json=parsed.json,
        gates_on=gates_on,
        data=parsed.data,
        talks=parsed.talks,
        peer=parsed.peer,
        by_view=parsed.views,
        words_alone=parsed.words,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco lab memory",
        description="Count for how many questions about long conversations everything that is needed is in "
        "the prompt, at six budgets, beside a sliding window, BM25 and LangChain.",
    )
    more = parser.add_argument
    more("--data", type=Path, help=f"folder of the conversations (default ${VARIABLE})")
    more("--talks", type=Path, action="append", default=[], help="one more file of conversations, as JSON")
    more("--peer", type=Path, default=trimming.PEER, help="Python that has LangChain (%(default)s)")
    more("--conversations", type=_at_least_one, default=hot.CONVERSATIONS, help="of --hot (%(default)s)")
    more("--seed", type=int, default=hot.SEED, help="of --hot (%(default)s)")
    more("--words", action="store_true", help="leave sentence vectors out")
    more("--json", action="store_true", help="print JSON")
    more("--no-gate", action="store_true", help="end with 0 whatever the figures")
    one_of = parser.add_mutually_exclusive_group().add_argument
    for name, told in _INSTEAD.items():
        one_of(f"--{name}", action="store_true", help=told)
    return parser


def _at_least_one(written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"is {written!r}; write a whole number from 1 on")
    return int(written)
