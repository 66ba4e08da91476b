"""Streams of OpenAI and of everyone who is more or less compatible with it."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Finish
from fondaco.llm.failures import FailureClass
from tests.unit.llm.wire.openai_events import DONE, call, delta, figures
from tests.unit.llm.wire.wires import (
    a_target,
    event,
    failure_of,
    progress,
    read,
    texts,
)

TARGET = a_target()
FIGURES = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def test_text_comes_in_pieces_and_as_a_whole() -> None:
    stream = (
        delta(role="assistant", content=""),
        delta(content="On "),
        delta(content="its way."),
        delta("stop"),
    )

    reply = read(TARGET, *stream, DONE)

    assert texts(progress(TARGET, *stream, DONE)) == ["On ", "its way."]
    assert (reply.text, reply.finish, reply.raw_finish) == ("On its way.", Finish.STOP, "stop")
    assert reply.served_model == "gpt-4.1-x"
    assert reply.usage is None


@pytest.mark.parametrize(
    "tail",
    [
        [delta("stop"), figures(FIGURES)],
        [delta("stop", usage=FIGURES)],
        [delta("stop"), event({"choices": None, "usage": FIGURES})],
        [delta("stop"), event({"usage": FIGURES})],
        [delta(usage={**FIGURES, "completion_tokens": 3}, content="a"), delta("stop", usage=FIGURES)],
        [delta("stop", usage=FIGURES), figures(FIGURES)],
        [delta("stop", usage=FIGURES), figures(None)],
    ],
    ids=[
        "on an extra event with empty choices",
        "on the finish event",
        "on an extra event with null choices",
        "on an extra event without choices",
        "on every event and cumulative",
        "twice",
        "then null",
    ],
)
def test_usage_is_read_wherever_it_comes_and_never_added_up(tail: list[bytes]) -> None:
    assert read(TARGET, delta(content="Hi"), *tail, DONE).usage == Usage(input=100, output=20)


@pytest.mark.parametrize(
    ("extra", "usage"),
    [
        ({}, Usage(input=100, output=20)),
        ({"prompt_tokens_details": {"cached_tokens": 64}}, Usage(input=100, output=20, cache_read=64)),
        ({"prompt_tokens_details": None}, Usage(input=100, output=20)),
        (
            {"prompt_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 30}},
            Usage(input=100, output=20, cache_read=64, cache_write_5m=30),
        ),
        (
            {"prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36},
            Usage(input=100, output=20, cache_read=64),
        ),
        (
            {"prompt_cache_hit_tokens": 64, "prompt_tokens_details": {"cached_tokens": 64}},
            Usage(input=100, output=20, cache_read=64),
        ),
        (
            {"prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36, "prompt_tokens": None},
            Usage(input=100, output=20, cache_read=64),
        ),
        ({"completion_tokens_details": {"reasoning_tokens": 5}}, Usage(input=100, output=20, reasoning=5)),
        (
            {"completion_tokens_details": {"reasoning_tokens": 50}, "total_tokens": 170},
            Usage(input=100, output=70, reasoning=50),
        ),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(input=0, output=0)),
        ({"prompt_tokens": None}, None),
        ({"completion_tokens": None}, None),
        ({"prompt_tokens": -1}, None),
        ({"prompt_tokens": 10**30}, None),
        ({"prompt_tokens": "100"}, None),
        ({"prompt_tokens_details": {"cached_tokens": 101}}, None),
        ({"completion_tokens_details": {"reasoning_tokens": 21}}, None),
    ],
    ids=[
        "plain",
        "cached tokens are part of the input",
        "null details",
        "written to the cache",
        "DeepSeek's hit tokens",
        "DeepSeek's hit tokens beside the details are not added",
        "DeepSeek's hit and miss are the prompt",
        "reasoning is part of the output",
        "reasoning that the total shows to be beside the output",
        "zero is not missing",
        "no input",
        "no output",
        "negative",
        "absurd",
        "no number",
        "more cached than sent",
        "more reasoning than output",
    ],
)
def test_usage_has_one_meaning_and_unsound_figures_are_none(
    extra: dict[str, Any], usage: Usage | None
) -> None:
    stream = (delta(content="Hi"), delta("stop"), figures({**FIGURES, **extra}), DONE)

    assert read(TARGET, *stream).usage == usage


@pytest.mark.parametrize(
    "pieces",
    [
        [call(0, "a", "look"), call(1, "b", "find"), call(0, args='{"x"'), call(1, args="{}"),
         call(0, args=":1}")],
        [call(0, "a", "look", '{"x":1}'), call(1, "b", "find", "{}")],
        [call(None, "a", "look", '{"x":1}'), call(None, "b", "find", "{}")],
        [call(None, "a", "look", '{"x"'), call(None, "a", None, ":1}"), call(None, "b", "find", "{}")],
        [call(None, "a", "look", '{"x"'), call(args=":1}"), call(None, "b", "find"), call(args="{}")],
        [call(0, "a", "look", '{"x"'), call(0, "a", "look", ":1}"), call(1, "b", "find", "{}")],
        [call(0, "a", "look", '{"x":1}'), call(0, "b", "find", "{"), call(0, None, None, "}")],
        [call(0, "a", "look", {"x": 1}), call(1, "b", "find", {})],
        [call(0, "a"), call(0, None, "look", '{"x":1}'), call(1, "b", "find", None)],
    ],
    ids=[
        "fragments of two calls interleaved by index",
        "whole calls",
        "no index but ids",
        "no index and the id repeated",
        "neither index nor id goes to the last open call",
        "name and id repeated in every piece are not joined",
        "every call numbered 0",
        "arguments as objects",
        "the name comes later and no arguments are an empty object",
    ],
)  # fmt: skip
def test_tool_calls_are_put_together_from_whatever_pieces(pieces: list[bytes]) -> None:
    reply = read(TARGET, *pieces, delta("tool_calls"), DONE)

    assert [(wish.id, wish.name, wish.arguments) for wish in reply.wishes] == [
        ("a", "look", '{"x":1}'),
        ("b", "find", "{}"),
    ]
    assert reply.finish is Finish.TOOLS


def test_calls_without_index_and_id_are_told_apart_by_their_names_and_by_being_whole() -> None:
    stream = (
        call(None, None, "look", "{}"),
        call(None, None, "look", '{"x":2}'),
        call(None, None, "find", "{}"),
    )

    reply = read(TARGET, *stream, delta("stop"), DONE)

    assert [(wish.name, wish.arguments) for wish in reply.wishes] == [
        ("look", "{}"),
        ("look", '{"x":2}'),
        ("find", "{}"),
    ]
    assert len({wish.id for wish in reply.wishes}) == 3


def test_a_tool_call_is_progress_without_text() -> None:
    assert texts(progress(TARGET, call(0, "a", "look", "{}"))) == ["(work)"]


def test_calls_are_calls_even_if_the_finish_reason_says_stop() -> None:
    assert read(TARGET, call(0, "a", "look", "{}"), delta("stop"), DONE).finish is Finish.TOOLS


def test_a_finish_reason_of_tool_calls_without_calls_is_a_stop() -> None:
    assert read(TARGET, delta(content="Hi"), delta("tool_calls"), DONE).finish is Finish.STOP


def test_a_call_without_a_name_is_a_broken_answer() -> None:
    failure = failure_of(TARGET, call(0, "a", None, "{}"), delta("tool_calls"), DONE)

    assert failure.kind is FailureClass.BROKEN


def test_a_thought_signature_in_extra_content_is_kept_with_its_call() -> None:
    extra = {"google": {"thought_signature": "sig"}}
    inside = delta(tool_calls=[{"id": "a", "function": {"name": "look"}, "extra_content": extra}])
    alone = delta(extra_content={"google": {"thought_signature": "later"}})

    first = read(TARGET, inside, delta("stop"), DONE)
    second = read(TARGET, call(0, "a", "look"), alone, delta("stop"), DONE)

    assert [wish.signature for wish in first.wishes + second.wishes] == ["sig", "later"]


def test_a_refusal_is_a_refused_answer_and_its_words_are_no_text() -> None:
    stream = (delta(refusal="I cannot"), delta(refusal=" help."), delta("stop"), DONE)

    reply = read(TARGET, *stream)

    assert (reply.finish, reply.text) == (Finish.REFUSED, "")
    assert texts(progress(TARGET, *stream)) == ["(work)", "(work)"]


@pytest.mark.parametrize(
    ("raw", "finish"),
    [
        ("stop", Finish.STOP),
        ("eos_token", Finish.STOP),
        ("length", Finish.LENGTH),
        ("content_filter", Finish.REFUSED),
        ("function_call", Finish.STOP),
    ],
)
def test_every_finish_reason_becomes_one_of_ours_and_is_kept(raw: str, finish: Finish) -> None:
    reply = read(TARGET, delta(content="Hi"), delta(raw), DONE)

    assert (reply.finish, reply.raw_finish) == (finish, raw)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [("insufficient_system_resource", FailureClass.OVERLOADED), ("error", FailureClass.BROKEN)],
)
def test_a_finish_reason_that_reports_a_failure_is_one(raw: str, kind: FailureClass) -> None:
    assert failure_of(TARGET, delta(content="Hi"), delta(raw), DONE).kind is kind


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_progress_but_no_text(field: str) -> None:
    stream = (delta(**{field: "Let me "}), delta(**{field: "see."}), delta(content="Hi"), delta("stop"), DONE)

    reply = read(TARGET, *stream)

    assert (reply.text, reply.reasoning) == ("Hi", "Let me see.")
    assert texts(progress(TARGET, *stream)) == ["(work)", "(work)", "Hi"]


def test_keep_alive_comments_and_blank_lines_are_no_progress() -> None:
    assert progress(TARGET, b": keep-alive\n\n", b"\n\n", b": keep-alive\n\n") == []


def test_leaked_tool_call_markup_stays_text() -> None:
    leaked = '<tool_call>{"name":"refund"}</tool_call><|eot|><function=refund>'

    reply = read(TARGET, delta(content=leaked), delta("stop"), DONE)

    assert (reply.text, reply.wishes) == (leaked, ())


def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hi"}]

    assert read(TARGET, delta(content=parts), delta("stop"), DONE).text == "Hi"
