from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from fondaco.domain.errors import InvalidInput, StorageBusy
from fondaco.kit.signals import SignalHub
from fondaco.server.options import StreamOptions
from fondaco.server.problem import BUSY, TOO_MANY, Refused
from fondaco.server.stream import EventStream, frame, resume_after
from fondaco.server.streams import Streams
from fondaco.testing.clock import FakeClock

SCOPE = {"type": "http", "method": "GET"}


@dataclass
class Script:
    """A source that gives its frames one after the other and then breaks, if it has an error."""

    frames: list[bytes]
    error: Exception | None = None
    topics: tuple[str, ...] = ("conversation:1",)

    async def read(self) -> list[bytes]:
        if self.frames:
            return [self.frames.pop(0)]
        if self.error is not None:
            raise self.error
        return []


@dataclass
class Reader:
    """Who reads the stream: leaves when told to, and may refuse to take anything more."""

    takes: int = 1_000
    left: asyncio.Event = field(default_factory=asyncio.Event)
    got: list[bytes] = field(default_factory=list)
    ended: bool = False

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            if len(self.got) >= self.takes:
                await asyncio.Event().wait()
            self.got.append(message["body"])
            self.ended = not message.get("more_body", False)


class Answerer:
    """Says whether the reader may still read."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def still_allowed(self) -> bool:
        self.times -= 1
        return self.times >= 0


def stream_of(source: Script, streams: Streams, hub: SignalHub, times: int = 1_000) -> EventStream:
    return EventStream(
        source=source,
        signals=hub,
        streams=streams,
        clock=FakeClock(),
        options=StreamOptions(poll_seconds=0.01, stalled_seconds=0.05),
        owner="key_1",
        limit=1,
        still_allowed=Answerer(times).still_allowed,
    )


@pytest.fixture
def hub() -> SignalHub:
    return SignalHub()


@pytest.fixture
def streams() -> Streams:
    return Streams(2)


async def test_a_reader_that_takes_nothing_is_let_go(hub: SignalHub, streams: Streams) -> None:
    reader = Reader(takes=2)

    await stream_of(Script([b"one", b"two"]), streams, hub)(SCOPE, reader.receive, reader.send)

    assert reader.got == [b"retry: 2000\n\n", b"one"]
    assert len(streams) == 0


async def test_a_store_that_breaks_ends_the_stream_so_that_its_reader_comes_back(
    hub: SignalHub, streams: Streams
) -> None:
    reader = Reader()

    await stream_of(Script([b"one"], StorageBusy("x")), streams, hub)(SCOPE, reader.receive, reader.send)

    assert (reader.got[1:], reader.ended) == ([b"one", b""], True)


async def test_permission_is_asked_for_before_every_look(hub: SignalHub, streams: Streams) -> None:
    reader = Reader()

    stream = stream_of(Script([b"one", b"two", b"three"]), streams, hub, times=2)
    await stream(SCOPE, reader.receive, reader.send)

    assert reader.got[1:] == [b"one", b"two", b""]


async def test_a_reader_that_leaves_ends_the_stream_at_once(hub: SignalHub, streams: Streams) -> None:
    reader = Reader()

    async with asyncio.timeout(5), asyncio.TaskGroup() as both:
        both.create_task(_run(stream_of(Script([b"one"]), streams, hub), reader))
        both.create_task(_leave(reader))

    assert len(streams) == 0


async def test_an_error_that_nobody_expected_leaves_nothing_behind(hub: SignalHub, streams: Streams) -> None:
    reader, tasks = Reader(), len(asyncio.all_tasks())

    with pytest.raises(ValueError, match="torn"):
        await stream_of(Script([], ValueError("torn")), streams, hub)(SCOPE, reader.receive, reader.send)

    assert (len(streams), len(asyncio.all_tasks())) == (0, tasks)


async def _run(stream: EventStream, reader: Reader) -> None:
    await stream(SCOPE, reader.receive, reader.send)


async def _leave(reader: Reader) -> None:
    reader.left.set()


def test_so_many_streams_and_no_more(hub: SignalHub, streams: Streams) -> None:
    with hub.listen("a") as one, hub.listen("a") as other, hub.listen("a") as third:
        with streams.one("ann", 1, one), streams.one("bob", 1, other):
            with pytest.raises(Refused) as own, streams.one("ann", 1, third):
                pass
            with pytest.raises(Refused) as everybody, streams.one("cem", 1, third):
                pass
        counted = len(streams)

    assert (own.value.kind, everybody.value.kind, counted) == (TOO_MANY, BUSY, 0)


def test_an_event_is_written_with_its_number_or_without() -> None:
    assert frame("message", b"{}", 7) == b"id: 7\nevent: message\ndata: {}\n\n"
    assert frame("typing", b"{}") == b"event: typing\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("last", "after"), [(b"", 5), (b"0", 0), (b"7", 7), (b" 9007199254740991 ", 2**53 - 1)]
)
def test_the_last_id_of_the_reader_goes_before_the_query(last: bytes, after: int) -> None:
    assert resume_after({b"last-event-id": last}, 5) == after


@pytest.mark.parametrize(
    "last", [b"-1", b"x", b"1.0", b"9007199254740992", b"9" * 10_000, b"0" * 10_000, b"\xb2"]
)
def test_what_no_event_is_called_is_refused(last: bytes) -> None:
    with pytest.raises(InvalidInput):
        resume_after({b"last-event-id": last}, 0)
