"""One turn of the past, as recall sees it."""

from __future__ import annotations

import msgspec

from fondaco.llm.asking import Speaker
from fondaco.memory.atoms import Atom


class PastTurn(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What somebody said or a tool told, and what it would cost to repeat it."""

    seq: int  #: of its first event in the conversation's log
    at_ms: int
    by: Speaker
    text: str
    tokens: int  #: what it takes in a prompt
    name: str = ""  #: of who spoke, where questions may use it; "" for nobody in particular


def from_atom(atom: Atom, name: str = "") -> PastTurn:
    """Return an atom as a turn of the past."""
    return PastTurn(seq=atom.seq, at_ms=atom.at_ms, by=atom.by, text=atom.text, tokens=atom.tokens, name=name)
