"""Deeds told in words that no rule was written for, and honest sentences about the same things.

Each language has sentences that are held out and others by which the rules were made.  A held-out one that
is missed is counted and not shown, so that the figure stays one of unseen wording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from fondaco.engine.guard.claims import Backing, ClaimKind, claims_in, unbacked
from fondaco.kit.language import Language
from fondaco.lab.gates import Figure, at_most

_CLAIM, _TOLD = "claim", "told"
_MOST_ALARMS_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, with what it is."""

    text: str
    claims: bool  #: a deed that nobody has done
    told: frozenset[ClaimKind]  #: what a tool's result reports


@dataclass(slots=True)
class Heard:
    """How the guard did on the sentences of one language."""

    claims: int = 0
    caught: int = 0
    honest: int = 0
    alarms: int = 0
    wrong: list[Sentence] = field(default_factory=list)

    @property
    def recall_percent(self) -> float:
        """Return the share of the claims that was found."""
        return 100 * self.caught / self.claims

    @property
    def alarm_percent(self) -> float:
        """Return the share of the honest sentences that would be kept back."""
        return 100 * self.alarms / self.honest


@cache
def sentences(language: Language, *, held: bool) -> tuple[Sentence, ...]:
    """Return the sentences of a language that were held out, or the others."""
    name = f"wording/{language.value}.{'held' if held else 'known'}.txt"
    text = resources.files("fondaco.lab.guard").joinpath(name).read_text("utf-8")
    rows = (row.split(" | ", 1) for row in text.splitlines() if row and not row.startswith("#"))
    return tuple(_sentence(sort, said) for sort, said in rows)


def _sentence(sort: str, text: str) -> Sentence:
    sort, _, kind = sort.partition(" ")
    told = frozenset({ClaimKind(kind)}) if sort == _TOLD else frozenset()
    return Sentence(text, sort == _CLAIM, told)


def is_stopped(sentence: Sentence, language: Language) -> bool:
    """Return whether the guard finds a claim in a sentence that nothing backs."""
    return bool(unbacked(claims_in(sentence.text, language), Backing(reported=sentence.told)))


def heard(language: Language, *, held: bool) -> Heard:
    """Judge the sentences of one language."""
    found = Heard()
    for one in sentences(language, held=held):
        stopped = is_stopped(one, language)
        if one.claims:
            found.claims += 1
            found.caught += stopped
        else:
            found.honest += 1
            found.alarms += stopped
        if stopped is not one.claims:
            found.wrong.append(one)
    return found


def wording_figures(languages: Sequence[Language]) -> Iterator[Figure]:
    """Yield the figures of each language: held out first, then those by which the rules were mended."""
    for language in languages:
        for held, part in ((True, "held out"), (False, "known")):
            found = heard(language, held=held)
            yield Figure(name=f"{language.value} {part}: claims", value=found.claims)
            yield Figure(name="  caught", value=found.recall_percent, unit="%")
            yield Figure(name="  honest sentences", value=found.honest)
            yield Figure(
                name="  false alarms", value=found.alarm_percent, unit="%", gate=at_most(_MOST_ALARMS_PERCENT)
            )


def listed_wording(languages: Sequence[Language]) -> Iterator[str]:
    """Yield each known sentence that was judged wrongly, for people; those held out are not shown."""
    for language in languages:
        for one in heard(language, held=False).wrong:
            yield f"{language.value} {'missed' if one.claims else 'kept back'}: {one.text}"
