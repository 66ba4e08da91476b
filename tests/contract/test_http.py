"""What callers may rely on when they call out, against a server that fails to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient, HttpStream, NoAnswer, NotSent
from fondaco.lab.transports_faults import ANSWER, EVENT, EVENTS
from fondaco.lab.transports_server import Counts, faulty_server

BODY = b'{"stream":true}'


class Ground:
    """A client, and the server that it calls."""

    def __init__(self, client: HttpClient, ports: dict[str, int], counts: Counts) -> None:
        self.client = client
        self.counts = counts
        self._ports = ports

    def url(self, path: str, port: str = "plain", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self._ports[port]}/{path}"

    async def open_until_told(self, path: str, reading: asyncio.Event) -> None:
        """Stream a body that does not end, and say when its first piece is here."""
        async with self.client.stream("POST", self.url(path), body=BODY) as answer:
            async for _ in answer.pieces():
                reading.set()

    async def connections(self, wanted: int) -> None:
        """Wait until the server has as many connections open as are wanted."""
        async with asyncio.timeout(5):
            while self.counts.open != wanted:
                await SystemClock().sleep(0.005)


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    async with faulty_server() as (ports, counts):
        async with HttpClient(max_body_bytes=100_000) as client:
            made = Ground(client, ports, counts)
            yield made
        await made.connections(0)


async def whole(answer: HttpStream) -> bytes:
    return b"".join([piece async for piece in answer.pieces()])


async def test_a_stream_gives_status_headers_in_any_case_and_every_byte(ground: Ground) -> None:
    async with ground.client.stream("POST", ground.url("stream"), body=BODY) as answer:
        body = await whole(answer)

    assert (answer.status, answer.headers["content-TYPE"]) == (200, "application/json")
    assert body == EVENT * EVENTS


async def test_a_piece_is_given_while_the_next_one_is_not_there_yet(ground: Ground) -> None:
    async with ground.client.stream("POST", ground.url("open"), body=BODY) as answer:
        first = await anext(answer.pieces())

    assert first == EVENT


async def test_a_connection_whose_stream_was_read_to_its_end_is_used_again(ground: Ground) -> None:
    async with ground.client.stream("POST", ground.url("answer"), body=BODY) as answer:
        await whole(answer)
    again = await ground.client.request("POST", ground.url("answer"), body=BODY)

    assert (again.body, ground.counts.connections) == (ANSWER, 1)


async def test_leaving_a_stream_early_closes_its_connection(ground: Ground) -> None:
    async with ground.client.stream("POST", ground.url("open"), body=BODY) as answer:
        await anext(answer.pieces())

    await ground.connections(0)


async def test_what_the_caller_raises_inside_of_a_stream_comes_out_as_it_is(ground: Ground) -> None:
    with pytest.raises(ZeroDivisionError):
        async with ground.client.stream("POST", ground.url("open"), body=BODY):
            raise ZeroDivisionError

    await ground.connections(0)


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_a_stream_cancelled_however_often_ends_at_once_and_leaves_nothing(
    ground: Ground, times: int
) -> None:
    reading = asyncio.Event()
    task = asyncio.create_task(ground.open_until_told("open", reading))
    await reading.wait()

    cancelled = [task.cancel() for _ in range(times)]
    await asyncio.wait([task], timeout=5)

    assert all(cancelled)
    assert task.cancelled()
    await ground.connections(0)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_request_cancelled_before_its_answer_leaves_nothing(ground: Ground, times: int) -> None:
    task = asyncio.create_task(ground.client.request("POST", ground.url("stall"), body=BODY))
    await ground.connections(1)

    cancelled = [task.cancel() for _ in range(times)]
    await asyncio.wait([task], timeout=5)

    assert all(cancelled)
    assert task.cancelled()
    await ground.connections(0)


async def test_a_stream_ends_with_the_deadline_that_the_caller_sets(ground: Ground) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await ground.open_until_told("open", asyncio.Event())

    await ground.connections(0)


async def test_a_request_that_nobody_listens_to_was_not_sent(ground: Ground) -> None:
    with pytest.raises(NotSent):
        await ground.client.request("POST", ground.url("answer", "refused"), body=BODY)


async def test_a_request_still_without_a_connection_near_its_deadline_was_not_sent(ground: Ground) -> None:
    with pytest.raises(NotSent):
        await ground.client.request("POST", ground.url("answer", "full"), body=BODY, timeout_seconds=1.5)


@pytest.mark.parametrize(("port", "scheme"), [("refused", "http"), ("full", "http"), ("silent", "https")])
async def test_a_stream_without_a_connection_was_not_sent(ground: Ground, port: str, scheme: str) -> None:
    with pytest.raises(NotSent):
        async with ground.client.stream("POST", ground.url("answer", port, scheme), connect_seconds=0.1):
            raise AssertionError


async def test_a_stream_that_waits_for_a_free_connection_in_vain_was_not_sent(ground: Ground) -> None:
    async with HttpClient(connections=1) as narrow, narrow.stream("POST", ground.url("open"), body=BODY):
        with pytest.raises(NotSent):
            async with narrow.stream("POST", ground.url("answer"), body=BODY, connect_seconds=0.05):
                raise AssertionError

    assert ground.counts.requests == {"open": 1}


@pytest.mark.parametrize(
    "path",
    [
        "reset",
        "closed",
        "garbage",
        "reset-in-body",
        "short",
        "no-end",
        "stall",
        "stall-in-body",
        "drip",
        "huge-head",
        "huge-body",
    ],
)
async def test_what_was_sent_and_not_answered_wholly_may_have_been_processed(
    ground: Ground, path: str
) -> None:
    with pytest.raises(NoAnswer):
        await ground.client.request("POST", ground.url(path), body=BODY, timeout_seconds=0.3)

    assert ground.counts.requests == {path: 1}


@pytest.mark.parametrize("path", ["reset-in-body", "short", "no-end"])
async def test_a_stream_cut_short_never_looks_whole(ground: Ground, path: str) -> None:
    async with ground.client.stream("POST", ground.url(path), body=BODY) as answer:
        with pytest.raises(NoAnswer, match="ClientPayloadError"):
            await whole(answer)


async def test_a_post_that_meets_the_closing_of_its_connection_is_not_repeated(ground: Ground) -> None:
    await ground.client.request("POST", ground.url("answer-then-drop"), body=BODY)

    with pytest.raises(NoAnswer):
        await ground.client.request("POST", ground.url("answer"), body=BODY)

    assert ground.counts.requests == {"answer-then-drop": 1, "answer": 1}


async def test_blank_lines_before_a_body_are_part_of_it(ground: Ground) -> None:
    answer = await ground.client.request("POST", ground.url("blank-lines"), body=BODY)

    assert answer.body == b"\n" * 5 + ANSWER


async def test_no_query_appears_in_what_a_failure_says(ground: Ground) -> None:
    with pytest.raises(NotSent) as raised:
        await ground.client.request("GET", ground.url("answer?name=Amira", "refused"))

    assert "Amira" not in str(raised.value)
