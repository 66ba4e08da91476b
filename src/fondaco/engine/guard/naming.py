"""Tells which things a statement names, by their numbers and by their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.keys import bare_id
from fondaco.engine.guard.records import Trait
from fondaco.engine.guard.statements import Statement
from fondaco.engine.guard.tracing import Proof
from fondaco.engine.guard.words import Kind

#: What a text speaks of: of each type of thing, the ids and names that it names.
Told = dict[str, frozenset[str]]

_NUMBERS = frozenset({Kind.ID, Kind.NUMBER, Kind.PHONE})  #: as what the number of a thing may be read


def named_in(text: str, cut: Sequence[Statement], proofs: Iterable[Proof], facts: Facts) -> list[Told]:
    """Return what each statement of a text names by itself."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    names = [name for name in facts.names if name in folded]
    numbers = [
        (proof.value.begin, traits)
        for proof in proofs
        if proof.value.kind in _NUMBERS and (traits := facts.traits.get(bare_id(proof.value.written)))
    ]
    return [_named(one, numbers, names, facts) for one in cut]


def _named(
    one: Statement, numbers: Iterable[tuple[int, tuple[Trait, ...]]], names: Iterable[str], facts: Facts
) -> Told:
    traits = [trait for begin, found in numbers if one.begin <= begin < one.end for trait in found]
    if names:
        folded = unicodedata.normalize("NFKC", one.text).casefold()
        traits += [trait for name in names if stands_in(name, folded) for trait in facts.names[name]]
    told: dict[str, set[str]] = {}
    for trait in traits:
        told.setdefault(trait.type, set()).add(trait.id)
    return {type_: frozenset(ids) for type_, ids in told.items()}


def stands_in(name: str, folded: str) -> bool:
    """Return whether a name stands in a text as a word; in scripts without gaps it may stand anywhere."""
    begin = folded.find(name)
    while begin >= 0:
        before, behind = folded[begin - 1 : begin], folded[begin + len(name) : begin + len(name) + 1]
        if not (_joins(before, name[0]) or _joins(name[-1], behind)):
            return True
        begin = folded.find(name, begin + 1)
    return False


def _joins(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and left.isascii() and right.isascii()
