"""Atoms for the tests of memory."""

from __future__ import annotations

from fondaco.llm.asking import Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.memory.atoms import Atom


def said(seq: int, by: Speaker, tokens: int = 10, text: str = "words") -> Atom:
    return Atom(seq=seq, at_ms=seq, by=by, entries=(Said(by=by, text=text),), tokens=tokens)


def asked(seq: int, tokens: int = 10, text: str = "Where is it?") -> Atom:
    return said(seq, Speaker.CONTACT, tokens, text)


def answered(seq: int, tokens: int = 10, text: str = "It is on its way.") -> Atom:
    return said(seq, Speaker.ASSISTANT, tokens, text)


def called(seq: int, tokens: int = 10) -> Atom:
    wish = ToolWish(id=f"w{seq}", name="order", arguments='{"number":"7"}')
    told = ToolAnswered(wish_id=wish.id, name="order", content="found")
    entries = (Wished(wishes=(wish,)), told)
    return Atom(seq=seq, at_ms=seq, by=Speaker.ASSISTANT, entries=entries, tokens=tokens)


def turns(count: int, tokens: int = 10) -> list[Atom]:
    """Return so many turns of a question, a call and an answer."""
    return [
        atom
        for turn in range(count)
        for atom in (
            asked(3 * turn + 1, tokens),
            called(3 * turn + 2, tokens),
            answered(3 * turn + 3, tokens),
        )
    ]
