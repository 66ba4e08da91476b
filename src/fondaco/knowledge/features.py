"""What can be said of any answer without knowing the shop: the numbers that confidence is learnt from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fondaco.kit.text import words
from fondaco.knowledge.scorers import Evidence, PhrasingScorers, Scores, Views

#: How the views add up to one ranking, for each kind of evidence: meaning, words, nearest, overlap.
RANKING: dict[Evidence, tuple[float, float, float, float]] = {
    Evidence.BOTH: (1.0, 1.0, 5.0, 1.5),
    Evidence.MEANING: (1.0, 0.0, 20.0, 0.0),
    Evidence.WORDS: (0.0, 1.0, 0.0, 3.0),
}
_FLOOR = -12.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The entries for one question, best first, with their shares of belief."""

    order: tuple[int, ...]  #: all entries, best first
    shares: Scores  #: per entry; with the share of small talk they sum to 1


def rank(views: Views) -> Ranking:
    """Return the entries by all views together.

    Small talk takes part in the shares, so that a single entry is not believed to answer everything.
    """
    meaning, words_, nearest, overlap = RANKING[views.evidence]
    combined = (
        meaning * views.meaning + words_ * views.words + nearest * views.nearest + overlap * views.overlap
    )
    small_talk = meaning * views.small_talk_meaning + words_ * views.small_talk_words
    small_talk += nearest * views.small_talk_nearest
    top = max(float(combined.max()), small_talk)
    powers = np.exp(combined - top)
    order = np.argsort(-combined, kind="stable")
    total = float(powers.sum()) + math.exp(small_talk - top)
    return Ranking(tuple(order.tolist()), np.asarray(powers / total, dtype=np.float32))


def features(question: str, views: Views, ranking: Ranking, scorers: PhrasingScorers) -> dict[str, float]:
    """Return the named numbers for the answer that ranks first; none of them depends on the subject."""
    top = ranking.order[0]
    found = _sizes(question, top, scorers) | _belief(ranking)
    if views.evidence is not Evidence.MEANING:
        found |= _from_words(views, top)
    if views.evidence is not Evidence.WORDS:
        found |= _from_meaning(views, top, float(scorers.closeness[top]))
    return found


def _sizes(question: str, top: int, scorers: PhrasingScorers) -> dict[str, float]:
    return {
        "question_words": math.log1p(len(words(question))),
        "entries": math.log(scorers.entries),
        "phrasings_of_top": math.log1p(int(scorers.phrasings_of[top])),
        "phrasings_mean": math.log1p(len(scorers.entry_of) / scorers.entries),
    }


def _belief(ranking: Ranking) -> dict[str, float]:
    shares = ranking.shares
    entropy = -float((shares * np.log(shares + 1e-9)).sum())
    first = float(shares[ranking.order[0]])
    top_three = float(shares[list(ranking.order[:3])].sum())
    return {
        "share": first,
        "share_log_odds": min(math.log(first + 1e-6) - math.log(1 - first + 1e-6), 10.0),
        "share_of_three": top_three,
        "entropy": entropy,
    }


def _from_words(views: Views, top: int) -> dict[str, float]:
    return {
        "known": views.known,
        "words_share": _at_least(views.words[top]),
        "words_margin": _margin(views.words, top),
        "words_agree": float(views.words.argmax() == top),
        "words_beyond_small_talk": _at_least(float(views.words[top]) - views.small_talk_words),
        "overlap": float(views.overlap[top]),
        "overlap_margin": _margin(views.overlap, top),
        "overlap_agrees": float(views.overlap.argmax() == top),
    }


def _from_meaning(views: Views, top: int, closeness: float) -> dict[str, float]:
    nearest = float(views.nearest[top])
    return {
        "meaning_share": _at_least(views.meaning[top]),
        "meaning_margin": _margin(views.meaning, top),
        "meaning_agrees": float(views.meaning.argmax() == top),
        "meaning_beyond_small_talk": _at_least(float(views.meaning[top]) - views.small_talk_meaning),
        "nearest": nearest,
        "nearest_squared": nearest * abs(nearest),
        "nearest_margin": _margin(views.nearest, top),
        "nearest_agrees": float(views.nearest.argmax() == top),
        "nearest_beyond_small_talk": nearest - views.small_talk_nearest,
        "nearest_beyond_siblings": nearest - closeness if closeness > 0 else 0.0,
    }


def _at_least(value: float) -> float:
    return max(float(value), _FLOOR)


def _margin(scores: Scores, top: int) -> float:
    """Return how far the top entry is above the best other one; negative when it is not the view's first."""
    if len(scores) < 2:
        return 0.0
    others = scores.copy()
    others[top] = -np.inf
    best_other = others.argmax()
    return min(max(float(scores[top] - scores[best_other]), _FLOOR), -_FLOOR)
