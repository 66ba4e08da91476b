"""An episode's atoms in a row, with running sums, so that a longer history costs no more to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from fondaco.llm.asking import Entry
from fondaco.memory.atoms import Atom


class Tape:
    """Grows at its end and never changes otherwise."""

    __slots__ = ("_ends", "_entries", "_upto", "atoms")

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._upto = [0]  # tokens before each atom, and all of them at the end
        self._entries: list[Entry] = []
        self._ends = [0]  # entries before each atom, and all of them at the end

    def __len__(self) -> int:
        return len(self.atoms)

    def add(self, atoms: Iterable[Atom]) -> None:
        """Append atoms, oldest first."""
        for atom in atoms:
            self.atoms.append(atom)
            self._upto.append(self._upto[-1] + atom.tokens)
            self._entries += atom.entries
            self._ends.append(len(self._entries))

    def tokens(self, first: int, end: int | None = None) -> int:
        """Return what the atoms from one place to another take; to the last one where none is named."""
        return self._upto[-1 if end is None else end] - self._upto[first]

    def entries(self, first: int) -> list[Entry]:
        """Return what is told from this atom on."""
        return self._entries[self._ends[first] :]

    def place_of(self, seq: int) -> int:
        """Return the place of the first atom that does not come before this event."""
        return bisect_left(self.atoms, seq, key=lambda atom: atom.seq)
