"""What the bytes of an answer show, whatever a reader makes of them."""

from __future__ import annotations

import pytest

from fondaco.llm.probing.facts import Ids, Indices
from fondaco.llm.probing.reading import look, retry_told
from fondaco.llm.targets import Protocol

OPENAI, ANTHROPIC, GEMINI = Protocol.OPENAI_CHAT, Protocol.ANTHROPIC_MESSAGES, Protocol.GEMINI
NOW_MS = 1_795_000_000_000

WORD = b'{"choices": [{"index": 0, "delta": {"content": "Ready"}}]}'
STOP = b'{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}'
STOP_WITH_USAGE = b'{"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}'
WORD_WITH_USAGE = b'{"choices": [{"delta": {"content": "Ready"}}], "usage": {"prompt_tokens": 3}}'
USAGE = b'{"choices": [], "usage": {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 0}}}'
DEEPSEEK_USAGE = b'{"choices": [], "usage": {"prompt_cache_hit_tokens": 0}}'
DONE = b"[DONE]"


def stream(*events: bytes) -> bytes:
    return b"".join(b"data: " + event + b"\n\n" for event in events)


def pieces(*calls: bytes) -> bytes:
    return stream(
        *(b'{"choices": [{"delta": {"tool_calls": [' + call + b"]}}]}" for call in calls), STOP, DONE
    )


@pytest.mark.parametrize(
    ("events", "ends"),
    [
        ((WORD, STOP, DONE), ("finish reason", "[DONE]")),
        ((WORD, STOP), ("finish reason",)),
        ((WORD, DONE), ("[DONE]",)),
        ((WORD,), ()),
    ],
)
def test_marks_of_the_end_are_seen(events: tuple[bytes, ...], ends: tuple[str, ...]) -> None:
    facts = look(OPENAI, stream(*events))

    assert (facts.is_stream, facts.ends) == (True, ends)


@pytest.mark.parametrize(
    ("events", "place"),
    [
        ((WORD, STOP, USAGE, DONE), "an event of its own"),
        ((WORD, STOP_WITH_USAGE, DONE), "the event with the finish reason"),
        ((WORD_WITH_USAGE, WORD_WITH_USAGE, STOP_WITH_USAGE, DONE), "every event"),
        ((WORD, STOP_WITH_USAGE, USAGE, DONE), "several events"),
        ((WORD, STOP, DONE), ""),
    ],
)
def test_the_place_of_the_figures_is_seen(events: tuple[bytes, ...], place: str) -> None:
    assert look(OPENAI, stream(*events)).usage_on == place


@pytest.mark.parametrize(
    ("usage", "field"),
    [
        (USAGE, "prompt_tokens_details.cached_tokens"),
        (DEEPSEEK_USAGE, "prompt_cache_hit_tokens"),
        (STOP_WITH_USAGE, ""),
    ],
)
def test_the_field_of_cached_tokens_is_seen_even_when_it_says_zero(usage: bytes, field: str) -> None:
    assert look(OPENAI, stream(WORD, usage, DONE)).cached_field == field


@pytest.mark.parametrize(
    ("calls", "indices", "ids", "whole"),
    [
        (
            (b'{"index": 0, "id": "a", "function": {"name": "f"}}', b'{"index": 0, "function": {}}'),
            Indices.NUMBERED,
            Ids.ONCE,
            False,
        ),
        ((b'{"function": {"name": "f", "arguments": "{}"}}',), Indices.MISSING, Ids.MISSING, True),
        (
            (
                b'{"index": 0, "id": "a", "function": {"name": "f"}}',
                b'{"index": 0, "id": "b", "function": {"name": "f"}}',
            ),
            Indices.SAME,
            Ids.ONCE,
            True,
        ),
        (
            (b'{"index": 0, "id": "a", "function": {"name": "f"}}', b'{"index": 0, "id": "a"}'),
            Indices.NUMBERED,
            Ids.REPEATED,
            False,
        ),
    ],
)
def test_the_way_of_tool_calls_is_seen(
    calls: tuple[bytes, ...], indices: Indices, ids: Ids, whole: bool
) -> None:
    tools = look(OPENAI, pieces(*calls)).tools

    assert tools is not None
    assert (tools.indices, tools.ids, tools.whole) == (indices, ids, whole)


def test_an_answer_that_is_no_stream_is_one() -> None:
    facts = look(
        OPENAI, b'{"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], "usage": {}}'
    )

    assert (facts.is_stream, facts.usage_on, facts.ends) == (False, "the answer", ("finish reason",))


def test_the_words_of_anthropic_are_seen() -> None:
    body = stream(
        b'{"type": "message_start", "message": {"usage": {"input_tokens": 3, "cache_read_input_tokens": 0}}}',
        b'{"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t"}}',
        b'{"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 2}}',
        b'{"type": "message_stop"}',
    )

    facts = look(ANTHROPIC, body)

    assert facts.usage_on == "message_start and message_delta"
    assert (facts.ends, facts.cached_field) == (("finish reason", "message_stop"), "cache_read_input_tokens")
    assert facts.tools is not None
    assert facts.tools.ids is Ids.ONCE


def test_the_words_of_gemini_are_seen() -> None:
    body = stream(
        b'{"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": {}}}]},'
        b' "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 3}}'
    )

    facts = look(GEMINI, body)

    assert (facts.usage_on, facts.ends) == ("the event with the finish reason", ("finish reason",))
    assert facts.tools is not None
    assert facts.tools.ids is Ids.MISSING


@pytest.mark.parametrize("body", [b"", b"<html>", b"data: {nonsense\n\n", b"\xff\xfe", b'["a", 1]'])
def test_whatever_comes_is_looked_at_without_an_error(body: bytes) -> None:
    assert look(OPENAI, body).usage_on == ""


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        ({"retry-after-ms": "1500", "retry-after": "2"}, b"", "retry-after-ms"),
        ({"retry-after": "2"}, b"", "retry-after in seconds"),
        ({"retry-after": "1.5"}, b"", "retry-after in fractions of seconds"),
        (
            {"retry-after": "Sun, 22 Nov 2099 12:00:00 GMT"},
            b"",
            "retry-after in a form that is not understood",
        ),
        ({"retry-after": "1m2s"}, b"", "retry-after in words"),
        (
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1.5s"},
            b"",
            "reset of a limit",
        ),
        ({}, b'{"error": {"details": [{"retryDelay": "3s"}]}}', "RetryInfo in the body"),
        ({}, b"", ""),
    ],
)
def test_the_dialect_of_waiting_is_named(headers: dict[str, str], body: bytes, told: str) -> None:
    assert retry_told(headers, body, NOW_MS) == told
