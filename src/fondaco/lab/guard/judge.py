"""Judges one recorded reply as the product would: its values, their proofs, what is mixed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fondaco.domain.evidence import Evidence
from fondaco.engine.guard.facts import Facts, gather
from fondaco.engine.guard.mixups import find_mixups
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.tracing import Finding, Proof, trace
from fondaco.engine.guard.values import read_values
from fondaco.kit.language import Language
from fondaco.lab.guard.data import Reply

#: The day on which the recorded conversations take place, as their policy says.
TODAY = date(2024, 5, 15)

READER = Reader(Language.EN, TODAY)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the guard made of a text."""

    proofs: tuple[Proof, ...]
    evidence: tuple[Evidence, ...]
    unproven: tuple[Finding, ...]
    mixed_up: tuple[Finding, ...]

    @property
    def computed(self) -> tuple[Evidence, ...]:
        """The evidence of the values that were computed."""
        places = {proof.value.written for proof in self.proofs if proof.computed}
        return tuple(one for one in self.evidence if one.written in places)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that keeps the text back."""
        return self.unproven + self.mixed_up


def facts_for(reply: Reply) -> Facts:
    """Return everything that was proven when the reply was written."""
    return gather(reply.known, READER)


def judge(text: str, facts: Facts) -> Judged:
    """Return the findings on a text."""
    values = read_values(text, READER.language, TODAY, facts.wordlike_ids)
    traced = trace(text, values, facts)
    return Judged(traced.proofs, traced.evidence, traced.findings, find_mixups(text, traced.proofs, facts))
