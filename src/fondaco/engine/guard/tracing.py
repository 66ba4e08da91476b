"""Traces every value of a text to the facts that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec

from fondaco.domain.evidence import Evidence
from fondaco.engine.guard.counts import small_counts
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.sums import Term, explain
from fondaco.engine.guard.words import Fact, Kind, Value


class Finding(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Why a value may not leave, in words that a teammate understands."""

    text: str
    begin: int  #: the place of the value, in characters
    end: int


class Proof(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A value, and the facts that prove it."""

    value: Value
    facts: tuple[Fact, ...] = ()  #: each of them proves it; empty: computed, free or unproven
    computed: tuple[Fact, ...] = ()  #: the facts of the values it was computed from
    sign: str = ""  #: how it was computed: ``+``, ``-`` or ``*``


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the values of a text."""

    proofs: tuple[Proof, ...]  #: one a value, in order
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]


#: How a finding ends; a model that is told of it must not repeat it.
UNPROVEN = "stands in no tool result, no article and no message of the contact"
#: What an unproven value is called.
_NAMES = {
    Kind.AMOUNT: "amount",
    Kind.NUMBER: "number",
    Kind.PERCENT: "percentage",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DURATION: "duration",
    Kind.ID: "number of something",
    Kind.EMAIL: "e-mail address",
    Kind.URL: "link",
    Kind.PHONE: "telephone number",
    Kind.STATE: "status",
}
_COMPUTABLE = frozenset({Kind.AMOUNT, Kind.NUMBER})
_ENDING = "…"  # begins the reading of an id whose first characters are not shown
_DENIED = "!"  # begins the reading of a state that is denied
_LEAST_NUMBER = 6  # digits that hit an id's end by chance once in a million
_MIDNIGHT = "00:00"
_NEAR = 12  # characters between a day and its hour
_MOST_STEPS = 2  # a sum of sums that stand in the reply themselves
_FREE = frozenset({"1"})  # a count that language itself makes: one of them, a one-year warranty


def trace(text: str, values: Sequence[Value], facts: Facts) -> Traced:
    """Return a proof for each value of one reply, the evidence, and a finding for each that is unproven."""
    proofs = _with_midnights([Proof(value=value, facts=prove(value, facts)) for value in values], facts)
    if any(_may_be_computed(proof) for proof in proofs):
        counts = [Proof(value=one, facts=facts.proving(one)) for one in small_counts(text, values)]
        for _ in range(_MOST_STEPS):
            proofs = _computed(proofs, counts)
    return Traced(
        proofs=tuple(proofs),
        evidence=tuple(found for proof in proofs if (found := _evidence(proof)) is not None),
        findings=tuple(_finding(proof.value) for proof in proofs if is_unproven(proof)),
    )


def _with_midnights(proofs: list[Proof], facts: Facts) -> list[Proof]:
    """Return the proofs with those of days that begin: what comes at midnight comes on the next day."""
    for place, (proof, behind) in enumerate(pairwise(proofs)):
        value = proof.value
        if value.kind is not Kind.DATE or behind.value.kind is not Kind.TIME or proof.facts:
            continue
        near = behind.value.begin - value.end <= _NEAR
        if near and behind.facts and _MIDNIGHT in behind.value.readings:
            before = msgspec.structs.replace(value, readings=tuple(map(_day_before, value.readings)))
            proofs[place] = msgspec.structs.replace(proof, facts=facts.proving(before))
    return proofs


def _day_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except ValueError:
        return day


def _may_be_computed(proof: Proof) -> bool:
    return proof.value.kind in _COMPUTABLE and is_unproven(proof)


def prove(value: Value, facts: Facts) -> tuple[Fact, ...]:
    """Return the facts that prove a value by themselves."""
    first = value.readings[0]
    if value.kind is Kind.ID and first.startswith(_ENDING):
        return facts.ending(first)
    if value.kind is Kind.STATE and first.startswith(_DENIED):
        return facts.other_states(value.readings)
    return facts.proving(value) or _by_its_number(value, facts)


def _by_its_number(value: Value, facts: Facts) -> tuple[Fact, ...]:
    """Return the facts whose id ends in a number that is told without its prefix: ``certificate 7504069``."""
    first = value.readings[0]
    long_enough = value.kind is Kind.ID and first.isdecimal() and len(first) >= _LEAST_NUMBER
    return facts.ending(first) if long_enough else ()


def is_unproven(proof: Proof) -> bool:
    """Return whether nothing proves the value; a bare one needs no proof."""
    value = proof.value
    free = value.kind is Kind.NUMBER and not _FREE.isdisjoint(value.readings) and value.written[0] != "0"
    return not (proof.facts or proof.computed or free)


def _computed(proofs: Sequence[Proof], small: Sequence[Proof]) -> list[Proof]:
    """Return the proofs with those that one step of arithmetic makes from proven values of the reply."""
    terms = [one for proof in proofs if proof.facts or proof.computed for one in _terms(proof)]
    bare = [*terms, *(one for proof in small if proof.facts for one in _terms(proof))]
    counts = [(number, fact) for unit, (number, fact) in bare if not unit and number == int(number)]
    return [_compute(proof, terms, counts) if _may_be_computed(proof) else proof for proof in proofs]


def _terms(proof: Proof) -> Iterable[tuple[str, Term]]:
    if proof.value.kind in _COMPUTABLE:
        for reading in proof.value.readings:
            number, _, unit = reading.partition(" ")
            yield unit, (Decimal(number), (proof.facts or proof.computed)[0])


def _compute(proof: Proof, terms: Sequence[tuple[str, Term]], counts: Sequence[Term]) -> Proof:
    for reading in proof.value.readings:
        number, _, unit = reading.partition(" ")
        # Counts are so few and small that their sums and differences would prove nearly every other count.
        like = [term for of, term in terms if of == unit] if unit else counts
        sign, used = explain(Decimal(number), like, counts, sums=bool(unit))
        if used:
            return msgspec.structs.replace(proof, computed=used, sign=sign)
    return proof


def _evidence(proof: Proof) -> Evidence | None:
    facts = proof.facts[:1] or proof.computed
    if not facts:
        return None
    first, sign = facts[0], f" {proof.sign} "
    return Evidence(
        written=proof.value.written,
        value=sign.join(fact.normal for fact in facts),
        source=first.source,
        reference=first.reference,
        field=sign.join(fact.field for fact in facts),
    )


def is_computed(evidence: Evidence) -> bool:
    """Return whether a value was made of others, by the evidence for it."""
    return any(f" {sign} " in evidence.field for sign in "+-*")


def _finding(value: Value) -> Finding:
    name = _NAMES[value.kind]
    text = f"The {name} {value.written!r} {UNPROVEN}."
    return Finding(text=text, begin=value.begin, end=value.end)
