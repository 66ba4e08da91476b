"""What was found for a question, merged into one list of entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fondaco.knowledge.features import Ranking
from fondaco.knowledge.pages import PageViews
from fondaco.knowledge.scorers import Views
from fondaco.knowledge.units import Shelf

_CANDIDATES = 10
# A question that is stored word for word is right unless the same words stand under two entries.
_WORD_FOR_WORD = 0.995
_MOST_OF_A_GUESS = 0.99


class FoundBy(StrEnum):
    """Why an entry is a candidate."""

    RULE = "rule"  #: one of its regular expressions matched
    WORD_FOR_WORD = "word for word"  #: the question is stored exactly so
    PHRASING = "phrasing"  #: like its stored questions
    PASSAGE = "passage"  #: like a stretch of its body


@dataclass(frozen=True, slots=True)
class Asked:
    """What the stored questions say."""

    views: Views
    ranking: Ranking
    features: dict[str, float]  #: what the probabilities are computed from
    first: float  #: probability that the first of the ranking is right
    three: float  #: probability that one of its first three is


@dataclass(frozen=True, slots=True)
class Told:
    """What the stored bodies say."""

    views: PageViews
    probability: dict[int, float]  #: of the best passages, by position


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found for one question."""

    ruled: int | None
    word_for_word: int | None
    asked: Asked | None
    told: Told | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer, and why."""

    entry: int
    score: float
    by: FoundBy


def merge(found: Found, shelf: Shelf) -> list[Candidate]:
    """Return the candidates, best first and each entry once."""
    candidates = [*_certain(found), *_from_phrasings(found.asked), *_from_passages(found.told, shelf)]
    best: dict[int, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        best.setdefault(candidate.entry, candidate)
    return list(best.values())


def _certain(found: Found) -> list[Candidate]:
    certain = []
    if found.ruled is not None:
        certain.append(Candidate(found.ruled, 1.0, FoundBy.RULE))
    if found.word_for_word is not None:
        certain.append(Candidate(found.word_for_word, _WORD_FOR_WORD, FoundBy.WORD_FOR_WORD))
    return certain


def _from_phrasings(asked: Asked | None) -> list[Candidate]:
    if asked is None:
        return []
    order = asked.ranking.order[:_CANDIDATES]
    top = float(asked.ranking.shares[order[0]])
    return [
        Candidate(
            entry,
            min(asked.first, _MOST_OF_A_GUESS) * float(asked.ranking.shares[entry]) / top,
            FoundBy.PHRASING,
        )
        for entry in order
    ]


def _from_passages(told: Told | None, shelf: Shelf) -> list[Candidate]:
    if told is None:
        return []
    return [
        Candidate(shelf.passages[unit].entry, min(probability, _MOST_OF_A_GUESS), FoundBy.PASSAGE)
        for unit, probability in told.probability.items()
    ]
