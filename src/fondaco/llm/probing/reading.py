"""Looks at the bytes of an answer for what a reader passes over: where figures stand, what marks the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from fondaco.llm.failures import ModelFailed
from fondaco.llm.probing.facts import Ids, Indices, ToolFacts, WireFacts
from fondaco.llm.targets import Protocol
from fondaco.llm.wire.retry_after import date_ms, duration_ms, retry_after_ms
from fondaco.llm.wire.sse import EventStream

_CACHED = {
    Protocol.OPENAI_CHAT: (
        ("prompt_tokens_details", "cached_tokens"),
        ("prompt_cache_hit_tokens",),
    ),
    Protocol.ANTHROPIC_MESSAGES: (("cache_read_input_tokens",),),
    Protocol.GEMINI: (("cachedContentTokenCount",), ("cached_content_token_count",)),
}
_USAGE = {
    Protocol.OPENAI_CHAT: (("usage",),),
    Protocol.ANTHROPIC_MESSAGES: (("usage",), ("message", "usage")),
    Protocol.GEMINI: (("usageMetadata",), ("usage_metadata",)),
}
_TWICE = 2

Path = tuple[str | int, ...]


def look(protocol: Protocol, body: bytes) -> WireFacts:
    """Return what an answer's bytes show, whether it is a stream, one JSON value or neither."""
    events, is_stream = _events(body)
    decoded = [value for value in (_decoded(data) for data in events) if value is not None]
    usages = [(value, usage) for value in decoded if (usage := _usage(protocol, value)) is not None]
    return WireFacts(
        is_stream=is_stream,
        events=len(events) if is_stream else 0,
        ends=_ends(protocol, decoded, events),
        usage_on=_place(protocol, [value for value, _ in usages], len(decoded), is_stream=is_stream),
        cached_field=_cached_field(protocol, [usage for _, usage in usages]),
        tools=_tools(protocol, decoded),
    )


def retry_told(headers: Mapping[str, str], body: bytes, now_ms: int) -> str:
    """Return in which way an answer says how long to wait; empty where it does not."""
    if "retry-after-ms" in headers:
        return "retry-after-ms"
    value = headers.get("retry-after", "").strip()
    if value:
        return f"retry-after in {_form(value, now_ms)}"
    if retry_after_ms(headers, now_ms) is not None:
        return "reset of a limit"
    return "RetryInfo in the body" if b"retryDelay" in body else ""


def at(value: object, path: Path) -> object:
    """Return what stands at a path of keys and places; None where nothing does."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _form(value: str, now_ms: int) -> str:
    if value.isdigit():
        return "seconds"
    if value.replace(".", "", 1).isdigit():
        return "fractions of seconds"
    if duration_ms(value) is not None:
        return "words"
    return "a date" if date_ms(value, now_ms) is not None else "a form that is not understood"


def _events(body: bytes) -> tuple[list[bytes], bool]:
    stream = EventStream()
    try:
        events = [data for _, data in (*stream.feed(body), *stream.end())]
    except ModelFailed:
        return [], False
    plain = stream.plain_body()
    return (events, bool(events)) if plain is None else ([plain], False)


def _decoded(data: bytes) -> object:
    try:
        value: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def _usage(protocol: Protocol, value: object) -> object:
    return next((found for path in _USAGE[protocol] if isinstance(found := at(value, path), dict)), None)


def _cached_field(protocol: Protocol, usages: Sequence[object]) -> str:
    fields = (
        ".".join(path) for usage in usages for path in _CACHED[protocol] if isinstance(at(usage, path), int)
    )
    return next(fields, "")


def _finish(protocol: Protocol, value: object) -> object:
    match protocol:
        case Protocol.OPENAI_CHAT:
            return at(value, ("choices", 0, "finish_reason"))
        case Protocol.ANTHROPIC_MESSAGES:
            return at(value, ("delta", "stop_reason")) or at(value, ("stop_reason",))
        case Protocol.GEMINI:
            return at(value, ("candidates", 0, "finishReason"))


def _ends(protocol: Protocol, decoded: Iterable[object], events: Sequence[bytes]) -> tuple[str, ...]:
    ends: list[str] = []
    for value in decoded:
        if isinstance(_finish(protocol, value), str):
            ends.append("finish reason")
        if at(value, ("type",)) == "message_stop":
            ends.append("message_stop")
    if any(data.strip() == b"[DONE]" for data in events):
        ends.append("[DONE]")
    return tuple(dict.fromkeys(ends))


def _place(protocol: Protocol, told: Sequence[object], events: int, *, is_stream: bool) -> str:
    """Return on which events the figures stood."""
    if not told:
        return ""
    if not is_stream:
        return "the answer"
    if protocol is Protocol.ANTHROPIC_MESSAGES:
        return " and ".join(dict.fromkeys(str(at(value, ("type",))) for value in told))
    if len(told) > _TWICE and len(told) >= events - 1:
        return "every event"
    if len(told) >= _TWICE:
        return "several events"
    finishes = isinstance(_finish(protocol, told[0]), str)
    return "the event with the finish reason" if finishes else "an event of its own"


def _tools(protocol: Protocol, decoded: Iterable[object]) -> ToolFacts | None:
    pieces = [piece for value in decoded for piece in _tool_pieces(protocol, value)]
    if not pieces:
        return None
    begun = sum(begins for _, _, begins in pieces)
    return ToolFacts(
        calls=begun,
        indices=_indices([index for index, _, _ in pieces], begun),
        ids=_ids([bool(id_) for _, id_, _ in pieces], begun),
        whole=len(pieces) == begun,
    )


#: A piece of a tool call: the number that it names, its id, and whether a call begins with it.
_Piece = tuple[object, object, bool]


def _tool_pieces(protocol: Protocol, value: object) -> list[_Piece]:
    match protocol:
        case Protocol.OPENAI_CHAT:
            pieces = at(value, ("choices", 0, "delta", "tool_calls")) or at(
                value, ("choices", 0, "message", "tool_calls")
            )
            return [
                (at(one, ("index",)), at(one, ("id",)), bool(at(one, ("function", "name"))))
                for one in _list(pieces)
            ]
        case Protocol.ANTHROPIC_MESSAGES:
            block = at(value, ("content_block",))
            is_call = at(block, ("type",)) == "tool_use"
            return [(at(value, ("index",)), at(block, ("id",)), True)] if is_call else []
        case Protocol.GEMINI:
            parts = _list(at(value, ("candidates", 0, "content", "parts")))
            calls = [call for part in parts if (call := at(part, ("functionCall",))) is not None]
            return [(None, at(call, ("id",)), True) for call in calls]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _indices(indices: Sequence[object], calls: int) -> Indices:
    if any(index is None for index in indices):
        return Indices.MISSING
    return Indices.SAME if len(set(map(str, indices))) < calls else Indices.NUMBERED


def _ids(named: Sequence[bool], calls: int) -> Ids:
    if sum(named) < calls:
        return Ids.MISSING
    return Ids.REPEATED if sum(named) > calls else Ids.ONCE
