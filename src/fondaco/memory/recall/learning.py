"""Which turns a question is compared with by meaning, and what has to be embedded for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fondaco.memory.recall.fusion import score
from fondaco.memory.recall.meanings import MOST_COMPARED, compared
from fondaco.memory.recall.past import Past
from fondaco.memory.recall.question import Question
from fondaco.memory.recall.vectors import EMBEDDED_CHARACTERS, Floats, Meaning

#: So much is embedded at once: about 20 ms, which is how long a search in the articles may wait for it.
_BATCH_CHARACTERS = 1_500


def lacking(past: Past, question: Question, until: int, most: int = MOST_COMPARED) -> Iterator[Sequence[int]]:
    """Yield the places whose turns have to be embedded for this question, a batch at a time."""
    places = np.arange(until)
    if until > most:
        places = compared(score(past, question, until=until), most)
    batch: list[int] = []
    room = _BATCH_CHARACTERS
    for place in past.meanings.lack(places):
        size = min(len(past.turns[place].text), EMBEDDED_CHARACTERS)
        if batch and size > room:
            yield batch
            batch, room = [], _BATCH_CHARACTERS
        batch.append(place)
        room -= size
    if batch:
        yield batch


def texts_of(past: Past, places: Sequence[int]) -> list[str]:
    """Return what is embedded of these turns."""
    return [past.turns[place].text[:EMBEDDED_CHARACTERS] for place in places]


def wordings_of(question: Question) -> list[str]:
    """Return what is embedded of a question."""
    return [text[:EMBEDDED_CHARACTERS] for text in question.rewritten]


def learn(
    past: Past, question: Question, meaning: Meaning, *, until: int | None = None, most: int = MOST_COMPARED
) -> Floats:
    """Embed what the question needs, and return the vectors of its wordings.

    Takes CPU: no work for an event loop.
    """
    for places in lacking(past, question, len(past) if until is None else until, most):
        past.meanings.keep(places, meaning.encode(texts_of(past, places)))
    return meaning.encode(wordings_of(question))
