"""Finds what is said to be so only because the contact said so, where a tool says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from fondaco.domain.evidence import EvidenceSource
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.naming import Told
from fondaco.engine.guard.parts import Part
from fondaco.engine.guard.tracing import Finding, Proof
from fondaco.engine.guard.words import Fact, Kind

_STATED = frozenset({Kind.AMOUNT, Kind.DATE, Kind.STATE})
_QUESTION = ("?", "？")


def find_hearsay(part: Part, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each amount, day or state of a named thing that nobody but the contact told.

    A question, and a statement that also says what the tool says, only repeat the contact's words.
    """
    if not part.named or part.text.endswith(_QUESTION):
        return
    for proof in part.inside:
        if _is_hearsay(proof, part, facts):
            yield _heard(proof)


def _is_hearsay(proof: Proof, part: Part, facts: Facts) -> bool:
    kind = proof.value.kind
    if kind not in _STATED or not proof.facts:
        return False
    if any(fact.source is not EvidenceSource.CONTACT for fact in proof.facts):
        return False
    if any(_is_told_by_tool(other) and other.value.kind is kind for other in part.inside):
        return False
    return any(
        fact.kind is kind and fact.record and _is_of(fact, part.named, facts) for fact in facts.everything()
    )


def _is_told_by_tool(proof: Proof) -> bool:
    return any(fact.source is EvidenceSource.TOOL for fact in proof.facts)


def _is_of(fact: Fact, named: Told, facts: Facts) -> bool:
    own = facts.belongs_to(fact.record)
    return any(type_ in own and not ids.isdisjoint(own[type_]) for type_, ids in named.items())


def _heard(proof: Proof) -> Finding:
    value = proof.value
    text = f"{value.written!r} is only what the contact said; the tool result of this thing says otherwise."
    return Finding(text=text, begin=value.begin, end=value.end)
