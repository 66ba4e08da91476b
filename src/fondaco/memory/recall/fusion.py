"""Everything that speaks for a turn, added up; and what is recalled by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fondaco.memory.recall.columns import Start
from fondaco.memory.recall.dates import closeness
from fondaco.memory.recall.filling import Recalled, fill
from fondaco.memory.recall.meanings import MOST_COMPARED, Places, Surroundings, compared
from fondaco.memory.recall.past import Past
from fondaco.memory.recall.question import Question
from fondaco.memory.recall.vectors import Floats
from fondaco.memory.recall.views import bm25, by_sitting, standard
from fondaco.memory.recall.weights import WEIGHTS, Weights


def recall(
    past: Past,
    question: Question,
    tokens: int,
    *,
    until: int | None = None,
    header_tokens: int = 0,
    taken: Sequence[int] = (),
    wanted: Floats | None = None,
) -> Recalled:
    """Return those of the first ``until`` turns that the question needs most, ``tokens`` together at most.

    ``header_tokens`` is what the date above the turns of one sitting takes; ``taken`` are places that the
    prompt has already; ``wanted`` is as for ``score``.  Deterministic.
    """
    scores, sittings = score(past, question, until=until, wanted=wanted), past.columns().sittings
    return fill(past.turns, scores, tokens, sittings=sittings, header_tokens=header_tokens, taken=taken)


def score(
    past: Past,
    question: Question,
    *,
    until: int | None = None,
    weights: Weights = WEIGHTS,
    wanted: Floats | None = None,
    most: int = MOST_COMPARED,
) -> Floats:
    """Return for each of the first ``until`` turns (all of them) how much the question needs it.

    ``wanted`` has the vectors of its wordings, as ``learn`` returns them; without it words alone count.
    At most ``most`` turns, the best by words, are compared by meaning.
    """
    size = len(past) if until is None else max(min(until, len(past)), 0)
    if size == 0:
        return np.zeros(0, dtype=np.float32)
    start = past.columns().start(size)
    total: Floats = _by_words(past, question, start, weights)
    total = total + _by_question(past, question, start, weights) + _by_turn(start, weights)
    if wanted is not None:
        _add_meaning(past, wanted, compared(total, most), total, weights)
    return total


def _by_words(past: Past, question: Question, start: Start, weights: Weights) -> Floats:
    if not question.terms:
        return np.zeros(start.size, dtype=np.float32)
    counts = past.count(question.terms, start.size)
    total = weights.turn * standard(bm25(counts, start.lengths))
    total += weights.window * standard(bm25(start.windows.sums(counts), start.window_lengths))
    if question.names:
        named = start.windows.sums(past.count(question.names, start.size))
        total += weights.named * standard(bm25(named, start.window_lengths))
    whole = standard(bm25(by_sitting(counts, start.sittings), start.sitting_lengths))
    summed: Floats = total + weights.sitting * whole[start.sittings - start.sittings[0]]
    return summed


def _add_meaning(past: Past, wanted: Floats, places: Places, total: Floats, weights: Weights) -> None:
    """Add nearness of meaning to the scores of those of these turns that have vectors."""
    places, columns = past.meanings.known(places), past.columns()
    if len(places) == 0:
        return
    stand = columns.start(len(total)).surroundings
    if len(places) < len(total):
        stand = Surroundings(columns.middles[places], columns.sittings[places])
    alone = past.meanings.nearness(places, wanted)
    total[places] += weights.meaning * standard(alone) + weights.context * standard(stand.nearness(alone))


def _by_question(past: Past, question: Question, start: Start, weights: Weights) -> Floats:
    """Return what is known of who spoke and when."""
    columns = past.columns()
    total = np.zeros(start.size, dtype=np.float32)
    if len(question.about) == 1:
        total += weights.speaker * (columns.names[: start.size] == question.about[0])
    if question.dates:
        total += weights.date * closeness(question.dates, columns.days[: start.size])
    return total


def _by_turn(start: Start, weights: Weights) -> Floats:
    """Return what is known of a turn whatever is asked."""
    total = weights.salience * start.salience + weights.contact * start.contact
    summed: Floats = total + weights.asking * start.asks + weights.oversize * start.oversize
    return summed
