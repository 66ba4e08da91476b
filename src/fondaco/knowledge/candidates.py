"""What was found for a question, merged into one list of entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fondaco.knowledge.features import Ranking
from fondaco.knowledge.pages import PageViews
from fondaco.knowledge.scorers import Evidence, Views
from fondaco.knowledge.units import Shelf

_CANDIDATES = 10
# A question that is stored word for word is right unless the same words stand under two entries.
_WORD_FOR_WORD = 0.995
_MOST_OF_A_GUESS = 0.99
# The body of an answer is seldom written in the words of its question, and hardly ever close to a question in
# another language; a page has nothing but its body.
_TRUST_IN_ANSWERS = {Evidence.BOTH: 0.5, Evidence.WORDS: 0.5, Evidence.MEANING: 0.1}
_TRUST_IN_PAGES = 1.0


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
    told: Told | None  #: None also for small talk, which bodies know nothing of


class Candidate(msgspec.Struct, frozen=True):
    """An entry that may answer, and why."""

    entry: int
    score: float
    by: FoundBy


def merge(found: Found, shelf: Shelf) -> list[Candidate]:
    """Return the candidates, best first and each entry once.

    Stored questions speak first; bodies speak for what is left of doubt.
    """
    best = {candidate.entry: candidate for candidate in _from_phrasings(found.asked)}
    doubt = 1 - (found.asked.first if found.asked is not None else 0.0)
    for candidate in _from_passages(found.told, shelf, doubt):
        other = best.get(candidate.entry)
        best[candidate.entry] = candidate if other is None else _either(other, candidate)
    best |= {candidate.entry: candidate for candidate in _certain(found)}
    return sorted(best.values(), key=lambda candidate: -candidate.score)


def _either(one: Candidate, other: Candidate) -> Candidate:
    """Return two signs for one entry as one: wrong only where both are."""
    stronger = one if one.score >= other.score else other
    score = min(1 - (1 - one.score) * (1 - other.score), _MOST_OF_A_GUESS)
    return Candidate(one.entry, score, stronger.by)


def _certain(found: Found) -> list[Candidate]:
    certain = []
    if found.word_for_word is not None:
        certain.append(Candidate(found.word_for_word, _WORD_FOR_WORD, FoundBy.WORD_FOR_WORD))
    if found.ruled is not None:
        certain.append(Candidate(found.ruled, 1.0, FoundBy.RULE))
    return certain


def _from_phrasings(asked: Asked | None) -> list[Candidate]:
    if asked is None:
        return []
    order = asked.ranking.order[:_CANDIDATES]
    shares = asked.ranking.shares[list(order)]
    scores = min(asked.first, _MOST_OF_A_GUESS) * shares / max(float(shares[0]), 1e-9)
    return [
        Candidate(entry, score, FoundBy.PHRASING) for entry, score in zip(order, scores.tolist(), strict=True)
    ]


def _from_passages(told: Told | None, shelf: Shelf, doubt: float) -> list[Candidate]:
    if told is None:
        return []
    found = []
    for unit, probability in told.probability.items():
        entry = shelf.passages[unit].entry
        trust = _TRUST_IN_ANSWERS[told.views.evidence] if shelf.is_answer[entry] else _TRUST_IN_PAGES
        found.append(Candidate(entry, trust * doubt * probability, FoundBy.PASSAGE))
    return found
