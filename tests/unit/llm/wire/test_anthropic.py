"""Anthropic's Messages protocol, read and written."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Entry, Finish
from fondaco.llm.failures import FailureClass
from fondaco.llm.profiles import dialect_for
from fondaco.llm.targets import ProviderKind
from tests.unit.llm.wire.wires import (
    OFFER,
    a_prompt,
    a_reader,
    a_target,
    a_wish,
    answered,
    assistant,
    body_of,
    contact,
    event,
    failure_of,
    plain,
    plain_failure,
    progress,
    read,
    texts,
    wished,
)

TARGET = a_target(ProviderKind.ANTHROPIC, "claude-sonnet-4-5")
STOP = event({"type": "message_stop"}, "message_stop")


def start(**usage: Any) -> bytes:
    usage = {"input_tokens": 10, "output_tokens": 1, **usage}
    message = {"type": "message", "id": "msg_1", "model": "claude-x", "content": [], "usage": usage}
    return event({"type": "message_start", "message": message}, "message_start")


def block(index: int, **fields: Any) -> bytes:
    return event({"type": "content_block_start", "index": index, "content_block": fields})


def delta(index: int, **fields: Any) -> bytes:
    return event({"type": "content_block_delta", "index": index, "delta": fields})


def text(words: str, index: int = 0) -> bytes:
    return delta(index, type="text_delta", text=words)


def pieces_of_arguments(index: int, words: str) -> bytes:
    return delta(index, type="input_json_delta", partial_json=words)


def last(reason: str | None = "end_turn", **usage: Any) -> bytes:
    usage = {"output_tokens": 20, **usage}
    return event({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage})


def test_text_comes_in_pieces_and_as_a_whole() -> None:
    stream = (start(), block(0, type="text", text=""), text("On "), text("its way."), last(), STOP)

    reply = read(TARGET, *stream)

    assert texts(progress(TARGET, *stream)) == ["On ", "its way."]
    assert (reply.text, reply.finish, reply.raw_finish) == ("On its way.", Finish.STOP, "end_turn")
    assert reply.served_model == "claude-x"


@pytest.mark.parametrize(
    ("begin", "end", "usage"),
    [
        ({}, {}, Usage(input=10, output=20)),
        (
            {"cache_read_input_tokens": 100, "cache_creation_input_tokens": 50},
            {},
            Usage(input=160, output=20, cache_read=100, cache_write_5m=50),
        ),
        (
            {
                "cache_creation_input_tokens": 50,
                "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
            },
            {},
            Usage(input=60, output=20, cache_write_5m=20, cache_write_1h=30),
        ),
        (
            {"cache_read_input_tokens": 100},
            {"input_tokens": 12, "cache_read_input_tokens": 90},
            Usage(input=102, output=20, cache_read=90),
        ),
        (
            {"cache_read_input_tokens": 100},
            {"input_tokens": None, "cache_read_input_tokens": None},
            Usage(input=110, output=20, cache_read=100),
        ),
        ({}, {"output_tokens": 0}, Usage(input=10, output=0)),
        (
            {
                "cache_creation_input_tokens": 50,
                "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
            },
            {"cache_creation_input_tokens": 40},
            Usage(input=50, output=20, cache_write_5m=10, cache_write_1h=30),
        ),
        ({"input_tokens": None}, {}, None),
        ({"input_tokens": -5, "cache_read_input_tokens": 100}, {}, None),
        ({}, {"output_tokens": "many"}, None),
    ],
    ids=[
        "start and delta are never added",
        "input excludes the cache there and includes it here",
        "writes of five minutes and of an hour",
        "message_delta revises message_start",
        "null revises nothing",
        "zero is not missing",
        "revised writes keep their sum",
        "no input",
        "a negative part does not hide in a sum",
        "no number",
    ],
)
def test_usage_is_cumulative_and_becomes_inclusive(
    begin: dict[str, Any], end: dict[str, Any], usage: Usage | None
) -> None:
    assert read(TARGET, start(**begin), text("Hi"), last(**end), STOP).usage == usage


def test_partial_json_of_interleaved_calls_is_joined_by_block() -> None:
    stream = (
        start(),
        text("I look."),
        block(1, type="tool_use", id="toolu_a", name="look", input={}),
        block(2, type="tool_use", id="toolu_b", name="find", input={}),
        pieces_of_arguments(1, ""),
        pieces_of_arguments(1, '{"x"'),
        pieces_of_arguments(2, ""),
        pieces_of_arguments(1, ":1}"),
        last("tool_use"),
        STOP,
    )

    reply = read(TARGET, *stream)

    assert [(wish.id, wish.name, wish.arguments) for wish in reply.wishes] == [
        ("toolu_a", "look", '{"x":1}'),
        ("toolu_b", "find", "{}"),
    ]
    assert (reply.text, reply.finish) == ("I look.", Finish.TOOLS)
    assert texts(progress(TARGET, *stream))[1:] == ["(work)"] * 6


def test_a_call_that_the_output_limit_cut_does_not_count() -> None:
    call = (block(0, type="tool_use", id="a", name="look", input={}), pieces_of_arguments(0, '{"x'))

    reply = read(TARGET, start(), *call, last("max_tokens"), STOP)

    assert (reply.finish, reply.wishes) == (Finish.LENGTH, ())


def test_a_call_without_a_name_is_a_broken_answer() -> None:
    failure = failure_of(TARGET, start(), block(0, type="tool_use", id="a"), last("tool_use"), STOP)

    assert failure.kind is FailureClass.BROKEN


@pytest.mark.parametrize(
    ("raw", "finish"),
    [
        ("end_turn", Finish.STOP),
        ("stop_sequence", Finish.STOP),
        ("tool_use", Finish.STOP),
        ("max_tokens", Finish.LENGTH),
        ("pause_turn", Finish.LENGTH),
        ("model_context_window_exceeded", Finish.LENGTH),
        ("refusal", Finish.REFUSED),
        ("invented_later", Finish.STOP),
    ],
)
def test_every_stop_reason_becomes_one_of_ours_and_is_kept(raw: str, finish: Finish) -> None:
    reply = read(TARGET, start(), text("Hi"), last(raw), STOP)

    assert (reply.finish, reply.raw_finish) == (finish, raw)


def test_pings_and_unknown_events_are_ignored_and_no_progress() -> None:
    stream = (
        start(),
        event({"type": "ping"}, "ping"),
        event({"type": "invented_later", "index": 3}, "invented_later"),
        block(0, type="invented_block"),
        delta(0, type="invented_delta", weight=1),
        event({"type": "content_block_stop", "index": 0}),
        last(),
        STOP,
    )

    assert progress(TARGET, *stream) == []
    assert read(TARGET, *stream).text == ""


def test_thinking_is_progress_but_no_text() -> None:
    stream = (start(), delta(0, type="thinking_delta", thinking="hm"), text("Hi", 1), last(), STOP)

    reply = read(TARGET, *stream)

    assert (reply.text, reply.reasoning) == ("Hi", "hm")
    assert texts(progress(TARGET, *stream)) == ["(work)", "Hi"]


@pytest.mark.parametrize(
    "stream", [(), (start(), text("Hal")), (start(), last()), (start(), STOP), (last(), STOP[:-9])]
)
def test_a_stream_without_message_stop_and_stop_reason_is_incomplete(stream: tuple[bytes, ...]) -> None:
    assert failure_of(TARGET, *stream).kind is FailureClass.INCOMPLETE


def test_the_reader_is_finished_with_message_stop() -> None:
    reader = a_reader(TARGET)
    list(reader.feed(start() + text("Hi") + last()))
    before = reader.finished
    list(reader.feed(STOP))

    assert (before, reader.finished) == (False, True)


@pytest.mark.parametrize(
    ("kind", "failure_class"),
    [
        ("overloaded_error", FailureClass.OVERLOADED),
        ("api_error", FailureClass.OVERLOADED),
        ("rate_limit_error", FailureClass.RATE_LIMITED),
        ("invalid_request_error", FailureClass.OUR_FAULT),
    ],
)
def test_an_error_event_inside_a_stream_keeps_its_class(kind: str, failure_class: FailureClass) -> None:
    error = event({"type": "error", "error": {"type": kind, "message": "Sorry"}}, "error")

    failure = failure_of(TARGET, start(), text("Hal"), error)

    assert (failure.kind, failure.status, failure.code) == (failure_class, 200, kind)
    assert failure.possibly_billed


def test_a_malformed_event_is_broken() -> None:
    assert failure_of(TARGET, start(), b"data: {oops\n\n").kind is FailureClass.BROKEN


def test_what_came_is_kept_for_the_ledger_with_the_figures_of_the_start() -> None:
    reader = a_reader(TARGET)
    list(reader.feed(start(cache_read_input_tokens=5) + text("Hal")))

    assert reader.so_far().text == "Hal"
    assert reader.so_far().usage == Usage(input=15, output=1, cache_read=5)


def test_a_plain_answer_is_read() -> None:
    content = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "a", "name": "look", "input": {"x": 1}},
        {"type": "tool_use", "id": "b", "name": "find", "input": {}},
    ]
    usage = {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 3}

    reply = plain(TARGET, {"type": "message", "content": content, "stop_reason": "tool_use", "usage": usage})

    assert (reply.text, reply.reasoning, reply.finish) == ("I look.", "hm", Finish.TOOLS)
    assert [(wish.id, wish.arguments) for wish in reply.wishes] == [("a", '{"x":1}'), ("b", "{}")]
    assert reply.usage == Usage(input=13, output=5, cache_read=3)


def test_a_plain_answer_to_a_streamed_request_is_read_all_the_same() -> None:
    body = b'{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}'

    assert read(TARGET, body).text == "Hi"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"content":7}'])
def test_a_body_without_an_answer_is_broken(body: bytes) -> None:
    assert plain_failure(TARGET, body).kind is FailureClass.BROKEN


def test_an_error_with_status_200_keeps_its_class() -> None:
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    assert plain_failure(TARGET, body).kind is FailureClass.OVERLOADED


def test_version_and_key_go_into_headers() -> None:
    request = dialect_for(TARGET.profile.protocol).request(a_prompt(), TARGET, "key", stream=True)

    assert request.url == "https://api.anthropic.com/v1/messages"
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "anthropic-version": "2023-06-01",
        "x-api-key": "key",
    }


def test_the_output_limit_is_always_named() -> None:
    body = body_of(a_prompt(contact("Hi"), temperature=1.7), TARGET)

    assert (body["max_tokens"], body["temperature"]) == (1024, 1.0)


def test_all_results_of_a_round_stand_first_in_one_message() -> None:
    history: tuple[Entry, ...] = (
        contact("Where are they?"),
        wished(a_wish("a"), a_wish("b", "{broken"), text="I look."),
        answered("b", "lost", failed=True),
        contact("Hello?"),
        answered("a"),
    )

    messages = body_of(a_prompt(*history, tools=(OFFER,)), TARGET)["messages"]

    assert messages[1:] == [
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "a", "name": "look_up_order", "input": {"number": "A1"}},
                {"type": "tool_use", "id": "b", "name": "look_up_order", "input": {"unparsed": "{broken"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "on its way"},
                {"type": "tool_result", "tool_use_id": "b", "content": "lost", "is_error": True},
                {"type": "text", "text": "Hello?"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("history", "roles"),
    [
        ((), ["user"]),
        ((assistant("Hello"), contact("Hi")), ["user", "assistant", "user"]),
        ((contact("Hi"), contact("Hi?")), ["user"]),
        ((contact("Hi"), assistant("Hello"), assistant("How can I help?")), ["user", "assistant", "user"]),
    ],
    ids=["empty", "assistant first", "merged", "no prefill"],
)
def test_roles_alternate_from_user_to_user(history: tuple[Entry, ...], roles: list[str]) -> None:
    messages = body_of(a_prompt(*history), TARGET)["messages"]

    assert [message["role"] for message in messages] == roles


def test_a_history_with_calls_declares_their_tools_and_forbids_them_where_none_are_offered() -> None:
    body = body_of(a_prompt(contact("Hi"), wished(a_wish()), answered()), TARGET)

    assert body["tools"] == [{"name": "look_up_order", "input_schema": {"type": "object"}}]
    assert body["tool_choice"] == {"type": "none"}


def test_an_address_may_end_in_its_version() -> None:
    target = a_target(ProviderKind.ANTHROPIC, "claude-x")
    moved = type(target)(
        name="a",
        provider="p",
        kind=target.kind,
        base_url="http://relay/v1/",
        model="m",
        profile=target.profile,
    )

    assert dialect_for(moved.profile.protocol).request(a_prompt(), moved, "", stream=False).url == (
        "http://relay/v1/messages"
    )
