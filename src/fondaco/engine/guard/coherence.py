"""Tells whether a fact fits to what else is said beside it, where no number or name tells of what.

``Blue, size M: $49.67`` is wrong where the blue one costs 50.88: the record of that price is purple.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from fondaco.domain.evidence import EvidenceSource
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.naming import stands_in
from fondaco.engine.guard.records import is_within
from fondaco.engine.guard.tracing import Proof
from fondaco.engine.guard.words import Fact, Kind

#: A field of all things of a type, such as ``("variant", "options.color")``.
Shape = tuple[str, str]


#: The place of a thing in a list.
_PLACE = re.compile(r"(?<![^.])\d+(?![^.])")
#: The fields of an address mean the same whatever it belongs to, a contact or an order.
_ADDRESS = "address."


# All things of a list have the same fields, and the same calls are looked at turn after turn.
@lru_cache(maxsize=16_384)
def _shape_in(path: str, type_: str, field: str) -> Shape:
    inner = field[len(path) :].lstrip(".") if path else field
    field_of = _PLACE.sub("*", inner)
    return ("" if field_of.startswith(_ADDRESS) else type_), field_of


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said in one place: each value or word with the facts that have it."""

    said: tuple[tuple[int, tuple[Fact, ...]], ...]  #: the first is the place of a value, -1 for a word
    normals: frozenset[str]


@dataclass(slots=True)
class Coherence:
    """Compares facts with what is said beside them."""

    facts: Facts
    _shapes: dict[tuple[str, str], Shape | None] = field(default_factory=dict)
    _by_shape: dict[Shape, list[Fact]] = field(default_factory=dict)
    _around: dict[str, Mapping[Shape, frozenset[str]]] = field(default_factory=dict)

    def beside(self, text: str, proofs: Iterable[Proof]) -> Beside:
        """Return what a piece of text says."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        said = [(one.value.begin, one.facts) for one in proofs if one.facts and _tells(one)]
        said += [
            (-1, found)
            for word, found in self.facts.words.items()
            if word in folded and stands_in(word, folded)
        ]
        return Beside(tuple(said), frozenset(fact.normal for _, found in said for fact in found))

    def contradiction(self, fact: Fact, begin: int, beside: Sequence[Beside]) -> Fact | None:
        """Return what else is said that is true of a rival and not of the thing of ``fact``; None: it fits.

        ``begin`` is the place of the value that the fact proves.
        """
        own = self._shape(fact)
        if own is None:
            return None
        around = self._normals_around(fact.record)
        for one in beside:
            for place, found in one.said:
                rivals = any(self._shape(other) == own for other in found)  # then both are spoken of
                if place != begin and not rivals and not any(self._together(fact, other) for other in found):
                    for other in found:
                        shape = self._shape(other)
                        told = around.get(shape) if shape is not None and shape != own else None
                        if told and not any(said in part.normals for part in beside for said in told):
                            return other
        return None

    def better(self, fact: Fact, beside: Sequence[Beside]) -> Fact | None:
        """Return the same field of a rival of which more is said; None: nothing fits better.

        A rival whose own value is said too is no rival: the text speaks of both.
        """
        own = self._shape(fact)
        if own is None:
            return None
        said = frozenset().union(*(one.normals for one in beside))
        score = self._score(fact.record, said - {fact.normal})
        for other in self._like(own):
            if other.record == fact.record or other.normal in said:
                continue
            if self._score(other.record, said) > score and not self._together(fact, other):
                return other
        return None

    def _score(self, record: str, said: frozenset[str]) -> int:
        """Return how much of what a record holds is said."""
        return len({fact.normal for fact in self.facts.within(record) if fact.kind is not Kind.NUMBER} & said)

    def _like(self, shape: Shape) -> Sequence[Fact]:
        if not self._by_shape:
            for fact in self.facts.everything():
                found = self._shape(fact)
                if found is not None:
                    self._by_shape.setdefault(found, []).append(fact)
        return self._by_shape.get(shape, ())

    def _together(self, one: Fact, other: Fact) -> bool:
        """Return whether two facts are of one thing, or one is of a thing around the other."""
        if other.source is not EvidenceSource.TOOL:
            return True
        if is_within(one.record, other.record) or is_within(other.record, one.record):
            return True
        mine, theirs = self.facts.identity(one.record), self.facts.identity(other.record)
        return mine is not None and theirs is not None and not set(mine.traits).isdisjoint(theirs.traits)

    def _shape(self, fact: Fact) -> Shape | None:
        key = (fact.record, fact.field)
        if key not in self._shapes:
            self._shapes[key] = self._shape_of(fact)
        return self._shapes[key]

    def _shape_of(self, fact: Fact) -> Shape | None:
        told = self.facts.identity(fact.record)
        if fact.source is not EvidenceSource.TOOL or told is None:
            return None
        return _shape_in(told.name.partition(":")[2], told.traits[0].type, fact.field)

    def _normals_around(self, record: str) -> Mapping[Shape, frozenset[str]]:
        if record not in self._around:
            found: dict[Shape, set[str]] = {}
            for one in self.facts.chain(record):
                for fact in self.facts.within(one.name):
                    shape = self._shape(fact)
                    if shape is not None:
                        found.setdefault(shape, set()).add(fact.normal)
            self._around[record] = {shape: frozenset(normals) for shape, normals in found.items()}
        return self._around[record]


def _tells(proof: Proof) -> bool:
    """Return whether a value tells of which thing is spoken; a bare count never does."""
    return proof.value.kind is not Kind.NUMBER
