"""Faults in what a model says and in how a protocol tells it; those of the connection are in ``acts``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from fondaco.testing.provider.faults import Fault, FaultRule
from fondaco.testing.provider.script import Answer, Ask, Call, Ending, WireName
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire.dialect import Event, EventKind, Telling, UsageTold

HUGE_TOKENS = 200_000
_HUGE_EVENT_TOKENS = 400
_HUGE_LINE = "the quick brown fox jumps over the lazy dog and then does so again, without an end. "
#: Portuguese, which none of fondaco's own languages is.
_ELSEWHERE = "Olá! A sua encomenda já saiu do nosso armazém e chega amanhã de manhã."
_SOLID = {EventKind.TEXT, EventKind.TOOL}

#: Faults by which a request gets no answer at all.
TROUBLES: Mapping[Fault, tuple[TroubleKind, str]] = {
    Fault.RATE_LIMITED: (
        TroubleKind.RATE_LIMITED,
        "Rate limit reached for this model. Please try again later.",
    ),
    Fault.OVERLOADED: (TroubleKind.OVERLOADED, "The model is overloaded. Please try again later."),
    Fault.SERVER_ERROR: (TroubleKind.SERVER_ERROR, "The server had an error while processing your request."),
    Fault.UNAVAILABLE: (TroubleKind.UNAVAILABLE, "The service is temporarily unavailable."),
    Fault.WRONG_KEY: (TroubleKind.WRONG_KEY, "Incorrect API key provided."),
    Fault.UNKNOWN_MODEL: (
        TroubleKind.UNKNOWN_MODEL,
        "The model does not exist or you do not have access to it.",
    ),
    Fault.QUOTA: (TroubleKind.QUOTA, "Your credit balance is too low: you exceeded your current quota."),
    Fault.TOO_LONG: (
        TroubleKind.TOO_LONG,
        "The prompt is too long: it exceeds the maximum number of tokens.",
    ),
}

_TELLING: Mapping[Fault, dict[str, Any]] = {
    Fault.USAGE_MISSING: {"usage": UsageTold.NEVER},
    Fault.USAGE_DOUBLED: {"usage": UsageTold.TWICE},
    Fault.USAGE_EVERYWHERE: {"usage": UsageTold.ALWAYS},
    Fault.INTERLEAVED_TOOLS: {"mixed": True},
    Fault.WHOLE_TOOL_CALL: {"whole": True},
}


def spoilt_answer(fault: Fault, ask: Ask, answer: Answer) -> Answer:
    """Return what the model says instead."""
    spoil = _ANSWERS.get(fault)
    return spoil(ask, answer) if spoil else answer


def spoilt_telling(fault: Fault, telling: Telling) -> Telling:
    """Return how the answer is told instead."""
    changes = dict(_TELLING.get(fault, {}))
    if fault is Fault.HUGE:
        changes["habits"] = msgspec.structs.replace(telling.habits, event_tokens=_HUGE_EVENT_TOKENS)
    return msgspec.structs.replace(telling, **changes) if changes else telling


def spoilt_events(rule: FaultRule, events: list[Event], error: Event) -> list[Event]:
    """Return the events that come instead; ``error`` is how the protocol tells an error in a stream."""
    solid = [at for at, event in enumerate(events) if event.kind in _SOLID]
    kept = math.ceil(len(solid) * rule.at)
    cut = solid[kept] if kept < len(solid) else (solid[-1] + 1 if solid else len(events) - 1)
    match rule.fault:
        case Fault.MALFORMED:
            return _with_half_an_event(events, max(cut - 1, 0))
        case Fault.ERROR_IN_200:
            return [*events[:cut], error]
        case Fault.ERROR_FIRST:
            return [error]
        case Fault.TRUNCATED:
            return events[:cut]
        case Fault.MISSING_END:
            return [event for event in events if event.kind is not EventKind.END]
        case Fault.EMPTY_BODY:
            return []
        case _:
            return events


def spoilt_body(fault: Fault, body: bytes, error: bytes) -> bytes:
    """Return the body that comes instead of a plain answer's."""
    match fault:
        case Fault.MALFORMED:
            return body[: len(body) // 2]
        case Fault.ERROR_IN_200 | Fault.ERROR_FIRST:
            return error
        case Fault.EMPTY_BODY:
            return b""
        case _:
            return body


def trouble_of(rule: FaultRule) -> Trouble | None:
    """Return by which error the request ends at once, if it does."""
    found = TROUBLES.get(rule.fault)
    if not found:
        return None
    wait_ms = (1.0 if rule.seconds is None else rule.seconds) * 1000
    limited = rule.fault is Fault.RATE_LIMITED
    trouble = Trouble(*found, wait_ms=wait_ms if limited else None, told_as=rule.retry_dialect or "")
    trouble.headers = rule.headers
    return trouble


def _with_half_an_event(events: list[Event], at: int) -> list[Event]:
    broken = msgspec.structs.replace(events[at], data=events[at].data[: len(events[at].data) // 2])
    return [*events[:at], broken, *events[at + 1 :]]


def _wrong_arguments(ask: Ask, answer: Answer) -> Answer:
    """In Gemini's protocol and in Anthropic's plain answers arguments are an object and cannot be broken."""
    objects = ask.wire is WireName.GEMINI or (ask.wire is WireName.ANTHROPIC and not ask.stream)
    calls = tuple(
        Call(
            name=call.name,
            id=call.id,
            arguments='{"unexpected":true}' if objects else call.arguments[:-1] + ',"',
        )
        for call in answer.calls
    )
    return msgspec.structs.replace(answer, calls=calls)


def _leaked(ask: Ask, answer: Answer) -> Answer:
    """Return the call as text, in the markup of the Hermes template, which many open models know."""
    offered = ask.tools[0].name if ask.tools else "look_up"
    calls = answer.calls or (Call(name=offered, arguments="{}"),)
    text = "\n".join(
        f'<tool_call>\n{{"name": "{call.name}", "arguments": {call.arguments}}}\n</tool_call>'
        for call in calls
    )
    return Answer(text=text)


def _huge() -> Answer:
    times = HUGE_TOKENS * 4 // len(_HUGE_LINE) + 1
    return Answer(text=(_HUGE_LINE * times)[: HUGE_TOKENS * 4])


_ANSWERS: Mapping[Fault, Callable[[Ask, Answer], Answer]] = {
    Fault.WRONG_ARGUMENTS: _wrong_arguments,
    Fault.LEAKED_MARKUP: _leaked,
    Fault.OTHER_LANGUAGE: lambda _ask, _answer: Answer(text=_ELSEWHERE),
    Fault.NOTHING: lambda _ask, _answer: Answer(),
    Fault.HUGE: lambda _ask, _answer: _huge(),
    Fault.CONTENT_FILTER: lambda _ask, _answer: Answer(ending=Ending.FILTERED),
}
