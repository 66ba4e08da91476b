"""The pieces that an episode is told in; none of them ever comes apart."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fondaco.llm.asking import Entry, Said, Speaker
from fondaco.llm.estimates import texts_of


class Atom(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One message, or one request for tools together with every one of its results."""

    seq: int  #: of its first event in the conversation's log
    at_ms: int
    by: Speaker  #: the shop is who asks for tools
    entries: tuple[Entry, ...]
    tokens: int  #: what it takes in a prompt, marks around its entries included

    @property
    def is_message(self) -> bool:
        """Whether it is words, and no tools."""
        return len(self.entries) == 1 and isinstance(self.entries[0], Said)

    @property
    def text(self) -> str:
        """Its words; of tools what was passed and what they told."""
        return "\n".join(part for entry in self.entries for part in texts_of(entry))


def begins_turn(before: Atom | None, atom: Atom) -> bool:
    """Return whether a turn begins with the atom: words of the contact that follow words of the shop."""
    if atom.by is not Speaker.CONTACT:
        return before is None
    return before is None or (before.by is Speaker.ASSISTANT and before.is_message)


def turn_starts(atoms: Sequence[Atom]) -> list[int]:
    """Return the places at which turns begin, the first atom's among them."""
    return [
        place for place, atom in enumerate(atoms) if begins_turn(atoms[place - 1] if place else None, atom)
    ]


def tokens_of(atoms: Sequence[Atom]) -> int:
    """Return what the atoms take together."""
    return sum(atom.tokens for atom in atoms)
