"""Whether a message looks back to what the prompt no longer shows; for models that have no tools."""

from __future__ import annotations

import re

from fondaco.memory.recall.cues import EARLIER_CUES
from fondaco.memory.recall.past import Past
from fondaco.memory.recall.question import Question
from fondaco.memory.recall.views import bm25

_EARLIER = re.compile("|".join(EARLIER_CUES), re.IGNORECASE)


def means_earlier(text: str) -> bool:
    """Return whether a message says that it speaks of an earlier occasion."""
    return _EARLIER.search(text) is not None


def looks_back(past: Past, question: Question, shown_from: int) -> bool:
    """Return whether a turn before ``shown_from`` fits the words better than every turn that is shown.

    By words in their surroundings alone, so it costs no model.
    """
    if not question.terms or not 0 < shown_from <= len(past):
        return False
    start = past.columns().start(len(past))
    fit = bm25(start.windows.sums(past.count(question.terms, len(past))), start.window_lengths)
    shown = float(fit[shown_from:].max()) if shown_from < len(past) else 0.0
    return float(fit[:shown_from].max()) > shown
