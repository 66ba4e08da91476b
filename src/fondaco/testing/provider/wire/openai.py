"""OpenAI's chat completions: what is answered.  Source: OpenAPI description of the OpenAI API, 2026-08-21."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import msgspec

from fondaco.testing.provider.script import Answer, Ask, Ending
from fondaco.testing.provider.tokens import shares
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire import openai_request
from fondaco.testing.provider.wire.dialect import (
    Event,
    EventKind,
    Habits,
    Received,
    Spent,
    Telling,
    UsageFields,
    UsageTold,
    call_shares,
    retry_info,
)

_encode = msgspec.json.Encoder().encode
_PADDING = b"x" * 16
_DONE = Event(EventKind.END, b"[DONE]")
#: Status, type and code of each kind of error.
_ERRORS: dict[TroubleKind, tuple[int, str, str | None]] = {
    TroubleKind.BAD_REQUEST: (400, "invalid_request_error", None),
    TroubleKind.WRONG_KEY: (401, "invalid_request_error", "invalid_api_key"),
    TroubleKind.UNKNOWN_MODEL: (404, "invalid_request_error", "model_not_found"),
    TroubleKind.NO_SUCH_PATH: (404, "invalid_request_error", "unknown_url"),
    TroubleKind.QUOTA: (429, "insufficient_quota", "insufficient_quota"),
    TroubleKind.TOO_LONG: (400, "invalid_request_error", "context_length_exceeded"),
    TroubleKind.RATE_LIMITED: (429, "tokens", "rate_limit_exceeded"),
    TroubleKind.OVERLOADED: (529, "server_error", "overloaded"),
    TroubleKind.SERVER_ERROR: (500, "server_error", None),
    TroubleKind.UNAVAILABLE: (503, "server_error", None),
}


class OpenAiDialect:
    """OpenAI's protocol, which most others speak too."""

    def read(self, received: Received, habits: Habits) -> Ask:
        return openai_request.read(received, habits)

    def plain(self, telling: Telling) -> bytes:
        answer = telling.answer
        refused = answer.ending is Ending.REFUSED
        message: dict[str, Any] = {
            "role": "assistant",
            "content": answer.text if answer.text and not refused else None,
            "refusal": answer.text if refused else None,
        }
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        if answer.calls:
            message["tool_calls"] = [_whole_call(telling, index) for index in range(len(answer.calls))]
        finish = _finish(answer)
        body = _envelope(telling, "chat.completion")
        body["choices"] = [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}]
        if telling.usage is not UsageTold.NEVER:
            body["usage"] = _usage(telling.spent, telling.habits)
        return _encode(body)

    def events(self, telling: Telling) -> list[Event]:
        answer = telling.answer
        text_field = "refusal" if answer.ending is Ending.REFUSED else "content"
        speaker = _Speaker(telling)
        events = [speaker.event(EventKind.START, {"role": "assistant", "content": "", "refusal": None})]
        for field, text in (("reasoning_content", answer.reasoning), (text_field, answer.text)):
            pieces = telling.text_pieces(text)
            for piece, tokens in zip(pieces, shares(pieces), strict=True):
                events.append(speaker.event(EventKind.TEXT, {field: piece}, tokens))
        events += self._calls(telling, speaker)
        events.append(speaker.event(EventKind.FINISH, {}, finish=_finish(answer)))
        return [*events, *speaker.usages(), _DONE]

    def _calls(self, telling: Telling, speaker: _Speaker) -> list[Event]:
        each = [list(_call_deltas(telling, index)) for index in range(len(telling.answer.calls))]
        if telling.mixed:
            rounds = zip_longest(*each)
            deltas = [delta for one in rounds for delta in one if delta is not None]
        else:
            deltas = [delta for one in each for delta in one]
        return [speaker.event(EventKind.TOOL, {"tool_calls": [call]}, tokens) for call, tokens in deltas]

    def status(self, trouble: Trouble) -> int:
        return _ERRORS[trouble.kind][0]

    def error(self, trouble: Trouble, number: int) -> bytes:
        _, kind, code = _ERRORS[trouble.kind]
        error: dict[str, Any] = {"message": trouble.message, "type": kind, "param": None, "code": code}
        if trouble.wait_ms is not None:
            error["details"] = [retry_info(trouble.wait_ms)]
        return _encode({"error": error})

    def error_event(self, trouble: Trouble, number: int) -> Event:
        return Event(EventKind.START, self.error(trouble, number))

    def frame(self, event: Event) -> bytes:
        return b"data: " + event.data + b"\n\n"


class _Speaker:
    """Puts deltas into the envelope that all events of one stream share, and that is encoded once."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._said = 0
        envelope = _encode(_envelope(telling, "chat.completion.chunk"))
        self._before = envelope[:-1] + b',"choices":[{"index":0,"delta":'
        self._null_usage = b',"usage":null' if telling.ask.with_usage else b""

    def event(
        self, kind: EventKind, delta: dict[str, Any], tokens: int = 0, *, finish: str | None = None
    ) -> Event:
        self._said += tokens
        ended = b',"logprobs":null,"finish_reason":' + _encode(finish) + b"}]"
        data = self._before + _encode(delta) + ended + self._usage_so_far() + self._padding(delta) + b"}"
        return Event(kind, data, tokens)

    def _usage_so_far(self) -> bytes:
        if self._telling.usage is not UsageTold.ALWAYS:
            return self._null_usage
        spent = self._telling.spent.with_output(self._said)
        return b',"usage":' + _encode(_usage(spent, self._telling.habits))

    def _padding(self, delta: dict[str, Any]) -> bytes:
        if not self._telling.ask.padded:
            return b""
        return b',"obfuscation":"' + _PADDING[len(delta.get("content") or "") % 16 :] + b'"'

    def usages(self) -> list[Event]:
        told = {UsageTold.ONCE: 1, UsageTold.TWICE: 2}.get(self._telling.usage, 0)
        asked = self._telling.ask.with_usage or self._telling.usage is UsageTold.TWICE
        if not told or not asked:
            return []
        body = _envelope(self._telling, "chat.completion.chunk")
        body["choices"] = []
        body["usage"] = _usage(self._telling.spent, self._telling.habits)
        return [Event(EventKind.USAGE, _encode(body))] * told


def _envelope(telling: Telling, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{telling.number:08d}",
        "object": kind,
        "created": telling.at_seconds,
        "model": telling.model,
    }


def _finish(answer: Answer) -> str:
    if answer.ending is Ending.LENGTH:
        return "length"
    if answer.ending is Ending.FILTERED:
        return "content_filter"
    return "tool_calls" if answer.calls else "stop"


def _whole_call(telling: Telling, index: int) -> dict[str, Any]:
    call = telling.answer.calls[index]
    return {
        "id": telling.call_id(index, "call_"),
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _call_deltas(telling: Telling, index: int) -> list[tuple[dict[str, Any], int]]:
    """Return the deltas of one call, each with the tokens that it carries."""
    call = telling.answer.calls[index]
    if telling.whole:
        whole = {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        return [(whole, sum(call_shares(call.name, [call.arguments])))]
    pieces = telling.call_pieces(call)
    tokens = call_shares(call.name, pieces)
    opening = {"index": index, **_whole_call(telling, index)}
    opening["function"] = {"name": call.name, "arguments": ""}
    deltas = [(opening, tokens[0] if not pieces else 0)]
    for piece, share in zip(pieces, tokens, strict=False):
        deltas.append(({"index": index, "function": {"arguments": piece}}, share))
    return deltas


def _usage(spent: Spent, habits: Habits) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "prompt_tokens": spent.input,
        "completion_tokens": spent.output,
        "total_tokens": spent.input + spent.output,
    }
    if habits.usage_fields in {UsageFields.OPENAI, UsageFields.BOTH}:
        usage["prompt_tokens_details"] = {"cached_tokens": spent.cache_read, "audio_tokens": 0}
        usage["completion_tokens_details"] = {"reasoning_tokens": spent.reasoning, "audio_tokens": 0}
    if habits.usage_fields in {UsageFields.DEEPSEEK, UsageFields.BOTH}:
        usage["prompt_cache_hit_tokens"] = spent.cache_read
        usage["prompt_cache_miss_tokens"] = spent.input - spent.cache_read
    return usage
