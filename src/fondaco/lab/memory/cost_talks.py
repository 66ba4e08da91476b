"""Published conversations as rows of requests to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fondaco.kit.chance import SeededChance
from fondaco.lab.memory.talks import Talk
from fondaco.llm.asking import Said, Speaker
from fondaco.memory.atoms import Atom, turn_starts
from fondaco.memory.bills.history import History, history_of
from fondaco.memory.recall import PastTurn

#: Rules and tools of a shop, as the research reckons with them.
HEAD_TOKENS = 1_500
#: On so many of the turns the model asks for old ones.
RECALLED_SHARE = 0.1
SEED = 3


@dataclass(frozen=True, slots=True)
class Replayed:
    """A conversation that is replayed, and the questions that are asked at its end."""

    talk: Talk
    history: History


def replayed(talk: Talk, number: int) -> Replayed:
    """Return a conversation; which turns ask for old ones is drawn, the same for every way and price."""
    atoms = atoms_of(talk.turns)
    chance = SeededChance(SEED + number)
    recalls = {turn for turn in range(len(turn_starts(atoms))) if chance.fraction() < RECALLED_SHARE}
    return Replayed(talk, history_of(atoms, HEAD_TOKENS, recalls=recalls))


def atoms_of(turns: Sequence[PastTurn]) -> list[Atom]:
    """Return what was said; of two friends the one who began is taken for the contact."""
    contact = next((turn for turn in turns if turn.by is Speaker.CONTACT), turns[0])
    return [
        Atom(
            seq=turn.seq,
            at_ms=turn.at_ms,
            by=by,
            entries=(Said(by=by, text=turn.text),),
            tokens=turn.tokens,
        )
        for turn in turns
        for by in [
            Speaker.CONTACT if (turn.by, turn.name) == (contact.by, contact.name) else Speaker.ASSISTANT
        ]
    ]


def dialogues_of(talks: Sequence[Talk]) -> list[Talk]:
    """Return each day of a past as a conversation of its own."""
    return [
        Talk(f"{talk.name} {day}", tuple(turns), (), talk.header_tokens, talk.held_out)
        for talk in talks
        for day, turns in groupby(talk.turns, key=lambda turn: turn.at_ms)
    ]
