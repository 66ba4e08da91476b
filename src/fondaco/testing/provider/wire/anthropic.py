"""Anthropic's Messages: what is answered.  Source: Anthropic's API reference, version 2023-06-01."""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.testing.provider.script import Answer, Ask, Ending
from fondaco.testing.provider.tokens import shares
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire import anthropic_request
from fondaco.testing.provider.wire.dialect import (
    Event,
    EventKind,
    Habits,
    Received,
    Spent,
    Telling,
    UsageTold,
    call_shares,
    retry_info,
)

_encode = msgspec.json.Encoder().encode
_ERRORS: dict[TroubleKind, tuple[int, str]] = {
    TroubleKind.BAD_REQUEST: (400, "invalid_request_error"),
    TroubleKind.WRONG_KEY: (401, "authentication_error"),
    TroubleKind.UNKNOWN_MODEL: (404, "not_found_error"),
    TroubleKind.NO_SUCH_PATH: (404, "not_found_error"),
    TroubleKind.QUOTA: (400, "invalid_request_error"),
    TroubleKind.TOO_LONG: (400, "invalid_request_error"),
    TroubleKind.RATE_LIMITED: (429, "rate_limit_error"),
    TroubleKind.OVERLOADED: (529, "overloaded_error"),
    TroubleKind.SERVER_ERROR: (500, "api_error"),
    TroubleKind.UNAVAILABLE: (503, "api_error"),
}


class AnthropicDialect:
    """Anthropic's own protocol."""

    def read(self, received: Received, habits: Habits) -> Ask:
        return anthropic_request.read(received)

    def plain(self, telling: Telling) -> bytes:
        answer = telling.answer
        content: list[dict[str, Any]] = []
        if answer.reasoning:
            content.append(
                {"type": "thinking", "thinking": answer.reasoning, "signature": _signature(telling)}
            )
        if answer.text:
            content.append({"type": "text", "text": answer.text})
        for index, call in enumerate(answer.calls):
            block = _tool_block(telling, index)
            block["input"] = msgspec.Raw(call.arguments.encode() or b"{}")
            content.append(block)
        message = _message(telling, content, _stop_reason(answer))
        message["usage"] = _usage(telling.spent)
        if telling.usage is UsageTold.NEVER:
            del message["usage"]
        return _encode(message)

    def events(self, telling: Telling) -> list[Event]:
        message = _message(telling, [], None)
        message["usage"] = _usage(telling.spent.with_output(1))
        if telling.usage is UsageTold.NEVER:
            del message["usage"]
        start = _event(EventKind.START, {"type": "message_start", "message": message})
        ping = _event(EventKind.START, {"type": "ping"})
        blocks = _blocks(telling)
        if telling.usage is UsageTold.ALWAYS:
            blocks = _with_usage(blocks)
        last = _event(EventKind.FINISH, _message_delta(telling, telling.spent.output))
        finish = [last, last] if telling.usage is UsageTold.TWICE else [last]
        return [start, ping, *blocks, *finish, _event(EventKind.END, {"type": "message_stop"})]

    def status(self, trouble: Trouble) -> int:
        return _ERRORS[trouble.kind][0]

    def error(self, trouble: Trouble, number: int) -> bytes:
        error: dict[str, Any] = {"type": _ERRORS[trouble.kind][1], "message": trouble.message}
        if trouble.wait_ms is not None:
            error["details"] = [retry_info(trouble.wait_ms)]
        return _encode({"type": "error", "error": error, "request_id": f"req_{number:08d}"})

    def error_event(self, trouble: Trouble, number: int) -> Event:
        return Event(EventKind.START, self.error(trouble, number), name=b"error")

    def frame(self, event: Event) -> bytes:
        return b"event: " + event.name + b"\ndata: " + event.data + b"\n\n"


def _event(kind: EventKind, body: dict[str, Any], tokens: int = 0) -> Event:
    return Event(kind, _encode(body), tokens, body["type"].encode())


def _message(telling: Telling, content: list[dict[str, Any]], stop_reason: str | None) -> dict[str, Any]:
    return {
        "id": f"msg_{telling.number:08d}",
        "type": "message",
        "role": "assistant",
        "model": telling.model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
    }


def _message_delta(telling: Telling, output: int) -> dict[str, Any]:
    delta = {"stop_reason": _stop_reason(telling.answer), "stop_sequence": None}
    body: dict[str, Any] = {"type": "message_delta", "delta": delta}
    if telling.usage is not UsageTold.NEVER:
        body["usage"] = _usage(telling.spent.with_output(output))
    return body


def _blocks(telling: Telling) -> list[Event]:
    answer = telling.answer
    events: list[Event] = []
    index = 0
    for kind, field, text in (("thinking", "thinking", answer.reasoning), ("text", "text", answer.text)):
        if text:
            pieces = telling.text_pieces(text)
            block = {"type": kind, field: ""} | ({"signature": ""} if kind == "thinking" else {})
            deltas = [{"type": f"{kind}_delta", field: piece} for piece in pieces]
            events += _block(telling, index, block, deltas, shares(pieces))
            index += 1
    for number, call in enumerate(answer.calls):
        pieces = telling.call_pieces(call) if not telling.whole else (call.arguments,)
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        tokens = call_shares(call.name, pieces)
        events += _block(telling, index, _tool_block(telling, number) | {"input": {}}, deltas, tokens)
        index += 1
    return events


def _with_usage(events: list[Event]) -> list[Event]:
    """Return the events, each that has tokens followed by the count so far."""
    told, said = list[Event](), 0
    for event in events:
        told.append(event)
        if event.tokens:
            said += event.tokens
            delta = {"stop_reason": None, "stop_sequence": None}
            body = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": said}}
            told.append(_event(EventKind.USAGE, body))
    return told


def _block(
    telling: Telling, index: int, block: dict[str, Any], deltas: list[dict[str, Any]], tokens: list[int]
) -> list[Event]:
    kind = EventKind.TOOL if block["type"] == "tool_use" else EventKind.TEXT
    events = [_event(kind, {"type": "content_block_start", "index": index, "content_block": block})]
    if block["type"] == "thinking":
        deltas = [*deltas, {"type": "signature_delta", "signature": _signature(telling)}]
        tokens = [*tokens, 0]
    for delta, share in zip(deltas, tokens, strict=False):
        body = {"type": "content_block_delta", "index": index, "delta": delta}
        events.append(_event(kind, body, share))
    return [*events, _event(kind, {"type": "content_block_stop", "index": index})]


def _tool_block(telling: Telling, index: int) -> dict[str, Any]:
    call = telling.answer.calls[index]
    return {"type": "tool_use", "id": telling.call_id(index, "toolu_"), "name": call.name}


def _signature(telling: Telling) -> str:
    return f"signature-{telling.number:08d}"


def _stop_reason(answer: Answer) -> str:
    if answer.ending in {Ending.REFUSED, Ending.FILTERED}:
        return "refusal"
    if answer.ending is Ending.LENGTH:
        return "max_tokens"
    return "tool_use" if answer.calls else "end_turn"


def _usage(spent: Spent) -> dict[str, Any]:
    """Anthropic's input tokens leave out what the cache has read or written."""
    written = spent.cache_write_5m + spent.cache_write_1h
    return {
        "input_tokens": spent.input - spent.cache_read - written,
        "cache_read_input_tokens": spent.cache_read,
        "cache_creation_input_tokens": written,
        "cache_creation": {
            "ephemeral_5m_input_tokens": spent.cache_write_5m,
            "ephemeral_1h_input_tokens": spent.cache_write_1h,
        },
        "output_tokens": spent.output,
    }
