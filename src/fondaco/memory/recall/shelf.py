"""The pasts of the episodes that were asked lately; the others are read again from the log."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence

from fondaco.memory.recall.past import Past
from fondaco.memory.recall.turns import PastTurn


class PastShelf:
    """Keeps at most ``limit`` pasts, the latest; one that was dropped is built again and is the same."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pasts: OrderedDict[Hashable, Past] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pasts)

    def of(self, episode: Hashable, turns: Sequence[PastTurn]) -> Past:
        """Return the past of an episode that has these turns; only those that are new are read."""
        past = self._pasts.pop(episode, None)
        if past is None or not _continues(past, turns):
            past = Past()
        past.add(turns[len(past) :])
        self._pasts[episode] = past
        while len(self._pasts) > self._limit:
            self._pasts.popitem(last=False)
        return past

    def drop(self, episode: Hashable) -> None:
        """Forget an episode, as after an erasure."""
        self._pasts.pop(episode, None)


def _continues(past: Past, turns: Sequence[PastTurn]) -> bool:
    """Return whether what is known is how the turns begin."""
    return len(past) <= len(turns) and all(
        known is turn or known == turn for known, turn in zip(past.turns, turns, strict=False)
    )
