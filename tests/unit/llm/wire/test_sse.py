"""Server-sent events come out whole, however their bytes are cut."""

from __future__ import annotations

import pytest

from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.wire.sse import Event, EventStream


def events(*pieces: bytes) -> list[Event]:
    stream = EventStream()
    return [event for piece in pieces for event in stream.feed(piece)] + stream.end()


@pytest.mark.parametrize(
    "pieces",
    [
        (b"data: one\n\ndata: two\n\n",),
        (b"data: one\r\n\r\ndata: two\r\n\r\n",),
        (b"data: one\r\rdata: two\r\r",),
        (b"data: one\r", b"\n\r", b"\ndata: two\r\n", b"\r\n"),
        (b"data: one\n", b"\nda", b"ta: two\n\n"),
        (b"data:one\n\ndata:two\n\n",),
        (b"data: one\n\n\n\n\ndata: two\n\n",),
        (b"\xef\xbb\xbfdata: one\n\ndata: two\n\n",),
        (b"\xef", b"\xbb", b"\xbfdata: one\n\ndata: two\n\n"),
        (b"\n\n  \r\n", b"data: one\n\ndata: two\n\n"),
        (b"id: 7\nretry: 9\ndata: one\n\nunknown\ndata: two\n\n",),
    ],
)
def test_lines_end_in_every_way_and_pieces_may_be_cut_anywhere(pieces: tuple[bytes, ...]) -> None:
    assert events(*pieces) == [("", b"one"), ("", b"two")]


def test_a_letter_cut_in_two_is_whole_in_its_event() -> None:
    letter = "退".encode()

    assert events(b"data: " + letter[:1], letter[1:] + b"\n\n") == [("", letter)]


def test_comments_and_blank_lines_are_no_events() -> None:
    assert events(b": keep-alive\n\n", b"\n\n\n", b": keep-alive\r\n\r\n", b":\n\n") == []


def test_data_of_several_lines_is_joined() -> None:
    assert events(b"data: one\ndata:\ndata: two\n\n") == [("", b"one\n\ntwo")]


def test_an_event_keeps_its_name() -> None:
    assert events(b"event: ping\ndata: {}\n\n") == [("ping", b"{}")]


def test_a_line_end_cut_in_two_does_not_end_the_event() -> None:
    assert events(b"event: ping\r", b"\ndata: {}\r", b"\n\r", b"\n") == [("ping", b"{}")]


def test_an_event_without_data_is_none() -> None:
    assert events(b"event: ping\n\n") == []


@pytest.mark.parametrize("tail", [b"data: last", b"data: last\n", b"data: last\r\n"])
def test_the_final_blank_line_may_be_missing(tail: bytes) -> None:
    assert events(b"data: one\n\n", tail) == [("", b"one"), ("", b"last")]


def test_an_error_field_of_older_llama_cpp_is_an_error_event() -> None:
    assert events(b'error: {"code":500}\n\n') == [("error", b'{"code":500}')]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"data: " + b"x" * 100 + b"\n\n",),
        (b"data: " + b"x" * 100,),
        (b"data: one\n\n", b"data: ", b"x" * 60, b"x" * 40),
        (b"data: one\n\ndata: " + b"x" * 100 + b"\n\n",),
        (b"data: " + b"x\ndata: " * 20 + b"\n\n",),
    ],
)
def test_an_event_over_the_limit_breaks_the_stream(pieces: tuple[bytes, ...]) -> None:
    stream = EventStream(max_event_bytes=64)

    with pytest.raises(ModelFailed) as failed:
        [stream.feed(piece) for piece in pieces]

    assert failed.value.failure.kind is FailureClass.BROKEN
    assert failed.value.failure.possibly_billed


def test_a_stream_over_the_limit_is_broken_even_if_each_event_is_small() -> None:
    stream = EventStream(max_stream_bytes=30)
    stream.feed(b"data: one\n\n" * 2)

    with pytest.raises(ModelFailed):
        stream.feed(b"data: one\n\n")


def test_a_page_instead_of_events_is_kept_only_up_to_a_limit() -> None:
    stream = EventStream(max_event_bytes=10)
    stream.feed(b"<html>" + b"x" * 74)

    with pytest.raises(ModelFailed):
        stream.feed(b"x")


def test_json_instead_of_events_is_kept_as_it_is() -> None:
    stream = EventStream()
    stream.feed(b"\n\n {\n\n")

    assert stream.feed(b'"a":1}') == []
    assert stream.end() == []
    assert stream.plain_body() == b'{\n\n"a":1}'
