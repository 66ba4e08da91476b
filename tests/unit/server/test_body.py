from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from fondaco.domain.errors import FondacoError, InvalidInput
from fondaco.server.body import convert_query, decode, read_body
from fondaco.server.problem import TOO_LARGE, Refused
from fondaco.server.shapes import HIGHEST_SEQ, After, Said

DECODER = msgspec.json.Decoder(Said)


class Sender:
    """Sends a body in pieces, and leaves after them if it is told to."""

    def __init__(self, *pieces: bytes, leaves: bool = False) -> None:
        self.messages = self._messages(pieces, leaves=leaves)

    def _messages(self, pieces: tuple[bytes, ...], *, leaves: bool) -> Iterator[dict[str, Any]]:
        for place, piece in enumerate(pieces, 1):
            yield {"type": "http.request", "body": piece, "more_body": leaves or place < len(pieces)}
        yield {"type": "http.disconnect"}

    async def receive(self) -> dict[str, Any]:
        return next(self.messages)


async def test_a_body_in_pieces_is_put_together() -> None:
    assert await read_body(Sender(b"ab", b"", b"c").receive, {}, 3, 1.0) == b"abc"


async def test_a_body_is_counted_while_it_comes() -> None:
    with pytest.raises(Refused) as refused:
        await read_body(Sender(b"ab", b"cd", b"ef").receive, {}, 3, 1.0)

    assert refused.value.kind is TOO_LARGE


@pytest.mark.parametrize("length", [b"4", b"9" * 5_000])
async def test_a_body_that_says_it_is_too_large_is_not_read(length: bytes) -> None:
    with pytest.raises(Refused):
        await read_body(Sender().receive, {b"content-length": length}, 3, 1.0)


async def test_whoever_leaves_half_way_is_gone() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(Sender(b"ab", leaves=True).receive, {}, 3, 1.0)


def message_in(body: bytes) -> Said | None:
    """Return the message; None where it is refused, as anything else would be an error of ours."""
    try:
        return decode(body, DECODER)
    except FondacoError:
        return None


def place_in(pairs: list[tuple[str, str]]) -> After:
    """Return the place that a query names; the first one where it is refused."""
    try:
        return convert_query(pairs, After)
    except InvalidInput:
        return After()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_refusal(body: bytes) -> None:
    found = message_in(body)

    assert found is None or "\0" not in found.text


@given(st.text(max_size=50))
def test_any_text_with_something_in_it_is_taken_as_it_is(text: str) -> None:
    found = message_in(msgspec.json.encode({"text": text}))

    accepted = "\0" not in text and re.search(r"\S", text) is not None
    assert (found.text if found else None) == (text if accepted else None)


@given(st.lists(st.tuples(st.sampled_from(["after", "limit", "x"]), st.text(max_size=25)), max_size=4))
def test_any_query_is_within_bounds_or_refused(pairs: list[tuple[str, str]]) -> None:
    found = place_in(pairs)

    assert 1 <= found.limit <= 100
    assert 0 <= found.after <= HIGHEST_SEQ
