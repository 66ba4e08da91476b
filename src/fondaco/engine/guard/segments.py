"""Tells two things of one sentence apart: ``A comes on Monday and B on Tuesday``."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.keys import bare_id
from fondaco.engine.guard.naming import Told
from fondaco.engine.guard.tracing import Proof
from fondaco.engine.guard.words import Kind


def segments(inside: Sequence[Proof], facts: Facts) -> list[tuple[Told, list[Proof]]]:
    """Return the values of a statement by the thing whose number stands before them.

    Empty unless it names several things of one type, and says something of each before it names the next.
    """
    found: list[tuple[Told, list[Proof]]] = []
    for proof in inside:
        names = _named(proof, facts)
        if names:
            found.append((names, [proof]))
        elif not found:
            return []
        else:
            found[-1][1].append(proof)
    if len(found) < 2 or any(len(values) < 2 for _, values in found):
        return []
    types = {tuple(sorted(names)) for names, _ in found}
    return found if len(types) == 1 else []


def _named(proof: Proof, facts: Facts) -> Told:
    if proof.value.kind is not Kind.ID:
        return {}
    traits = facts.traits.get(bare_id(proof.value.written), ())
    return {trait.type: frozenset({trait.id}) for trait in traits}
