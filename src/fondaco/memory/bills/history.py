"""A conversation as a row of requests: what was known at each, and what was told for it alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import msgspec

from fondaco.llm.asking import Speaker
from fondaco.memory.atoms import Atom, turn_starts


class Asked(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One request to the model."""

    turn: int  #: 0, 1, 2 … of the conversation
    question: int  #: place of the turn's first atom
    end: int  #: so many atoms were there
    is_first: bool  #: of its turn; only then a history is cut and old turns come back
    tail_tokens: int = 0  #: told for this turn alone, such as passages
    wants_recall: bool = False  #: old turns are asked for


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation to replay."""

    atoms: tuple[Atom, ...]
    requests: tuple[Asked, ...]
    head_tokens: int  #: rules and tools, the same in every request


def history_of(
    atoms: Sequence[Atom], head_tokens: int, tail_tokens: int = 0, recalls: Collection[int] = ()
) -> History:
    """Return a conversation with a request for each round of tools and each first answer of a turn.

    ``recalls`` are the turns, counted from 0, in which old turns are asked for.
    """
    starts = turn_starts(atoms)
    requests: list[Asked] = []
    for turn, (first, end) in enumerate(pairwise([*starts, len(atoms)])):
        for number, place in enumerate(_answers(atoms, first, end)):
            requests.append(
                Asked(
                    turn=turn,
                    question=first,
                    end=place,
                    is_first=number == 0,
                    tail_tokens=tail_tokens,
                    wants_recall=turn in recalls,
                )
            )
    return History(atoms=tuple(atoms), requests=tuple(requests), head_tokens=head_tokens)


def _answers(atoms: Sequence[Atom], first: int, end: int) -> list[int]:
    """Return where a model answered in a turn: its wishes for tools, and the first words after them."""
    places = []
    for place in range(first, end):
        atom = atoms[place]
        if atom.by is Speaker.ASSISTANT:
            places.append(place)
            if atom.is_message:
                break
    return places
