"""``fondaco lab guard``: its arguments and what it prints.

The recorded replies are those of gpt-4o in the airline world and of the shop's examples of tau-bench (Yao et
al. 2024).  Their data lies beside the checkout and is never shipped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.engine.guard.judging import Fault
from fondaco.kit.chance import SeededChance
from fondaco.kit.language import Language
from fondaco.lab.gates import Figure, Report, at_least, at_most, exit_code, render_table, report, to_json
from fondaco.lab.guard import measure
from fondaco.lab.guard.alarms import Sort, listed, sort_of
from fondaco.lab.guard.data import read_replies
from fondaco.lab.guard.measure import Count, Seen
from fondaco.lab.guard.suite import Tallies, judge_all
from fondaco.lab.guard.tables import listed_planted, planted_figures, planted_table
from fondaco.lab.guard.wording import listed_wording, wording_figures

SEED = 7
_DATA = Path(__file__).parents[5] / "shared" / "data" / "eval"
_VARIABLE = "FONDACO_EVAL_DATA"
_NOTES = (
    "False alarm: a recorded reply that would be kept back, whatever the reason; --list shows each.",
    "Changed digit, foreign value: each proven value once; left out is what another source holds.",
    "Swapped record: the same field of another order, item or flight in the place of a value.",
    "Plain provenance: the same run without looking at records, as a baseline.",
    "CPU: opening the case, facts of new calls, values, proofs, records, claims, leaks; in a second run.",
    "Text beside a tool call is no reply, since the turn goes on.",
)
_PLANTED_NOTES = (
    "A reply is drawn from real results of the demo shop's tools and a template written by hand.",
    "A mistake is planted in it so that it is wrong for certain; each reply holds one.",
    "Held out: a third of the templates, which the guard was measured with before it was mended by them.",
    "Stopped of made, behind the bar held out:",
)
_WORDING_NOTES = (
    "Claim: a deed that nobody has done, told in whatever words; honest: offers, questions, rules, states.",
    "Held out: no rule was made for one of these; honest ones that were kept back at first were mended.",
    "Known: sentences by which the rules were made, so that their figure says nothing of unseen wording.",
)


def run(
    *,
    as_json: bool = False,
    gates_on: bool = True,
    data: Path | None = None,
    list_alarms: bool = False,
    languages: Sequence[Language] = tuple(Language),
    seed: int = SEED,
) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count, or the data is missing."""
    try:
        replies = read_replies(data or Path(os.environ.get(_VARIABLE, _DATA)))
    except ConfigurationError as missing:
        print(missing, file=sys.stderr)
        return 1
    measure.look(replies)  # so that no reply pays for the first use of anything
    seen = measure.look(replies)
    tallies = judge_all(languages, seed)
    recorded, planted, wording = (
        _report(seen),
        _planted_report(tallies, seed),
        _wording_report(languages, seed),
    )
    if as_json:
        figures = recorded.figures + planted.figures + wording.figures
        print(to_json(msgspec.structs.replace(recorded, figures=figures)))
    else:
        tables = (
            render_table(recorded),
            render_table(wording),
            render_table(planted),
            planted_table(tallies),
        )
        print("\n\n".join(tables))
    if list_alarms and not as_json:
        wrong = [*map(listed, measure.alarms(seen)), *listed_planted(tallies), *listed_wording(languages)]
        print("\n" + "\n\n".join(wrong))
    return max(exit_code(one, gates_on=gates_on) for one in (recorded, planted, wording))


def _report(seen: Sequence[Seen]) -> Report:
    figures = [
        Figure(name="replies", value=len(seen)),
        Figure(name="values in them", value=sum(measure.count_values(seen).values())),
        *_alarm_figures(seen),
        *_caught_figures(seen),
        *_cost_figures(seen),
    ]
    return report("What the guard stops in recorded replies", figures, SEED, _NOTES)


def _planted_report(tallies: Tallies, seed: int) -> Report:
    title = "What the guard stops in replies over the demo shop"
    return report(title, [*planted_figures(tallies)], seed, _PLANTED_NOTES)


def _wording_report(languages: Sequence[Language], seed: int) -> Report:
    title = "What the guard finds in wording that it has not met"
    return report(title, [*wording_figures(languages)], seed, _WORDING_NOTES)


def _alarm_figures(seen: Sequence[Seen]) -> list[Figure]:
    kept = measure.alarms(seen)
    sorts = [sort_of(one.reply.place) for one in kept]
    faults = [{fault for fault, _ in one.judged.faults} for one in kept]
    return [
        Figure(name="false alarms", value=100 * len(kept) / len(seen), unit="%", gate=at_most(2.5)),
        *(
            Figure(name=f"  {fault.value}", value=sum(fault in one for one in faults), unit="replies")
            for fault in Fault
        ),
        *(Figure(name=f"  {sort.value}", value=sorts.count(sort), unit="replies") for sort in Sort),
    ]


def _caught_figures(seen: Sequence[Seen]) -> list[Figure]:
    digits = measure.spoil(seen, measure.changed_digits(SeededChance(SEED)), unknown_only=True)
    foreign = measure.spoil(seen, measure.foreign(seen, SeededChance(SEED)), unknown_only=True)
    swapped = measure.spoil(seen, measure.swapped(SeededChance(SEED)), unknown_only=False)
    return [
        *_caught("changed digits", digits, 99),
        Figure(name="  left out", value=digits.known),
        *_caught("foreign values", foreign, 99),
        Figure(name="  left out", value=foreign.known),
        *_caught("swapped records", swapped, 90),
        Figure(name="  with plain provenance", value=swapped.provenance_percent, unit="%"),
    ]


def _caught(name: str, count: Count, percent: float) -> list[Figure]:
    return [
        Figure(name=f"{name} caught", value=count.percent, unit="%", gate=at_least(percent)),
        Figure(name="  of", value=count.made),
    ]


def _cost_figures(seen: Sequence[Seen]) -> list[Figure]:
    longest = measure.longest(seen)
    return [
        Figure(name="CPU a reply, median", value=measure.cpu_median_ms(seen), unit="ms", gate=at_most(1)),
        Figure(name="  characters of the reply", value=median(len(one.reply.text) for one in seen)),
        Figure(name="CPU of the longest tenth, median", value=measure.cpu_median_ms(longest), unit="ms"),
        Figure(name="  characters of the reply", value=median(len(one.reply.text) for one in longest)),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command of its own."""
    parser = argparse.ArgumentParser(
        prog="fondaco lab guard",
        description="Judge recorded replies as they are and with planted errors, and replies over the demo "
        "shop in five languages with nine kinds of mistakes.",
    )
    parser.add_argument("--data", type=Path, help=f"folder of the recordings (default ${_VARIABLE})")
    parser.add_argument("--language", action="append", type=Language, help="of the planted replies (all)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the planted replies (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print each reply that was judged wrongly")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever the figures")
    parsed = parser.parse_args(arguments)
    return run(
        as_json=parsed.json,
        gates_on=not parsed.no_gate,
        data=parsed.data,
        list_alarms=parsed.list,
        languages=parsed.language or tuple(Language),
        seed=parsed.seed,
    )
