"""The measures of the local answerer: forced accuracy, top three, and right answers at few wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.kit.language import Language
from fondaco.knowledge.index import KnowledgeIndex
from fondaco.knowledge.lexical import LexicalIndex
from fondaco.knowledge.result import Decision
from fondaco.knowledge.units import Shelf
from fondaco.lab.answers_data import UNANSWERABLE, Asked


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what was found for it."""

    truth: str  #: the right key; ``UNANSWERABLE`` when there is none
    keys: tuple[str, ...]  #: the found keys, best first
    confidence: float
    decision: Decision

    @property
    def right(self) -> bool:
        """Whether the first found key is the right one."""
        return self.answerable and self.keys[:1] == (self.truth,)

    @property
    def answerable(self) -> bool:
        """Whether any entry answers the question."""
        return self.truth != UNANSWERABLE


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What happens when everything above one confidence is answered; shares of all questions, in percent."""

    right: float
    wrong: float


def ask_all(
    index: KnowledgeIndex, asked: Sequence[Asked], language: Language = Language.EN
) -> list[Answered]:
    """Return what the index finds for each question."""
    found = []
    for question in asked:
        search = index.search(question.text, language)
        keys = tuple(passage.key for passage in search.passages)
        found.append(Answered(question.key, keys, search.confidence, search.decision))
    return found


def ask_plain_bm25(shelf: Shelf, asked: Sequence[Asked]) -> list[Answered]:
    """Return what the phrasing or passage with the best BM25 would answer; its margin is the confidence."""
    units = shelf.phrasings or shelf.passages
    lexical = LexicalIndex([unit.text for unit in units])
    found = []
    for question in asked:
        scores = lexical.scores(question.text).values
        best: dict[str, float] = {}
        for position in scores.argsort(kind="stable")[::-1][:200].tolist():
            best.setdefault(shelf.keys[units[position].entry], float(scores[position]))
        keys, values = tuple(best), [*best.values(), 0.0]
        found.append(Answered(question.key, keys[:5], values[0], Decision.NONE))
    return found


def accuracy(found: Sequence[Answered], first: int = 1) -> float:
    """Return the percentage of answerable questions whose right key is among the ``first`` found."""
    answerable = [one for one in found if one.answerable]
    return 100 * sum(one.truth in one.keys[:first] for one in answerable) / max(len(answerable), 1)


def curve(found: Sequence[Answered]) -> list[CurvePoint]:
    """Return right and wrong shares for every threshold, from the strictest to none."""
    points, right, wrong = [CurvePoint(0.0, 0.0)], 0, 0
    for one in sorted(found, key=lambda one: -one.confidence):
        right, wrong = right + one.right, wrong + (not one.right)
        points.append(CurvePoint(100 * right / len(found), 100 * wrong / len(found)))
    return points


def right_at_wrong(found: Sequence[Answered], most_wrong: float = 2.0) -> float:
    """Return the percentage of ALL questions answered rightly with ``most_wrong`` percent wrong at most.

    The threshold is the best one for these questions, so this is an upper bound.
    """
    return max(point.right for point in curve(found) if point.wrong <= most_wrong)


@dataclass(frozen=True, slots=True)
class AsShipped:
    """What happens at the shipped thresholds, never tuned on these questions; percentages."""

    right: float  #: of all questions, answered unasked and right
    wrong: float  #: of all questions, answered unasked and wrong
    precision: float  #: of those answered unasked
    served: float  #: of answerable questions: answered right, or the right key among the three offered
    disturbed: float  #: of unanswerable questions: answered or offered something


def as_shipped(found: Sequence[Answered]) -> AsShipped:
    """Return what the shipped decisions do."""
    sent = [one for one in found if one.decision is Decision.ANSWER]
    right = sum(one.right for one in sent)
    answerable = [one for one in found if one.answerable]
    served = sum(
        one.right
        if one.decision is Decision.ANSWER
        else one.decision is Decision.OFFER and one.truth in one.keys[:3]
        for one in answerable
    )
    unanswerable = [one for one in found if not one.answerable]
    disturbed = sum(one.decision is not Decision.NONE for one in unanswerable)
    return AsShipped(
        right=100 * right / len(found),
        wrong=100 * (len(sent) - right) / len(found),
        precision=100 * right / max(len(sent), 1),
        served=100 * served / max(len(answerable), 1),
        disturbed=100 * disturbed / max(len(unanswerable), 1),
    )
