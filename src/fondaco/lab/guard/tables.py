"""What the planted suite has shown, as figures with gates and as a table of languages and mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fondaco.kit.language import Language
from fondaco.lab.gates import Figure, at_least, at_most
from fondaco.lab.guard.mistakes import Mistake
from fondaco.lab.guard.suite import Tallies, Tally

_MOST_ALARMS_PERCENT, _LEAST_CAUGHT_PERCENT = 2, 99
_PARTS = ((False, ""), (True, " held out"))


def planted_figures(tallies: Tallies) -> Iterator[Figure]:
    """Yield the figures of each language: those with which faults were mended, and those held out."""
    for language in _languages(tallies):
        for held, part in _PARTS:
            name = f"{language.value}{part}"
            right = tallies.get((language, held, None), Tally())
            wrong = summed(tallies.get((language, held, one), Tally()) for one in Mistake)
            yield Figure(name=f"{name}: right replies", value=right.made)
            yield Figure(
                name="  false alarms", value=right.percent, unit="%", gate=at_most(_MOST_ALARMS_PERCENT)
            )
            yield Figure(name="  replies with a mistake", value=wrong.made)
            yield Figure(name="  caught", value=wrong.percent, unit="%", gate=at_least(_LEAST_CAUGHT_PERCENT))


def _languages(tallies: Tallies) -> list[Language]:
    return list(dict.fromkeys(language for language, _, _ in tallies))


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return several tallies as one."""
    total = Tally()
    for one in tallies:
        total.made += one.made
        total.stopped += one.stopped
    return total


def planted_table(tallies: Tallies) -> str:
    """Return stopped of made, a row a mistake and a column a language; behind the bar what is held out."""
    languages = _languages(tallies)
    rows = [["", *(language.value for language in languages)]]
    for mistake in (None, *Mistake):
        name = "right, kept back" if mistake is None else mistake.value
        rows.append([name, *(_cell(tallies, language, mistake) for language in languages)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    )


def _cell(tallies: Tallies, language: Language, mistake: Mistake | None) -> str:
    found = (tallies.get((language, held, mistake), Tally()) for held in (False, True))
    return " | ".join(f"{one.stopped}/{one.made}" for one in found)


def listed_planted(tallies: Tallies) -> Iterator[str]:
    """Yield each reply that was judged wrongly, for people; those that are held out are not shown."""
    for (language, held, mistake), tally in tallies.items():
        for planted, found in () if held else tally.examples:
            name = "kept back" if mistake is None else mistake.value
            lines = [f"{language.value} {planted.template}: {name}"]
            lines += [f"  | {line}" for line in planted.text.splitlines()]
            yield "\n".join([*lines, *(f"  ! {fault.value}: {text}" for fault, text in found.faults)])
