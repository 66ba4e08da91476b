"""What was measured of each set, as figures with gates and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fondaco.lab.gates import Figure, at_least, at_most
from fondaco.lab.memory import tables
from fondaco.lab.memory.bench import MEANING, WORDS, Recalls
from fondaco.lab.memory.data import Sets
from fondaco.lab.memory.languages import found_percents
from fondaco.lab.memory.measure import growing_cpu_ms, scoring_cpu_ms, within_floor_percent
from fondaco.lab.memory.talks import DataSet
from fondaco.memory.recall import Meaning

_GATED_SET, _GATED_SHARE, _ALL_PERCENT, _PART_PERCENT = "LoCoMo", 0.27, 89.0, 94.0
_FLOORS, _FLOOR_PERCENT = (128, 256, 384, 512), 99.5
_TIMED_TURNS, _TIMED_MS = 500, 1.0


def short_figures(found: Sequence[Recalls], sets: Sets, meaning: Meaning | None = None) -> list[Figure]:
    """Return the figures that have gates, and what stands beside them."""
    figures = [figure for one in found if one.data.name == _GATED_SET for figure in _gated(one)]
    if sets.calls is not None:
        figures += _floors(sets.calls)
    figures += [
        Figure(name=f"16 characters find their paragraph: {language.value}", value=percent, unit="%")
        for language, percent in found_percents(sets.folder / "udhr").items()
    ]
    return figures + [figure for one in found[:1] for figure in _timed(one.data, meaning)]


def _gated(one: Recalls) -> Iterator[Figure]:
    for method in (WORDS, MEANING):
        if method in one.methods:
            name = f"{one.data.name} at {_GATED_SHARE:.0%}, {method}"
            whole = one.tally.all_percent(method, _GATED_SHARE)
            part = one.tally.part_percent(method, _GATED_SHARE)
            yield Figure(name=f"{name}: all", value=whole, unit="%", gate=at_least(_ALL_PERCENT))
            yield Figure(name=f"{name}: share", value=part, unit="%", gate=at_least(_PART_PERCENT))
            if True in one.tally.halves():
                held = one.tally.all_percent(method, _GATED_SHARE, lambda hit: hit.held_out)
                yield Figure(name=f"{name}: all, held out", value=held, unit="%")


def _floors(calls: DataSet) -> Iterator[Figure]:
    yield Figure(name="service calls", value=calls.questions)
    for tokens in _FLOORS:
        percent = within_floor_percent(calls, tokens)
        gate = at_least(_FLOOR_PERCENT) if tokens == _FLOORS[-1] else None
        yield Figure(name=f"  the last {tokens} tokens hold their needs", value=percent, unit="%", gate=gate)


def _timed(data: DataSet, meaning: Meaning | None) -> Iterator[Figure]:
    """Yield what searching costs in a past of at most 500 turns."""
    longest = max(data.talks, key=lambda talk: len(talk.turns))
    turns, questions = longest.turns[:_TIMED_TURNS], [asked.text for asked in longest.asked]
    if not questions:
        return
    name = f"CPU of scoring {len(turns)} turns and filling, median"
    yield Figure(name=name, value=scoring_cpu_ms(turns, questions), unit="ms", gate=at_most(_TIMED_MS))
    if meaning is not None:
        spent = scoring_cpu_ms(turns, questions, meaning)
        yield Figure(name=f"{name}, with vectors", value=spent, unit="ms", gate=at_most(_TIMED_MS))
    yield Figure(name="CPU of reading a turn, median", value=growing_cpu_ms(turns), unit="ms")


def tables_of(one: Recalls) -> str:
    """Return all tables of a set."""
    data, searching = one.data, [name for name in one.methods if "fondaco" in name or "BM25" in name]
    turns = sum(len(talk.turns) for talk in data.talks)
    title = f"{data.name}: {len(data.talks)} conversations, {turns:,} turns, {data.questions:,} questions"
    parts = [title, tables.budgets(one.tally, one.methods)]
    parts += [tables.categories(one.tally, one.methods, share) for share in tables.SHOWN_SHARES]
    return "\n\n".join([*parts, tables.halves(one.tally, searching)])


def halves_of(one: Recalls) -> str:
    """Return the table of what was tuned with and what was held out, for all methods."""
    return f"{one.data.name}\n\n{tables.halves(one.tally, one.methods)}"


def told_of(one: Recalls) -> str:
    """Return which questions of a set were not asked, and how many labels were put right."""
    data = one.data
    dropped = ", ".join(f"{count} {reason}" for reason, count in data.left_out.items()) or "none"
    audited = f"; {data.corrected} with evidence corrected by the audit" if data.corrected else ""
    return f"{data.name}: questions left out: {dropped}{audited}."
