"""Whoever breaks off, dawdles or shouts: let go of in time, nothing half stored, and nobody else harmed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenario.whole_server import (
    PATIENCE_SECONDS,
    WIDGET,
    Whole,
    demand_problem,
    let_go,
    open_whole,
    problem_in,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO = b'{"text": "Where is my order?"}'
TWO_LENGTHS = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
JSON = "Content-Type: application/json"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path_factory.mktemp("whole")) as whole:
        yield whole
        await whole.still_answers()


def streams_of(whole: Whole) -> int:
    """Return how many streams the server holds open, by its own figures."""
    found = whole.app.metrics.get_sample_value("fondaco_http_streams")
    assert found is not None
    return int(found)


@pytest.mark.parametrize(
    ("pieces", "status", "told"),
    [
        ([b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000], 431, "65536 bytes"),
        ([b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: ", *[b"a" * 40_000] * 100], 431, "65536 bytes"),
        ([b"GET /v1/health HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"], 431, "65536 bytes"),
        ([b"GET /v1/" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"], 431, "65536 bytes"),
        ([b"\x00\xff\r\n\r\n"], 400, "well-formed"),
        ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], 400, "well-formed"),
        ([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], 400, "well-formed"),
        ([b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n"], 400, "well-formed"),
        ([b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"], 400, "well-formed"),
        ([b"POST /v1/x HTTP/1.1\r\nHost: localhost\r\n", TWO_LENGTHS], 400, "well-formed"),
        ([b"GET /v1/health HTTP/1.1\r\nHost: local"], 408, "send it again"),
        ([b"GET"], 408, "send it again"),
    ],
    ids=[
        "huge header",
        "endless header",
        "many headers",
        "huge address",
        "garbage",
        "TLS",
        "HTTP/2",
        "NUL",
        "negative length",
        "two lengths",
        "half a head",
        "three letters",
    ],
)
async def test_what_is_no_proper_request_is_refused_and_let_go(
    whole: Whole, pieces: list[bytes], status: int, told: str
) -> None:
    heard = await whole.raw(*pieces)

    demand_problem(problem_in(heard), status, told)
    assert b"connection: close" in heard.partition(b"\r\n\r\n")[0]


async def test_a_control_character_in_a_key_is_refused(whole: Whole) -> None:
    path = f"/v1/conversations/{await whole.open('quiet')}/messages"
    head = whole.head(
        "POST", path, JSON, f"Content-Length: {len(HELLO)}", "Idempotency-Key: a\x7fb", "Connection: close"
    )
    before = await whole.stored()

    heard = await whole.raw(head + HELLO)

    demand_problem(problem_in(heard), 400, "well-formed")
    assert await whole.stored() == before


async def test_a_connection_over_which_nothing_comes_is_closed_without_a_word(whole: Whole) -> None:
    assert await whole.raw() == b""


async def test_a_second_request_that_dawdles_is_let_go_too(whole: Whole) -> None:
    heard = await whole.raw(whole.head("GET", "/v1/health"), b"GET /v1/health HT")

    first, _, second = heard.partition(b'{"status":"ok"}')
    assert first.startswith(b"HTTP/1.1 200 ")
    demand_problem(problem_in(second), 408, "send it again")


async def test_a_body_that_nobody_reads_holds_no_connection(whole: Whole) -> None:
    head = whole.head("POST", "/v1/conversations", JSON, "Content-Length: 1000", key="fk_wrong")

    heard = await whole.raw(head, b"{")

    demand_problem(problem_in(heard), 401, "make a new one")


async def test_many_who_dawdle_keep_nobody_else_waiting(whole: Whole) -> None:
    path = f"/v1/conversations/{await whole.open('quiet')}/messages"
    slow = [await whole.connect() for _ in range(100)]
    for _, writer in slow:
        writer.write(whole.head("POST", path, JSON, "Content-Length: 100") + b"{")

    await whole.still_answers()

    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await asyncio.gather(*(reader.read() for reader, _ in slow))
        await asyncio.gather(*(let_go(writer) for _, writer in slow))
    assert {one[:13] for one in heard} == {b"HTTP/1.1 408 "}


@pytest.mark.parametrize("sent", [0, 1, len(HELLO) - 1])
async def test_whoever_leaves_within_a_body_has_said_nothing(whole: Whole, sent: int) -> None:
    conversation_id = await whole.open("leaver")
    path, before = f"/v1/conversations/{conversation_id}/messages", await whole.stored()
    _, writer = await whole.connect()

    writer.write(whole.head("POST", path, JSON, f"Content-Length: {len(HELLO)}") + HELLO[:sent])
    await writer.drain()
    await let_go(writer)
    await whole.still_answers()

    assert await whole.events(conversation_id) == []
    assert (await whole.stored())["contact"] == before["contact"] + 1  # that of still_answers


async def test_whoever_leaves_before_the_answer_has_said_it_once(whole: Whole) -> None:
    conversation_id = await whole.open("impatient")
    path = f"/v1/conversations/{conversation_id}/messages"
    key = "Idempotency-Key: impatient-1"
    _, writer = await whole.connect()

    writer.write(whole.head("POST", path, JSON, key, f"Content-Length: {len(HELLO)}") + HELLO)
    await writer.drain()
    writer.transport.abort()
    again = await whole.ask("POST", path, HELLO, headers={"Idempotency-Key": "impatient-1"})

    log = await whole.until(conversation_id, "TurnSettled")
    assert again.status == 202
    assert [one["type"] for one in log].count("MessageReceived") == 1


async def test_whoever_leaves_within_a_stream_finds_everything_on_return(whole: Whole) -> None:
    begun = (await whole.begin("one")).json
    await whole.until(begun["conversation_id"], "TurnSettled")
    reader, writer = await whole.connect()
    writer.write(whole.head("GET", "/widget/v1/events", key=begun["token"]))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reader.readuntil(b"event: message")

    writer.transport.abort()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while streams_of(whole):
            await whole.app.clock.sleep(0.02)
    said = await whole.ask("POST", "/widget/v1/messages", {"text": "two"}, key=begun["token"])

    back = await whole.ask("GET", f"/widget/v1/history?after={begun['seq']}", key=begun["token"])
    texts = [one["text"] for one in back.json["items"] if one.get("author") == "contact"]
    assert (said.status, texts) == (202, ["two"])


async def test_an_upgrade_is_not_taken_and_the_request_is_answered(whole: Whole) -> None:
    head = whole.head("GET", "/v1/health", "Connection: Upgrade, close", "Upgrade: websocket")

    heard = await whole.raw(head)

    assert heard.startswith(b"HTTP/1.1 200 ")


async def test_a_request_behind_another_is_answered_after_it(whole: Whole) -> None:
    path = f"/v1/conversations/{await whole.open('pipeline')}/messages"
    one = whole.head("POST", path, JSON, f"Content-Length: {len(HELLO)}") + HELLO
    two = whole.head("GET", f"/widget/v1/{WIDGET}/config", "Connection: close")

    heard = await whole.raw(one + two)

    answers = heard.split(b"HTTP/1.1 ")
    assert [answer[:3] for answer in answers] == [b"", b"202", b"200"]
    assert json.loads(answers[1].partition(b"\r\n\r\n")[2])["duplicate"] is False
