"""Judges a finished text: every value in it must be proven, and it must speak the contact's language.

A stored text is proven by construction: its slots are bound to a tool result, its other values are the
shop's own words.  The guard does not trust the construction; it reads the text anew.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from fondaco.domain.evidence import Evidence, EvidenceSource, Verdict
from fondaco.domain.tools import CallState
from fondaco.engine.draft import Draft
from fondaco.engine.writing import value_of
from fondaco.kit.language import looks_like
from fondaco.llm.markup import markup_in

#: What words and values are made of.
_UNBROKEN = r"[^\s()\[\]{}<>«»„“”\"'「」『』、。，！？：；]"
#: Anything with a digit in it: amounts, dates, order and tracking numbers, times.  It is looked for only from
#: where a word begins: from each letter it would take the square of a length that is long in Chinese.
_VALUE = re.compile(rf"(?<!{_UNBROKEN}){_UNBROKEN}*\d{_UNBROKEN}*")
_STOPS = ".,:;!?…"  #: what ends a sentence is no part of its last value
#: What makes an amount or a share of the number beside it: 30 days prove no 30 euros.
_MONEY = r"(?:EUR|USD|GBP|CHF|CNY|RMB|JPY|KRW|euros?|dollars?|pounds?|yuan|yen|won|[€$£¥₩])"
_BEHIND = re.compile(rf"\s?(?:(?P<money>{_MONEY})(?!\w)|(?P<share>%|percent\b|prozent\b))", re.IGNORECASE)
_BEFORE = re.compile(rf"(?<!\w){_MONEY}\s?$", re.IGNORECASE)
_OPEN_SLOT = re.compile(r"\{\w+(\.\w+)?(\|\w+)?\}")


def judge(draft: Draft) -> Verdict:
    """Return the verdict on a draft, with the evidence for every value in it."""
    bound = tuple(
        Evidence(
            written=slot.written,
            value=slot.value,
            source=EvidenceSource.TOOL,
            reference=slot.call_id,
            field=slot.field,
        )
        for slot in draft.slots
    )
    proven, findings = _trace_values(draft, (*bound, *draft.stated))
    findings += _unbound_slots(draft) + _open_slots(draft) + _leaked_markup(draft) + _wrong_language(draft)
    evidence = tuple(dict.fromkeys((*bound, *proven)))
    return Verdict(passed=not findings, evidence=evidence, findings=tuple(findings))


def _trace_values(draft: Draft, known: tuple[Evidence, ...]) -> tuple[list[Evidence], list[str]]:
    """Take out of the text what is proven already; what still holds a digit must stand in a stored text."""
    rest = _plain(draft.text)
    found: list[Evidence] = []
    for evidence in sorted(known, key=lambda one: len(one.written), reverse=True):
        written = _plain(evidence.written)
        rest, times = _whole(written).subn(" ", rest) if written else (rest, 0)
        if times:
            found.append(evidence)
    findings: list[str] = []
    for token in _VALUE.finditer(rest):
        value = token.group().strip(_STOPS)
        begin = token.start() + token.group().index(value)
        unit = _unit(rest, begin, begin + len(value))
        source = next((one for one in draft.sources if _stands_in(value, unit, one.text)), None)
        if source is None:
            findings.append(f"{value!r} is proven by no tool result and no article")
        else:
            found.append(_from_article(value, source.article_id))
    return found, findings


def _from_article(value: str, article_id: str) -> Evidence:
    return Evidence(
        written=value, value=value, source=EvidenceSource.ARTICLE, reference=article_id, field="body"
    )


def _stands_in(value: str, unit: str, text: str) -> bool:
    plain = _plain(text)
    places = _whole(value).finditer(plain)
    return any(not unit or _unit(plain, place.start(), place.end()) == unit for place in places)


def _unit(text: str, begin: int, end: int) -> str:
    """Return whether a number is an amount of money or a share; empty where it is neither."""
    behind = _BEHIND.match(text, end)
    if behind is not None:
        return behind.lastgroup or ""
    return "money" if _BEFORE.search(text, max(0, begin - 8), begin) else ""


def _whole(value: str) -> re.Pattern[str]:
    """Return what finds the value as a whole: 5 is proven neither by 15 nor by 5.90 or 2026-05."""
    before = r"(?<!\d)(?<!\d[.,:/-])" if value[0].isdigit() else ""
    after = r"(?!\d)(?![.,:/-]\d)" if value[-1].isdigit() else ""
    return re.compile(f"{before}{re.escape(value)}{after}")


def _unbound_slots(draft: Draft) -> list[str]:
    """Check every slot against the result of the call that it names."""
    results = {call.id: call.result or {} for call in draft.calls if call.state is CallState.DONE}
    return [
        f"{slot.slot} is bound to {slot.call_id}, which has no such result"
        for slot in draft.slots
        if value_of(results.get(slot.call_id, {}).get(slot.field)) != slot.value
    ]


def _open_slots(draft: Draft) -> list[str]:
    return [f"{match.group()} was not filled" for match in _OPEN_SLOT.finditer(draft.text)]


def _leaked_markup(draft: Draft) -> list[str]:
    return [f"{found!r} is no word for a contact" for found in markup_in(draft.text)]


def _wrong_language(draft: Draft) -> list[str]:
    if looks_like(draft.text, draft.language):
        return []
    return [f"the text is not in {draft.language.value}"]


# An answer without slots is its own source, and the same answers go out again and again.
@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
