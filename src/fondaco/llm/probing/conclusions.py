"""What follows from probes: in what a model differs from its documents, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from fondaco.llm.failures import FailureClass
from fondaco.llm.probing.facts import ProbeFacts, ProbeName, WireFacts
from fondaco.llm.probing.measured import Deviations, Measured
from fondaco.llm.targets import EndMarker, Profile, Protocol, StreamUsage

T = TypeVar("T")

PROFILE = "profile"  #: where a change is one of the profile

_ENOUGH = 2  # streams that must agree before a habit is believed
_REFUSES = 400
_DONE, _FINISH = "[DONE]", "finish reason"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was."""

    probe: str  #: or ``PROFILE``
    what: str
    before: str
    now: str
    matters: bool  #: what contacts, bills or answers may suffer from


def deviations_of(documented: Profile, lowered: Profile, probes: Sequence[ProbeFacts]) -> Deviations:
    """Return in what the probes contradict the documented profile.

    ``lowered`` is the profile with which requests were understood in the end.  Where probes say nothing, or
    contradict each other, the documented profile holds.
    """
    streams = _streams(probes)
    whole = [one for one in streams if one.ends]
    streams_well = _streams_well(documented, probes)
    return Deviations(
        streams=None if streams_well else False,
        tools=False if documented.tools and _refuses_tools(probes) else None,
        end_marker=_end_marker(documented, streams) if streams_well else None,
        stream_usage=_stream_usage(documented, lowered, whole) if streams_well else None,
        output_limit_field=_unless_same(documented.output_limit_field, lowered.output_limit_field),
        takes_temperature=_unless_same(documented.takes_temperature, lowered.takes_temperature),
        obfuscates=_unless_same(documented.obfuscates, lowered.obfuscates),
        reports_cache=_reports_cache(documented, probes),
    )


def faults_of(probes: Sequence[ProbeFacts], deviations: Deviations) -> list[str]:
    """Return what went wrong and is no habit that the product now reckons with."""
    return [
        f"{one.name.value}: {one.outcome}: {one.message}"
        for one in probes
        if not one.answered and not _is_explained(one, deviations)
    ]


def changes_between(before: Measured, now: Measured) -> list[Change]:
    """Return what has changed from one run to the next."""
    changes = _fields(PROFILE, _told(before.deviations), _told(now.deviations), minor=())
    known = {one.name: one for one in before.probes}
    for one in now.probes:
        if one.name in known:
            changes += _fields(one.name.value, _seen(known[one.name]), _seen(one), _MINOR)
    return changes


#: What may differ from one run to the next without anybody suffering from it.
_MINOR = ("rate-limit headers", "tool calls")


def _streams(probes: Sequence[ProbeFacts]) -> list[WireFacts]:
    return [
        one.wire
        for one in probes
        if one.wire is not None and one.wire.is_stream and one.name is not ProbeName.WRONG_KEY
    ]


def _streams_well(documented: Profile, probes: Sequence[ProbeFacts]) -> bool:
    """Return False only where whole answers come and streams never do."""
    plain = any(one.name is ProbeName.PLAIN and one.answered for one in probes)
    tried = [one for one in probes if one.name in {ProbeName.STREAMED, ProbeName.STREAMED_AGAIN}]
    never = bool(tried) and all(
        (one.wire is not None and not one.wire.is_stream) or _refuses(one, "stream") for one in tried
    )
    return not (documented.streams and plain and never)


def _refuses(one: ProbeFacts, word: str) -> bool:
    return not one.answered and one.status >= _REFUSES and word in one.message.lower()


def _refuses_tools(probes: Sequence[ProbeFacts]) -> bool:
    words_work = any(one.answered for one in probes if one.name is not ProbeName.TOOL)
    return words_work and any(one.name is ProbeName.TOOL and _refuses(one, "tool") for one in probes)


def _end_marker(documented: Profile, streams: Sequence[WireFacts]) -> EndMarker | None:
    if documented.protocol is not Protocol.OPENAI_CHAT or len(streams) < _ENOUGH:
        return None
    done = {_DONE in one.ends for one in streams}
    finish = {_FINISH in one.ends for one in streams}
    if documented.end_marker is EndMarker.DONE and done == {False} and finish == {True}:
        return EndMarker.FINISH_REASON
    if documented.end_marker is not EndMarker.DONE_ONLY and done == {True} and finish == {False}:
        return EndMarker.DONE_ONLY
    return None


def _stream_usage(documented: Profile, lowered: Profile, streams: Sequence[WireFacts]) -> StreamUsage | None:
    if documented.stream_usage is not StreamUsage.ASKED or len(streams) < _ENOUGH:
        return None
    told = any(one.usage_on for one in streams)
    if lowered.stream_usage is not StreamUsage.ASKED:
        return StreamUsage.ALWAYS if told else StreamUsage.NEVER
    return None if told else StreamUsage.NEVER


def _reports_cache(documented: Profile, probes: Sequence[ProbeFacts]) -> bool | None:
    """Gemini leaves the field out while nothing is cached, so its absence shows nothing there."""
    told = [one.wire for one in probes if one.wire is not None and one.wire.usage_on]
    if documented.protocol is Protocol.GEMINI or not told:
        return None
    return _unless_same(documented.reports_cache, any(one.cached_field for one in told))


def _unless_same(documented: T, found: T) -> T | None:
    return None if documented == found else found


def _is_explained(one: ProbeFacts, deviations: Deviations) -> bool:
    if one.name is ProbeName.WRONG_KEY:
        return one.outcome == FailureClass.CREDENTIAL.value
    if one.name is ProbeName.TOOL and deviations.tools is False:
        return True
    if one.outcome == FailureClass.INCOMPLETE.value:
        return deviations.end_marker is not None
    return deviations.streams is False and one.name is not ProbeName.PLAIN


def _told(deviations: Deviations) -> dict[str, str]:
    return {name: str(value) for name, value in deviations.told().items()}


def _seen(one: ProbeFacts) -> dict[str, str]:
    """Return what is compared, less what was not seen; figures differ by themselves and are left out."""
    seen = {
        "outcome": one.outcome,
        "left out": "; ".join(one.refused_before) or "nothing",
        "rate-limit headers": ", ".join(one.limit_headers) or "none",
    }
    if one.served_model:
        seen["served model"] = one.served_model
    return seen | _seen_on(one.wire) if one.wire is not None else seen


def _seen_on(wire: WireFacts) -> dict[str, str]:
    seen = {
        "streams": str(wire.is_stream),
        "end": ", ".join(wire.ends) or "nothing",
        "usage on": wire.usage_on or "nowhere",
    }
    if wire.usage_on:
        seen["cached field"] = wire.cached_field or "none"
    if wire.tools is not None:
        seen |= {
            "tool calls": str(wire.tools.calls),
            "tool indices": wire.tools.indices.value,
            "tool ids": wire.tools.ids.value,
            "whole tool calls": str(wire.tools.whole),
        }
    return seen


def _fields(probe: str, before: dict[str, str], now: dict[str, str], minor: Sequence[str]) -> list[Change]:
    """Return the fields that differ; what a probe has seen on one of the two days only is no change."""
    names = [
        name
        for name in dict.fromkeys((*before, *now))
        if probe == PROFILE or (name in before and name in now)
    ]
    return [
        Change(
            probe=probe,
            what=name,
            before=before.get(name, "as documented"),
            now=now.get(name, "as documented"),
            matters=name not in minor,
        )
        for name in names
        if before.get(name) != now.get(name)
    ]
