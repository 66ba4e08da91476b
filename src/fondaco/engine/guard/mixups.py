"""Finds values that are true of another thing than the one a statement speaks of.

A statement names things by their numbers and names; what its line, its heading or the text before it names
holds for it too.  A value is mixed up where every fact that proves it belongs to a rival: a record of the
same type with another number or name.  A fact that belongs to no rival, such as an article's, proves it for
everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from fondaco.domain.evidence import EvidenceSource
from fondaco.engine.guard.coherence import Beside, Coherence
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.hearsay import find_hearsay
from fondaco.engine.guard.naming import Told
from fondaco.engine.guard.parts import Part, parts_of
from fondaco.engine.guard.records import Trait
from fondaco.engine.guard.tracing import Finding, Proof
from fondaco.engine.guard.words import Fact


def find_mixups(
    text: str, proofs: Sequence[Proof], facts: Facts, focus: Iterable[Trait] = ()
) -> tuple[Finding, ...]:
    """Return a finding for each value that stands in a statement about one thing and is true of another.

    ``focus`` is what the conversation speaks of where the text names nothing.
    """
    if not facts.has_things or not any(proof.facts for proof in proofs):
        return ()
    parts = list(parts_of(text, proofs, facts, focus))
    found = [finding for part in parts for finding in find_hearsay(part, facts)]
    if facts.has_rivals:
        operands = {id(fact) for proof in proofs for fact in proof.computed}
        single = {one.value.begin for one in proofs if one.facts and not _is_operand(one, operands)}
        of_rivals = _of_rivals(parts, single, facts)
        found += of_rivals.values()
        found += _misfits(parts, single - of_rivals.keys(), Coherence(facts))
    return tuple(sorted(found, key=lambda one: one.begin))


def _of_rivals(parts: Iterable[Part], single: Collection[int], facts: Facts) -> dict[int, Finding]:
    """Return a finding for each value that belongs to a rival of what its statement names, by its place.

    ``single`` holds the places of the values to look at.
    """
    found: dict[int, Finding] = {}
    for part in parts:
        implied = facts.company(part.told)
        for proof in part.inside:
            begin = proof.value.begin
            rival = _rival(proof, part.told, implied, facts) if begin in single else None
            if rival is not None:
                found[begin] = _finding(proof, rival, {**implied, **part.told})
    return found


def _misfits(parts: Iterable[Part], single: Collection[int], coherence: Coherence) -> Iterator[Finding]:
    """Yield a finding for each value that does not fit to what is said beside it."""
    for part in parts:
        inside = [proof for proof in part.inside if proof.value.begin in single]
        if not inside:
            continue
        around = [proof for proof in part.around if proof.value.begin in single]
        beside = [coherence.beside(piece, around) for piece in part.pieces]
        for proof in inside:
            other = _contradiction(proof, beside, coherence)
            if other is not None:
                yield _contradicted(proof, other)


def _contradiction(proof: Proof, beside: Sequence[Beside], coherence: Coherence) -> Fact | None:
    """Return what is said beside a value and fits none of the facts that prove it; None: it fits one."""
    other: Fact | None = None
    for fact in _weighty(proof):
        other = coherence.contradiction(fact, proof.value.begin, beside) or coherence.better(fact, beside)
        if other is None:
            return None
    return other


def _contradicted(proof: Proof, other: Fact) -> Finding:
    value = proof.value
    text = f"{value.written!r} and {other.normal!r} are true of different things, and stand together."
    return Finding(text=text, begin=value.begin, end=value.end)


def _is_operand(proof: Proof, operands: Collection[int]) -> bool:
    """Return whether a value was reckoned with: sums and comparisons bring things together."""
    return any(id(fact) in operands for fact in proof.facts)


def _rival(proof: Proof, told: Told, implied: Mapping[str, frozenset[str]], facts: Facts) -> Trait | None:
    """Return whose value it is where that is another thing than the one spoken of; None: it may stand."""
    rival: Trait | None = None
    for fact in _weighty(proof):
        rival = _stranger(fact, told, implied, facts)
        if rival is None:
            return None
    return rival


def _weighty(proof: Proof) -> Sequence[Fact]:
    """Return the facts that count: the contact's words do not, where a tool or an article knows the value."""
    known = [fact for fact in proof.facts if fact.source is not EvidenceSource.CONTACT]
    return known or proof.facts


def _stranger(fact: Fact, told: Told, implied: Mapping[str, frozenset[str]], facts: Facts) -> Trait | None:
    """Return the trait by which a fact belongs to a rival of what is spoken of."""
    for type_, ids in facts.belongs_to(fact.record).items():
        wanted = told.get(type_) or implied.get(type_)
        if wanted and wanted.isdisjoint(ids):
            return Trait(type_, min(ids))
    return None


def _finding(proof: Proof, rival: Trait, told: Mapping[str, frozenset[str]]) -> Finding:
    value = proof.value
    ours = " and ".join(sorted(told[rival.type]))
    text = f"{value.written!r} is true of {rival.type} {rival.id}, but is said of {rival.type} {ours}."
    return Finding(text=text, begin=value.begin, end=value.end)
