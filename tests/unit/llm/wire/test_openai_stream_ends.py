"""How streams of OpenAI's form end, well or badly."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.llm.asking import Finish
from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.targets import EndMarker, ProviderKind
from tests.unit.llm.wire.openai_events import DONE, call, delta
from tests.unit.llm.wire.wires import a_reader, a_target, event, failure_of, read, texts

TARGET = a_target()
COMPATIBLE = a_target(ProviderKind.COMPATIBLE, "qwen")
OLLAMA = a_target(ProviderKind.COMPATIBLE, "llama3.2:3b")


@pytest.mark.parametrize(
    ("target", "tail"),
    [
        (TARGET, [delta("stop")]),
        (TARGET, [DONE]),
        (TARGET, []),
        (COMPATIBLE, [DONE]),
        (COMPATIBLE, []),
        (OLLAMA, [delta("stop")]),
        (OLLAMA, []),
    ],
    ids=[
        "OpenAI without [DONE]",
        "OpenAI without a finish reason",
        "OpenAI without either",
        "compatible without a finish reason",
        "compatible without either",
        "Ollama without [DONE]",
        "Ollama without either",
    ],
)
def test_a_stream_whose_end_is_not_proved_is_incomplete(target: Any, tail: list[bytes]) -> None:
    failure = failure_of(target, delta(content="Half an ans"), *tail)

    assert failure.kind is FailureClass.INCOMPLETE
    assert failure.possibly_billed


@pytest.mark.parametrize(
    ("target", "tail"),
    [(COMPATIBLE, [delta("stop")]), (OLLAMA, [delta(None), DONE]), (TARGET, [delta("stop"), DONE[:-2]])],
    ids=["compatible may lack [DONE]", "Ollama's finish reason may be null", "the last blank line may lack"],
)
def test_each_profile_says_what_proves_an_end(target: Any, tail: list[bytes]) -> None:
    assert read(target, delta(content="Hi"), *tail).text == "Hi"


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_stream_cut_inside_an_event_is_incomplete(cut: int) -> None:
    assert failure_of(TARGET, delta(content="Hi"), delta("stop")[:-cut]).kind is FailureClass.INCOMPLETE


def test_an_empty_stream_is_incomplete() -> None:
    assert failure_of(TARGET).kind is FailureClass.INCOMPLETE


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"error": {"message": "busy", "type": "server_error", "code": None}}, FailureClass.OVERLOADED),
        ({"error": {"message": "slow", "code": "rate_limit_exceeded"}}, FailureClass.RATE_LIMITED),
        ({"error": {"message": "gone", "code": 404}, "choices": []}, FailureClass.MODEL_GONE),
        ({"error": "something"}, FailureClass.OVERLOADED),
        ({"object": "error", "message": "maximum context length", "code": 400}, FailureClass.TOO_LONG),
    ],
)
def test_an_error_inside_a_stream_keeps_its_class(error: Any, kind: FailureClass) -> None:
    failure = failure_of(TARGET, delta(content="Hal"), event(error))

    assert (failure.kind, failure.status) == (kind, 200)
    assert failure.possibly_billed


def test_an_error_at_the_door_of_a_stream_is_not_billed() -> None:
    error = {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}

    assert not failure_of(TARGET, event(error)).possibly_billed


def test_an_error_event_by_name_is_an_error() -> None:
    assert failure_of(TARGET, event({"message": "boom"}, "error")).kind is FailureClass.OVERLOADED


def test_a_null_error_is_none() -> None:
    stream = event({"error": None, "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]})

    assert read(TARGET, stream, DONE).text == "Hi"


def test_what_came_before_an_error_is_progress_and_is_kept_for_the_ledger() -> None:
    reader = a_reader(TARGET)
    pieces = reader.feed(delta(content="Hal") + b"data: {oops\n\n")

    first = next(pieces)
    with pytest.raises(ModelFailed, match="not understood"):
        next(pieces)

    assert texts([first]) == ["Hal"]
    assert reader.so_far().text == "Hal"


def test_a_malformed_event_is_broken() -> None:
    assert failure_of(TARGET, b"data: {oops\n\n").kind is FailureClass.BROKEN


def test_a_plain_answer_to_a_streamed_request_is_read_all_the_same() -> None:
    body = b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'

    assert read(TARGET, body[:20], body[20:]).text == "Hi"


def test_a_page_instead_of_a_stream_is_broken_and_not_merely_incomplete() -> None:
    assert failure_of(TARGET, b"<html>\n\n<p>Welcome</p>").kind is FailureClass.BROKEN


def test_a_plain_error_to_a_streamed_request_keeps_its_class() -> None:
    body = b'{"error":{"message":"none left","code":"insufficient_quota"}}'

    assert failure_of(TARGET, body).kind is FailureClass.QUOTA


def test_nothing_after_the_end_counts_and_the_reader_says_that_it_is_finished() -> None:
    reader = a_reader(TARGET)
    list(reader.feed(delta(content="Hi") + delta("stop")))
    before = reader.finished

    list(reader.feed(DONE + delta(content=" and more")))

    assert (before, reader.finished) == (False, True)
    assert reader.end().text == "Hi"


def test_ids_of_calls_are_safe_everywhere_and_the_same_for_the_same_answer() -> None:
    stream = (call(0, "x" * 94, "look", "{}"), delta("stop"), DONE)

    first, second = read(TARGET, *stream), read(TARGET, *stream)

    assert first.wishes == second.wishes
    assert len(first.wishes[0].id) <= 40


def test_done_only_does_not_need_a_finish_reason_to_tell_calls() -> None:
    target = a_target(end_marker=EndMarker.DONE_ONLY)

    assert read(target, call(0, "a", "look", "{}"), DONE).finish is Finish.TOOLS
