"""Gemini's generateContent: what is answered.

Source: ``generative_service.proto`` of the Generative Language API, v1beta; ``error_details.proto``.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from fondaco.testing.provider.script import Answer, Ask, Ending
from fondaco.testing.provider.tokens import count, shares
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire import gemini_request
from fondaco.testing.provider.wire.dialect import (
    GOOGLE_TYPES,
    Event,
    EventKind,
    Habits,
    Received,
    Spent,
    Telling,
    UsageTold,
    retry_info,
)

_encode = msgspec.json.Encoder().encode
_DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel"
_ERRORS: dict[TroubleKind, tuple[int, str]] = {
    TroubleKind.BAD_REQUEST: (400, "INVALID_ARGUMENT"),
    TroubleKind.WRONG_KEY: (400, "INVALID_ARGUMENT"),
    TroubleKind.UNKNOWN_MODEL: (404, "NOT_FOUND"),
    TroubleKind.NO_SUCH_PATH: (404, "NOT_FOUND"),
    TroubleKind.QUOTA: (429, "RESOURCE_EXHAUSTED"),
    TroubleKind.TOO_LONG: (400, "INVALID_ARGUMENT"),
    TroubleKind.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED"),
    TroubleKind.OVERLOADED: (503, "UNAVAILABLE"),
    TroubleKind.SERVER_ERROR: (500, "INTERNAL"),
    TroubleKind.UNAVAILABLE: (503, "UNAVAILABLE"),
}


class GeminiDialect:
    """Google's own protocol."""

    def read(self, received: Received, habits: Habits) -> Ask:
        return gemini_request.read(received, habits)

    def plain(self, telling: Telling) -> bytes:
        answer = telling.answer
        parts: list[dict[str, Any]] = []
        if answer.reasoning:
            parts.append({"text": answer.reasoning, "thought": True})
        if answer.text:
            parts.append({"text": answer.text})
        parts += _calls(telling)
        usage = telling.usage is not UsageTold.NEVER
        return _encode(_body(telling, parts, _finish(answer), telling.spent if usage else None))

    def events(self, telling: Telling) -> list[Event]:
        answer = telling.answer
        each = telling.usage is UsageTold.ALWAYS
        events, said = [], 0
        for thought, text in ((True, answer.reasoning), (False, answer.text)):
            pieces = telling.text_pieces(text)
            for piece, tokens in zip(pieces, shares(pieces), strict=True):
                said += tokens
                part = {"text": piece, "thought": True} if thought else {"text": piece}
                body = _body(telling, [part], None, telling.spent.with_output(said) if each else None)
                events.append(Event(EventKind.TEXT, _encode(body), tokens))
        for call, part in zip(answer.calls, _calls(telling), strict=True):
            body = _body(telling, [part], None, None)
            events.append(Event(EventKind.TOOL, _encode(body), count(call.name + call.arguments)))
        told = telling.spent if telling.usage is not UsageTold.NEVER else None
        if telling.usage is UsageTold.TWICE:
            events.append(Event(EventKind.USAGE, _encode(_body(telling, [{"text": ""}], None, told))))
        last = _body(telling, [{"text": ""}], _finish(answer), told)
        return [*events, Event(EventKind.END, _encode(last))]

    def status(self, trouble: Trouble) -> int:
        return _ERRORS[trouble.kind][0]

    def error(self, trouble: Trouble, number: int) -> bytes:
        status, name = _ERRORS[trouble.kind]
        error: dict[str, Any] = {"code": status, "message": trouble.message, "status": name}
        details = _details(trouble)
        return _encode({"error": error | ({"details": details} if details else {})})

    def error_event(self, trouble: Trouble, number: int) -> Event:
        return Event(EventKind.START, self.error(trouble, number))

    def frame(self, event: Event) -> bytes:
        return b"data: " + event.data + b"\r\n\r\n"


def _body(
    telling: Telling, parts: list[dict[str, Any]], finish: str | None, spent: Spent | None
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    body: dict[str, Any] = {"candidates": [candidate]}
    if finish is not None:
        candidate["finishReason"] = finish
    if telling.answer.ending is Ending.FILTERED:
        body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    if spent:
        body["usageMetadata"] = _usage(spent)
    body["modelVersion"] = telling.model
    body["responseId"] = f"sim{telling.number:08d}"
    return body


def _calls(telling: Telling) -> list[dict[str, Any]]:
    """Return the calls as parts; they come whole, most often without an id, and with one signature."""
    parts: list[dict[str, Any]] = []
    for call in telling.answer.calls:
        function = {"name": call.name, "args": msgspec.Raw(call.arguments.encode() or b"{}")}
        parts.append({"functionCall": function | ({"id": call.id} if call.id else {})})
    if parts:
        signed = f"sim-{telling.number:08d}".encode()
        parts[0]["thoughtSignature"] = base64.b64encode(signed).decode()
    return parts


def _finish(answer: Answer) -> str:
    if answer.ending is Ending.REFUSED:
        return "SAFETY"
    return "MAX_TOKENS" if answer.ending is Ending.LENGTH else "STOP"


def _usage(spent: Spent) -> dict[str, Any]:
    """Gemini's candidates leave out the thoughts; its prompt includes what came from the cache."""
    usage = {
        "promptTokenCount": spent.input,
        "candidatesTokenCount": spent.output - spent.reasoning,
        "totalTokenCount": spent.input + spent.output,
    }
    if spent.cache_read:
        usage["cachedContentTokenCount"] = spent.cache_read
    if spent.reasoning:
        usage["thoughtsTokenCount"] = spent.reasoning
    return usage


def _details(trouble: Trouble) -> list[dict[str, Any]]:
    if trouble.kind is TroubleKind.WRONG_KEY:
        return [
            {"@type": GOOGLE_TYPES + "ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
        ]
    if trouble.kind not in {TroubleKind.QUOTA, TroubleKind.RATE_LIMITED}:
        return []
    quota = _DAY if trouble.kind is TroubleKind.QUOTA else _MINUTE
    details: list[dict[str, Any]] = [
        {"@type": GOOGLE_TYPES + "QuotaFailure", "violations": [{"quotaId": quota}]}
    ]
    if trouble.wait_ms is not None:
        details.append(retry_info(trouble.wait_ms))
    return details
