"""Whatever a provider sends and however it is cut, its answer is read alike or fails in words of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Progress, Reply, TextCame
from fondaco.llm.failures import Failure, ModelFailed
from fondaco.llm.targets import ProviderKind, Target
from fondaco.llm.wire.judging import judge_answer
from fondaco.llm.wire.limits import seen_limits
from fondaco.llm.wire.sse import EventStream
from tests.unit.llm.wire.wires import (
    a_prompt,
    a_reader,
    a_target,
    a_wish,
    body_of,
    contact,
    event,
    plain,
    wished,
)

OPENAI = a_target(ProviderKind.COMPATIBLE, "any")
ANTHROPIC = a_target(ProviderKind.ANTHROPIC, "claude-x")
GEMINI = a_target(ProviderKind.GEMINI, "gemini-2.5-flash")
TARGETS = [OPENAI, ANTHROPIC, GEMINI]


def choice(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"delta": delta, "finish_reason": finish}]}


def call(index: int, **function: str) -> dict[str, Any]:
    return choice(tool_calls=[{"index": index, "function": function}])


STREAMS: dict[str, list[Any]] = {
    OPENAI.model: [
        choice(content="退货 🙂 "),
        choice(content="— naïve"),
        call(0, name="look", arguments='{"n":'),
        call(1, name="find", arguments="{}"),
        call(0, arguments='"A1"}'),
        choice("tool_calls"),
        {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}},
    ],
    ANTHROPIC.model: [
        {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 9, "output_tokens": 1}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "退货 🙂"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "name": "x"}},
        {"type": "content_block_delta", "index": 1, "delta": {"partial_json": '{"n":1}'}},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    ],
    GEMINI.model: [
        {"candidates": [{"content": {"parts": [{"text": "退货 "}]}}], "responseId": "r"},
        {"candidates": [{"content": {"parts": [{"functionCall": {"name": "x", "args": {"n": 1}}}]}}]},
        {
            "candidates": [{"content": {"parts": [{"text": "🙂"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 4},
        },
    ],
}  # fmt: skip


def wire(target: Target, line_end: bytes, comment: bytes) -> bytes:
    whole = b": hello\n\n" + b"".join(event(data) + comment for data in STREAMS[target.model])
    return whole.replace(b"\n", line_end)


def cut(whole: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(whole) + 1) for place in places)
    return [whole[start:end] for start, end in zip([0, *ends], [*ends, len(whole)], strict=True)]


def read(target: Target, pieces: list[bytes]) -> tuple[Reply, list[Progress]]:
    reader = a_reader(target)
    came = [progress for piece in pieces for progress in reader.feed(piece)]
    return reader.end(), came


def words(came: list[Progress]) -> str:
    return "".join(one.text for one in came if isinstance(one, TextCame))


def outcome(target: Target, pieces: list[bytes]) -> Reply | Failure:
    try:
        return read(target, pieces)[0]
    except ModelFailed as failed:
        return failed.failure


def plain_outcome(target: Target, body: bytes) -> Reply | Failure:
    try:
        return plain(target, body)
    except ModelFailed as failed:
        return failed.failure


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.kind)
@given(
    places=st.lists(st.integers(min_value=0, max_value=5_000), max_size=40),
    line_end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    comment=st.sampled_from([b"", b": keep-alive\n\n", b"\n\n"]),
)
def test_any_cutting_of_a_stream_gives_the_same_answer(
    target: Target, places: list[int], line_end: bytes, comment: bytes
) -> None:
    expected, came = read(target, [wire(target, b"\n", b"")])

    reply, pieces = read(target, cut(wire(target, line_end, comment), places))

    assert reply == expected
    assert words(pieces) == words(came) == reply.text
    assert reply.usage == Usage(input=9, output=4)
    assert reply.wishes


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.kind)
@given(end=st.integers(min_value=0, max_value=5_000))
def test_a_stream_that_breaks_off_anywhere_is_whole_or_a_failure_but_never_half(
    target: Target, end: int
) -> None:
    whole = wire(target, b"\n", b"")
    expected = read(target, [whole])[0]

    found = outcome(target, [whole[:end]])

    assert isinstance(found, Failure) or (found.text, found.wishes) == (expected.text, expected.wishes)


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    """choices delta message content tool_calls index id function name arguments finish_reason usage error
    code type text partial_json content_block content_block_delta content_block_start message_start input
    message_delta message_stop stop_reason candidates parts functionCall args finishReason promptFeedback
    blockReason usageMetadata promptTokenCount prompt_tokens completion_tokens details violations
    retryDelay""".split()
)
wire_values = st.recursive(
    st.none() | st.integers(-2, 9) | names | st.just("STOP") | st.just("stop") | json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)
sse_bytes = st.lists(
    st.sampled_from(
        [b"data: ", b"data:", b"event: error\n", b"\n", b"\n\n", b"\r", b"[DONE]", b"{", b"[", b": "]
    )
    | st.binary(max_size=12)
    | wire_values.map(msgspec.json.encode)
    | wire_values.map(event),
    max_size=12,
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.kind)
@given(pieces=sse_bytes)
def test_any_stream_at_all_is_an_answer_or_a_failure_of_ours(target: Target, pieces: list[bytes]) -> None:
    found = outcome(target, pieces)

    assert isinstance(found, Failure) or found.usage is None or found.usage.is_sound()


bodies = st.binary(max_size=60) | wire_values.map(msgspec.json.encode)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.kind)
@given(body=bodies)
def test_any_body_at_all_is_an_answer_or_a_failure_of_ours(target: Target, body: bytes) -> None:
    found = plain_outcome(target, body)

    assert isinstance(found, Failure) or found.usage is None or found.usage.is_sound()


ids = st.text("abcXYZ019_-", min_size=1, max_size=40)
waits = st.text(max_size=12) | st.sampled_from(
    ["0", "1e9", "-1", "9" * 400, "1m2.5s", "2026-13-99T00:00:00Z"]
)
header_names = st.sampled_from(
    ["Retry-After", "retry-after-ms", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"]
)
headers = st.dictionaries(header_names | st.text(max_size=9), waits)
errors = wire_values.map(lambda value: msgspec.json.encode({"error": value}))


@given(status=st.integers(0, 999), given_headers=headers, body=bodies | errors)
def test_any_refusal_at_all_is_classified(status: int, given_headers: Mapping[str, str], body: bytes) -> None:
    failure = judge_answer(status, given_headers, body, 1_795_348_800_000)
    seen_limits(given_headers, 1_795_348_800_000)

    assert failure.message
    assert (failure.retry_after_ms or 0) >= 0


@given(
    pieces=st.lists(st.sampled_from([b"data: ab", b"data", b": c", b"\n", b"\r", b"\r\n", b"x"]), max_size=30)
)
def test_events_do_not_depend_on_the_cutting(pieces: list[bytes]) -> None:
    whole, cut_up = EventStream(), EventStream()

    together = whole.feed(b"".join(pieces)) + whole.end()

    assert [one for piece in pieces for one in cut_up.feed(piece)] + cut_up.end() == together


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.kind)
@given(
    text=st.text(max_size=30),
    arguments=st.text(max_size=30),
    id_=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
)
def test_any_words_are_rendered_as_json(target: Target, text: str, arguments: str, id_: str) -> None:
    prompt = a_prompt(contact(text), wished(a_wish(id_, arguments)), wished(a_wish(id_, "{}")))

    assert body_of(prompt, target, stream=True)
