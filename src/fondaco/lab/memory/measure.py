"""Counts for how many questions everything that is needed was shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from time import process_time_ns

from fondaco.lab.memory.methods import Method, Prepared
from fondaco.lab.memory.talks import Asked, DataSet
from fondaco.memory.recall import Meaning, Past, PastTurn, Question, ask, fill, floor_start, learn, score
from fondaco.memory.recall.vectors import Floats

_ROUNDS = 3
SHARES = (0.05, 0.10, 0.20, 0.27, 0.40, 0.60)


@dataclass(frozen=True, slots=True)
class Hit:
    """What one question got."""

    category: str
    held_out: bool
    part: float  #: of the turns that it needs
    cost: float  #: of all tokens

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.part == 1.0


Wanted = Callable[[Hit], bool]


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits by method and share."""

    hits: dict[tuple[str, float], list[Hit]] = field(default_factory=lambda: defaultdict(list))

    def all_percent(self, method: str, share: float, wanted: Wanted | None = None) -> float:
        """Return for how many questions all evidence was shown; NaN where none was asked."""
        found = [hit.whole for hit in self.hits[method, share] if wanted is None or wanted(hit)]
        return 100 * fmean(found) if found else float("nan")

    def part_percent(self, method: str, share: float, wanted: Wanted | None = None) -> float:
        """Return how much of a question's evidence was shown, in the mean."""
        found = [hit.part for hit in self.hits[method, share] if wanted is None or wanted(hit)]
        return 100 * fmean(found) if found else float("nan")

    def cost_percent(self, method: str, share: float) -> float:
        """Return which part of all tokens was shown, in the mean."""
        return 100 * fmean(hit.cost for hit in self.hits[method, share])

    def halves(self) -> list[bool]:
        """Return whether there are questions that were tuned with, False, and that were held out, True."""
        return sorted({hit.held_out for hits in self.hits.values() for hit in hits})

    def categories(self) -> list[str]:
        """Return the kinds of questions."""
        return sorted({hit.category for hits in self.hits.values() for hit in hits})


def measure(prepared: Sequence[Prepared], methods: Sequence[Method]) -> Tally:
    """Ask every question with every method and every share."""
    tally = Tally()
    for one in prepared:
        for asked in one.talk.asked:
            for method in methods:
                choose = method.about(one, asked)
                for share in SHARES:
                    tally.hits[method.name, share].append(_hit(one, asked, choose(share)))
    return tally


def _hit(prepared: Prepared, asked: Asked, shown: frozenset[int]) -> Hit:
    needed = frozenset(asked.evidence)
    cost = prepared.cost(shown) / prepared.whole(asked.until)
    return Hit(asked.category, prepared.talk.held_out, len(needed & shown) / len(needed), cost)


def within_floor_percent(data: DataSet, tokens: int) -> float:
    """Return for how many questions the last ``tokens`` hold everything."""
    found = [
        min(asked.evidence) >= floor_start(talk.turns[: asked.until], tokens)
        for talk in data.talks
        for asked in talk.asked
    ]
    return 100 * fmean(found) if found else float("nan")


def scoring_cpu_ms(
    turns: Sequence[PastTurn], questions: Sequence[str], meaning: Meaning | None = None
) -> float:
    """Return the median CPU of scoring the turns and filling a quarter of their tokens.

    With ``meaning`` their vectors count too; embedding them does not.  The best of three rounds, because
    neighbours on the machine only ever add to it.
    """
    past = Past(turns)
    quarter = sum(turn.tokens for turn in turns) // 4
    asked = [past.ask(text) for text in questions]
    wanted = [learn(past, one, meaning) if meaning is not None else None for one in asked]
    each = list(zip(asked, wanted, strict=True))
    return min(median(_scored_ms(past, one, quarter) for one in each) for _ in range(_ROUNDS))


def _scored_ms(past: Past, asked: tuple[Question, Floats | None], tokens: int) -> float:
    question, wanted = asked
    began = process_time_ns()
    scores = score(past, ask(question.text, past.speakers), wanted=wanted)
    fill(past.turns, scores, tokens, sittings=past.columns().sittings)
    return (process_time_ns() - began) / 1e6


def growing_cpu_ms(turns: Sequence[PastTurn]) -> float:
    """Return the median CPU of reading one more turn into the index."""
    past, spent = Past(), []
    for turn in turns:
        began = process_time_ns()
        past.add([turn])
        spent.append((process_time_ns() - began) / 1e6)
    return median(spent)
