"""An episode's atoms in a row, with running sums, so that a longer history costs no more to look at.

They are kept as columns of numbers beside their entries, which takes a third less memory
(``fondaco lab memory --hot`` prints it): thousands of conversations are open at once, and few of their atoms
are ever looked at again as such.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import overload

from fondaco.llm.asking import Entry, Speaker
from fondaco.memory.atoms import Atom


class Tape:
    """Grows at its end and never changes otherwise."""

    __slots__ = ("_at_ms", "_by_contact", "_ends", "_entries", "_seqs", "_upto")

    def __init__(self) -> None:
        self._seqs = array("q")
        self._at_ms = array("q")
        self._by_contact = bytearray()  # 1 where the contact speaks
        self._upto = array("q", (0,))  # tokens before each atom, and all of them at the end
        self._entries: list[Entry] = []
        self._ends = array("q", (0,))  # entries before each atom, and all of them at the end

    def __len__(self) -> int:
        return len(self._seqs)

    def add(self, atoms: Iterable[Atom]) -> None:
        """Append atoms, oldest first."""
        for atom in atoms:
            self._seqs.append(atom.seq)
            self._at_ms.append(atom.at_ms)
            self._by_contact.append(atom.by is Speaker.CONTACT)
            self._upto.append(self._upto[-1] + atom.tokens)
            self._entries += atom.entries
            self._ends.append(len(self._entries))

    @property
    def atoms(self) -> Sequence[Atom]:
        """The atoms as they were added, made anew for whoever looks at them."""
        return _Atoms(self)

    def atom(self, place: int) -> Atom:
        """Return the atom at a place.  Raises IndexError where there is none."""
        place = range(len(self))[place]
        return Atom(
            seq=self._seqs[place],
            at_ms=self._at_ms[place],
            by=Speaker.CONTACT if self._by_contact[place] else Speaker.ASSISTANT,
            entries=tuple(self._entries[self._ends[place] : self._ends[place + 1]]),
            tokens=self._upto[place + 1] - self._upto[place],
        )

    def tokens(self, first: int, end: int | None = None) -> int:
        """Return what the atoms from one place to another take; to the last one where none is named."""
        return self._upto[-1 if end is None else end] - self._upto[first]

    def entries(self, first: int) -> list[Entry]:
        """Return what is told from this atom on."""
        return self._entries[self._ends[first] :]

    def place_of(self, seq: int) -> int:
        """Return the place of the first atom that does not come before this event."""
        return bisect_left(self._seqs, seq)


class _Atoms(Sequence[Atom]):
    """A tape, atom by atom; a part of it is a list."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def __len__(self) -> int:
        return len(self._tape)

    @overload
    def __getitem__(self, place: int) -> Atom: ...

    @overload
    def __getitem__(self, place: slice) -> list[Atom]: ...

    def __getitem__(self, place: int | slice) -> Atom | list[Atom]:
        if isinstance(place, slice):
            return [self._tape.atom(one) for one in range(*place.indices(len(self)))]
        return self._tape.atom(place)
