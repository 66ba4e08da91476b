"""Judges a finished text: every value proven, every claim done, nothing leaked, in the contact's language.

A stored text is proven by construction: its slots are bound to a tool result, its other values are the
shop's own words.  The guard does not trust the construction; it reads the text anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

import msgspec

from fondaco.domain.evidence import Evidence, EvidenceSource, Verdict
from fondaco.domain.tools import CallState
from fondaco.engine.draft import Draft, Source
from fondaco.engine.guard.attribution import only_said
from fondaco.engine.guard.cases import Case
from fondaco.engine.guard.claims import Backing, ClaimKind, asks_for_a_yes, claims_in, kinds_named, unbacked
from fondaco.engine.guard.disguises import disguised
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.leaks import Protected, leaks_in
from fondaco.engine.guard.links import links_in
from fondaco.engine.guard.mixups import find_mixups
from fondaco.engine.guard.secrets import asks_for_secrets
from fondaco.engine.guard.statements import statements
from fondaco.engine.guard.tongues import is_at_home
from fondaco.engine.guard.tracing import Finding, Proof, trace
from fondaco.engine.guard.words import Fact, Kind, Value
from fondaco.engine.writing import value_of
from fondaco.kit.language import Language, looks_like

_OPEN_SLOT = re.compile(r"\{\w+(\.\w+)?(\|\w+)?\}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PASSED = "arguments."  #: the path of what was passed to a call
#: What contacts have with a shop, in five languages: where nothing was looked up, nobody knows its state.
_THEIRS = re.compile(
    r"\byour (?:\w+ ){0,2}(?:order|parcel|package|shipment|delivery|return|refund|item)|\bit has been\b"
    r"|\b(?:ihre?|deine?)[rnms]? (?:\w+ ){0,2}(?:bestellung|paket|sendung|lieferung|rücksendung|erstattung)"
    r"|您的(?:订单|包裹|快递|退货|退款)|ご注文|お荷物|ご返品|ご返金|주문하신|고객님의 (?:주문|택배|반품|환불)"
    r"|\b[a-z]{2}-\d{4,}",
    re.IGNORECASE,
)
#: Values of a report: when something was, and what has become of it.
_TELLING = frozenset({Kind.DATE, Kind.STATE})
_MINOR = ".amount_minor"  #: of ``Money``, the end of its path inside a result


class Fault(StrEnum):
    """What is wrong with a text."""

    UNPROVEN = "unproven value"  #: a value that stands nowhere
    MIXED_UP = "mix-up"  #: a value of another thing, or one that a tool contradicts
    MADE_UP = "made up"  #: what only the model itself has passed to a tool
    HEARSAY = "hearsay"  #: an amount or share that only the contact has spoken of
    CLAIM = "claim"  #: an act that nobody has done
    LEAK = "leak"  #: markup, raw data, rules, notes, foreign links
    PHISHING = "asks for a secret"  #: a password, a card number, a code
    LANGUAGE = "language"  #: another one than the contact's
    SLOT = "slot"  #: a slot that is open, or bound to nothing


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found out about a draft."""

    facts: Facts
    proofs: tuple[Proof, ...]
    evidence: tuple[Evidence, ...]
    faults: tuple[tuple[Fault, str], ...]  #: in words that a teammate understands


def judge(draft: Draft, case: Case | None = None) -> Verdict:
    """Return the verdict on a draft, with the evidence for every value in it.

    ``case`` is what was known before; a stored text that speaks of nothing but itself needs none.
    """
    if draft.stored and not (draft.slots or draft.stated or draft.calls):
        alone = _alone(draft.text, draft.language, draft.sources)
        if alone.passed:
            return alone
    return _verdict(draft, case)


# The same stored answers go out again and again.
@lru_cache(maxsize=256)
def _alone(text: str, language: Language, sources: tuple[Source, ...]) -> Verdict:
    return _verdict(Draft(text=text, language=language, sources=sources, stored=True), None)


def _verdict(draft: Draft, case: Case | None) -> Verdict:
    found = examine(draft, case)
    findings = tuple(dict.fromkeys(text for _, text in found.faults))
    return Verdict(passed=not findings, evidence=found.evidence, findings=findings)


def examine(draft: Draft, case: Case | None = None) -> Judgement:
    """Return what `judge` decides on, for those who want to know more than the verdict."""
    case = case or Case()
    facts = Facts(case.harvests(case.reader(draft.language), draft.calls, draft.sources))
    bound = (*_of_slots(draft), *draft.stated)
    traced, evidence = _traced(draft, case, facts, bound)
    faults = [(Fault.UNPROVEN, one.text) for one in traced.findings]
    faults += ((Fault.SLOT, text) for text in (*_unbound_slots(draft), *_open_slots(draft)))
    faults += ((Fault.LANGUAGE, text) for text in _wrong_language(draft))
    if not draft.stored:
        faults += _faults_of_a_model(draft, case, facts, traced.proofs)
    return Judgement(facts=facts, proofs=traced.proofs, evidence=evidence, faults=tuple(faults))


def _faults_of_a_model(
    draft: Draft, case: Case, facts: Facts, proofs: tuple[Proof, ...]
) -> Iterator[tuple[Fault, str]]:
    """Yield what only a model can do wrong, whose words are nobody's."""
    for one in find_mixups(draft.text, proofs, facts):
        yield Fault.MIXED_UP, one.text
    for text in _made_up(draft, case, proofs):
        yield Fault.MADE_UP, text
    for one in only_said(draft.text, proofs):
        yield Fault.HEARSAY, one.text
    for text in _unbacked_claims(draft, case, facts, proofs):
        yield Fault.CLAIM, text
    for text in (
        *leaks_in(draft.text, draft.language, _protected(draft, case, facts)),
        *_disguised(draft, case),
    ):
        yield Fault.LEAK, text
    for said in asks_for_secrets(draft.text, (one.text for one in draft.sources)):
        yield Fault.PHISHING, f"{said!r} asks for what only its owner may know"


def _disguised(draft: Draft, case: Case) -> Iterator[str]:
    """Yield the words in letters of another script, unless somebody else has written them so."""
    for word in disguised(draft.text):
        if not case.has_read(word, draft.calls, draft.sources):
            yield f"{word!r} has letters of another script"


class _Values(msgspec.Struct, frozen=True):
    """What became of the values of a text that nothing binds."""

    proofs: tuple[Proof, ...]
    findings: tuple[Finding, ...]


def _of_slots(draft: Draft) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            written=slot.written,
            value=slot.value,
            source=EvidenceSource.TOOL,
            reference=slot.call_id,
            field=slot.field,
        )
        for slot in draft.slots
    )


def _traced(
    draft: Draft, case: Case, facts: Facts, bound: Sequence[Evidence]
) -> tuple[_Values, tuple[Evidence, ...]]:
    """Take out what is bound already; the values of the rest must stand in something that proves them."""
    covered, used = _covered(draft.text, bound)
    reader = case.reader(draft.language)
    read = (one for one in reader.with_ids(facts.wordlike_ids).read(draft.text) if not _touches(one, covered))
    values = [one for one in read if one.kind is not Kind.STATE or _is_told(one, draft, facts)]
    traced = trace(draft.text, values, facts)
    # What a tool or an article proves, the contact's own words need not.
    known = [_placed(one) for one in traced.evidence if one.source is not EvidenceSource.CONTACT]
    said = [one for one in traced.evidence if one.source is EvidenceSource.CONTACT]
    evidence = tuple(dict.fromkeys((*_of_slots(draft), *used, *known, *said)))
    return _Values(traced.proofs, traced.findings), evidence


def _is_told(state: Value, draft: Draft, facts: Facts) -> bool:
    """Return whether a state is one of something of the contact's, and not a word like any other."""
    if draft.stored or facts.has_things:
        return not draft.stored
    return any(
        one.begin <= state.begin < one.end and _THEIRS.search(one.text) for one in statements(draft.text)
    )


def _placed(evidence: Evidence) -> Evidence:
    """Return the evidence with its place as people know it: the one of an article, a field with an amount."""
    of_article = evidence.source is EvidenceSource.ARTICLE and not evidence.field
    field = "body" if of_article else evidence.field.replace(_MINOR, "")
    return evidence if field == evidence.field else msgspec.structs.replace(evidence, field=field)


def _covered(text: str, bound: Iterable[Evidence]) -> tuple[list[tuple[int, int]], list[Evidence]]:
    """Return the places of bound values, the longest first, and the evidence that was found there."""
    plain = _plain(text)
    if len(plain) != len(text):
        plain = text
    places: list[tuple[int, int]] = []
    used: list[Evidence] = []
    for one in sorted(bound, key=lambda one: len(one.written), reverse=True):
        written = _plain(one.written)
        found = [match.span() for match in _whole(written).finditer(plain)] if written else []
        if found:
            places += found
            used.append(one)
    return places, used


def _touches(value: Value, places: Iterable[tuple[int, int]]) -> bool:
    return any(value.begin < end and begin < value.end for begin, end in places)


def _whole(value: str) -> re.Pattern[str]:
    """Return what finds the value as a whole: 5 is proven neither by 15 nor by 5.90 or 2026-05."""
    before = r"(?<!\d)(?<!\d[.,:/-])" if value[0].isdigit() else ""
    after = r"(?!\d)(?![.,:/-]\d)" if value[-1].isdigit() else ""
    return re.compile(f"{before}{re.escape(value)}{after}")


def _made_up(draft: Draft, case: Case, proofs: Iterable[Proof]) -> list[str]:
    """Find values that only the call proves to which a model has passed them itself."""
    if not draft.invented:
        return []
    reader = case.reader(draft.language)
    passed = {
        (call_id, reading)
        for call_id, text in draft.invented
        if not _DAY.fullmatch(text)  # what is told of a day that was asked for, is told of that day
        for value in reader.read(text)
        for reading in value.readings
    }
    return [
        f"{proof.value.written!r} is what the model itself has passed to a tool"
        for proof in proofs
        if proof.facts and all(_is_passed(proof.value, fact, passed) for fact in proof.facts)
    ]


def _is_passed(value: Value, fact: Fact, passed: Collection[tuple[str, str]]) -> bool:
    return any((fact.reference, reading) in passed for reading in value.readings)


def _unbacked_claims(draft: Draft, case: Case, facts: Facts, proofs: Iterable[Proof]) -> list[str]:
    claims = claims_in(draft.text, draft.language)
    if not claims:
        return []
    backing = Backing(
        executed=case.executed(draft.actions),
        handed_over=draft.handoff is not None,
        proposed=asks_for_a_yes(draft.text, draft.language),
        reported=_reported(facts, case, draft.language),
        told=tuple(
            (one.value.begin, one.value.end)
            for one in proofs
            if one.value.kind in _TELLING and any(fact.source is EvidenceSource.TOOL for fact in one.facts)
        ),
        published=frozenset().union(*(kinds_named(one.text, draft.language) for one in draft.sources)),
        cited=tuple(one.text for one in draft.sources),
    )
    return [
        f"{claim.written!r} claims what nobody has done ({claim.kind.value})"
        for claim in unbacked(claims, backing)
    ]


def _reported(facts: Facts, case: Case, language: Language) -> frozenset[ClaimKind]:
    """Return the acts that tool results tell of, such as a state or a date in a field of that name.

    What an action would come to tells of none.
    """
    facts_of_tools = [
        fact
        for fact in facts.everything()
        if fact.source is EvidenceSource.TOOL and not case.is_preview(fact.reference)
    ]
    states = {fact.normal for fact in facts_of_tools if fact.kind is Kind.STATE}
    named = (kinds_named(word, language) for word, state in case.states.words if state in states)
    told = {
        (fact.field.rpartition(".")[2], fact.normal if fact.kind is Kind.STATE else "")
        for fact in facts_of_tools
        if fact.record
    }
    return frozenset().union(*named, *(kinds_named(f"{name} {state}", Language.EN) for name, state in told))


def _protected(draft: Draft, case: Case, facts: Facts) -> Protected:
    """Return what must not leave; where the shop's own articles lead, an answer may lead too.

    So it may to an address that is all that stands in a field of a tool result, such as that of a label.
    """
    if not links_in(draft.text):
        return case.protected
    hosts = {link.host for one in draft.sources for link in links_in(one.text) if link.host}
    return msgspec.structs.replace(
        case.protected,
        allowed_hosts=case.protected.allowed_hosts | hosts,
        allowed_links=frozenset(_whole_links(facts)),
    )


def _whole_links(facts: Facts) -> Iterator[str]:
    told = [one for one in facts.everything() if one.record and not one.field.startswith(_PASSED)]
    whole = {(one.reference, one.field) for one in told if one.kind is Kind.ID}
    for one in told:
        if one.kind is Kind.URL and (one.reference, one.field) in whole:
            yield one.normal


def _unbound_slots(draft: Draft) -> list[str]:
    """Check every slot against the result of the call that it names, and that the text says what it holds."""
    results = {call.id: call.result or {} for call in draft.calls if call.state is CallState.DONE}
    plain = _plain(draft.text)
    unbound = [
        f"{slot.slot} is bound to {slot.call_id}, which has no such result"
        for slot in draft.slots
        if value_of(results.get(slot.call_id, {}).get(slot.field)) != slot.value
    ]
    return unbound + [
        f"{slot.slot} is {slot.written!r}, which the text does not say"
        for slot in draft.slots
        if slot.written and not _whole(_plain(slot.written)).search(plain)
    ]


def _open_slots(draft: Draft) -> list[str]:
    return [f"{match.group()} was not filled" for match in _OPEN_SLOT.finditer(draft.text)]


def _wrong_language(draft: Draft) -> list[str]:
    if is_at_home(draft.text, draft.language) or looks_like(draft.text, draft.language):
        return []
    return [f"the text is not in {draft.language.value}"]


# An answer without slots is its own source, and the same answers go out again and again.
@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
