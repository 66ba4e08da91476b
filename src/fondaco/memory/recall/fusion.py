"""Everything that speaks for a turn, added up; and what is recalled by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fondaco.memory.recall.dates import closeness
from fondaco.memory.recall.filling import Recalled, fill
from fondaco.memory.recall.past import Past
from fondaco.memory.recall.question import Question
from fondaco.memory.recall.vectors import Floats
from fondaco.memory.recall.views import Windows, bm25, by_sitting, standard
from fondaco.memory.recall.weights import WEIGHTS, Weights


def recall(
    past: Past,
    question: Question,
    tokens: int,
    *,
    until: int | None = None,
    header_tokens: int = 0,
    taken: Sequence[int] = (),
) -> Recalled:
    """Return those of the first ``until`` turns that the question needs most, ``tokens`` together at most.

    ``header_tokens`` is what the date above the turns of one sitting takes; ``taken`` are places that the
    prompt has already.  Deterministic.
    """
    scores, sittings = score(past, question, until=until), past.columns().sittings
    return fill(past.turns, scores, tokens, sittings=sittings, header_tokens=header_tokens, taken=taken)


def score(past: Past, question: Question, *, until: int | None = None, weights: Weights = WEIGHTS) -> Floats:
    """Return for each of the first ``until`` turns (all of them) how much the question needs it."""
    size = len(past) if until is None else max(min(until, len(past)), 0)
    if size == 0:
        return np.zeros(0, dtype=np.float32)
    total = _by_words(past, question, size, weights) + _by_meaning(past, question, size, weights)
    return total + _by_question(past, question, size, weights) + _by_turn(past, size, weights)


def _by_words(past: Past, question: Question, size: int, weights: Weights) -> Floats:
    if not question.terms:
        return np.zeros(size, dtype=np.float32)
    columns = past.columns()
    sittings, lengths = columns.sittings[:size], columns.lengths[:size]
    windows = Windows(columns.middles[:size], sittings)
    counts, around = past.count(question.terms, size), windows.sums(lengths)
    total = weights.turn * standard(bm25(counts, lengths))
    total += weights.window * standard(bm25(windows.sums(counts), around))
    if question.names:
        named = windows.sums(past.count(question.names, size))
        total += weights.named * standard(bm25(named, around))
    whole = standard(bm25(by_sitting(counts, sittings), by_sitting(lengths, sittings)))
    summed: Floats = total + weights.sitting * whole[sittings - sittings[0]]
    return summed


def _by_meaning(past: Past, question: Question, size: int, weights: Weights) -> Floats:
    total = np.zeros(size, dtype=np.float32)
    near = past.meanings.nearness(question.rewritten, size)
    if near is not None:
        alone, around = near
        total[: len(alone)] = weights.meaning * standard(alone) + weights.context * standard(around)
    return total


def _by_question(past: Past, question: Question, size: int, weights: Weights) -> Floats:
    """Return what is known of who spoke and when."""
    columns = past.columns()
    total = np.zeros(size, dtype=np.float32)
    if len(question.about) == 1:
        total += weights.speaker * (columns.names[:size] == question.about[0])
    if question.dates:
        total += weights.date * closeness(question.dates, columns.days[:size])
    return total


def _by_turn(past: Past, size: int, weights: Weights) -> Floats:
    """Return what is known of a turn whatever is asked."""
    columns = past.columns()
    tokens, contact = np.maximum(columns.tokens[:size], 1), columns.by_contact[:size]
    over = np.maximum(np.log(tokens / np.median(tokens)), 0).astype(np.float32)
    total = weights.salience * standard(columns.salience[:size]) + weights.contact * contact
    summed: Floats = total + weights.asking * columns.asks[:size] * (1 - contact) + weights.oversize * over
    return summed
