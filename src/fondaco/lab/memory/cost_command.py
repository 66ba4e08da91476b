"""What ``fondaco lab memory --cost`` prints."""

from __future__ import annotations

import msgspec

from fondaco.kit.clock import SystemClock
from fondaco.lab.gates import exit_code, render_table, to_json
from fondaco.lab.memory.cost import cost_report, measure_costs, send_samples
from fondaco.lab.memory.cost_tables import cost_figures, tables_of
from fondaco.lab.memory.data import Sets
from fondaco.memory.recall import Meaning


def counted_note(*, exact: bool) -> str:
    """Return how tokens were counted."""
    if exact:
        return "Tokens: o200k, exactly."
    return "Tokens: estimated, for the extra `tokens` is not installed."


def print_costs(sets: Sets, meaning: Meaning | None, *, exact: bool, as_json: bool, gates_on: bool) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count."""
    found = measure_costs(sets, SystemClock(), meaning)
    by = "by words alone" if meaning is None else "by words and sentence vectors"
    notes = [f"Old turns are found {by}.", counted_note(exact=exact)]
    short = cost_report(found, send_samples(found), notes)
    if as_json:
        whole = msgspec.structs.replace(short, figures=(*short.figures, *cost_figures(found)))
        print(to_json(whole))
    else:
        print("\n\n".join([*map(tables_of, found), render_table(short)]))
    return exit_code(short, gates_on=gates_on)
