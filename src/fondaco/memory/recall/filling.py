"""The best turns until a budget is full, and the floor of what is always there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.turns import PastTurn
from fondaco.memory.recall.vectors import Floats

#: Everything that the next service call needs stands within so many tokens in nearly every dialogue
#: (``fondaco lab memory`` counts it).
FLOOR_TOKENS = 512
#: So many turns in a row that do not fit end the filling.
_PATIENCE = 40


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken."""

    places: tuple[int, ...]  #: among the turns, in the order of the log
    seqs: tuple[int, ...]  #: of the same turns
    tokens: int  #: headers included


def fill(
    turns: Sequence[PastTurn],
    scores: Floats,
    tokens: int,
    *,
    sittings: NDArray[np.int64] | None = None,
    header_tokens: int = 0,
    taken: Sequence[int] = (),
) -> Recalled:
    """Return the turns with the best scores that fit into ``tokens``, in the order of the log.

    ``taken`` are places that are in the prompt already: they are not returned and cost nothing, and their
    sittings have their headers.
    """
    room, missed, skipped = tokens, 0, set(taken)
    sitting_of = [0] * len(turns) if sittings is None else sittings.tolist()
    headed = {sitting_of[place] for place in skipped}
    chosen: list[int] = []
    for place in np.argsort(-scores, kind="stable").tolist():
        if place in skipped:
            continue
        sitting = sitting_of[place]
        cost = turns[place].tokens + (0 if sitting in headed else header_tokens)
        if cost <= room:
            room, missed = room - cost, 0
            headed.add(sitting)
            chosen.append(place)
        else:
            missed += 1
            if missed > _PATIENCE:
                break
    chosen.sort()
    seqs = tuple(turns[place].seq for place in chosen)
    return Recalled(places=tuple(chosen), seqs=seqs, tokens=tokens - room if chosen else 0)


def floor_start(turns: Sequence[PastTurn], tokens: int = FLOOR_TOKENS) -> int:
    """Return the place from which on turns are always repeated word for word.

    They are the last whole turns within ``tokens``, and at least the very last one, however long.
    """
    start, used = len(turns), 0
    while start > 0 and (start == len(turns) or used + turns[start - 1].tokens <= tokens):
        used += turns[start - 1].tokens
        start -= 1
    return start
