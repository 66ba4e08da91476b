"""Recalls by words and, where there is a sentence encoder, by meaning; the encoder works beside the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from fondaco.kit.threads import aside
from fondaco.memory.recall import (
    Meaning,
    Past,
    Question,
    Recalled,
    lacking,
    recall,
    texts_of,
    wordings_of,
)
from fondaco.memory.recall.vectors import Floats


class Comparing:
    """Embeds what a question needs and nothing before; one for the process.

    ``meaning`` gives the encoder as it is now; None: words alone count.
    """

    def __init__(self, meaning: Callable[[], Meaning | None] = lambda: None) -> None:
        self._meaning = meaning

    async def recall(
        self, past: Past, question: Question, tokens: int, *, until: int, header_tokens: int = 0
    ) -> Recalled:
        """Return those of the first ``until`` turns that the question needs most.

        The past is told nothing else while this runs.
        """
        wanted = await self._learnt(past, question, until) if tokens > 0 and until > 0 else None
        return recall(past, question, tokens, until=until, header_tokens=header_tokens, wanted=wanted)

    async def _learnt(self, past: Past, question: Question, until: int) -> Floats | None:
        """Return the vectors of the question's wordings; the turns that it is compared with have theirs then.

        Between two batches the loop and who else wants the encoder go first.
        """
        meaning = self._meaning()
        if meaning is None:
            return None
        for places in lacking(past, question, until):
            past.meanings.keep(places, await _embedded(meaning, texts_of(past, places)))
        return await _embedded(meaning, wordings_of(question))


async def _embedded(meaning: Meaning, texts: Sequence[str]) -> Floats:
    return await aside(partial(meaning.encode, texts), "fondaco-recall")
