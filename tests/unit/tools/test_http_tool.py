"""A tool that is one HTTP request, against a server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from fondaco.domain.errors import ToolError, ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import Effect
from fondaco.kit.http import HttpClient
from fondaco.tools import HttpTool, HttpToolOptions


@dataclass(slots=True)
class Merchant:
    """Answers as it is told and remembers what came."""

    status: int = 200
    body: bytes = b'{"state": "sent"}'
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(request)
        self.bodies.append(await request.read())
        if self.status == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status or 200, body=self.body, headers=self.headers)


@dataclass(slots=True)
class Place:
    """A merchant, its address, and a client that calls it."""

    merchant: Merchant
    url: str
    client: HttpClient

    def tool(self, **more: Any) -> HttpTool:
        options = HttpToolOptions(name="parcel", description="", url=more.pop("url", self.url), **more)
        return HttpTool(options, self.client, {})


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with served() as found:
        yield found


@asynccontextmanager
async def served() -> AsyncIterator[Place]:
    merchant, app = Merchant(), web.Application()
    app.router.add_route("*", "/{path:.*}", merchant.answer)
    async with TestServer(app) as server, HttpClient(max_body_bytes=10_000) as client:
        yield Place(merchant, str(server.make_url("/")).rstrip("/"), client)


async def test_a_result_is_read(place: Place) -> None:
    result = await place.tool().run({}, "key")

    assert result == {"state": "sent"}


async def test_what_is_not_there_is_a_result(place: Place) -> None:
    place.merchant.status = 404

    result = await place.tool().run({}, "key")

    assert result == {"found": False}


@pytest.mark.parametrize("value", ["../admin", "a/b", "?x=1", "#x", "a&b=c", "%2e%2e%2fadmin", "a b", "注文"])
async def test_a_value_stays_in_its_place_of_the_address(place: Place, value: str) -> None:
    tool = place.tool(url=f"{place.url}/orders/{{number}}/shipment?q={{number}}")

    await tool.run({"number": value}, "key")

    [request] = place.merchant.heard
    assert request.path == f"/orders/{value}/shipment"
    assert dict(request.query) == {"q": value}


@pytest.mark.parametrize("value", [".", ".."])
async def test_a_value_that_would_climb_the_address_is_refused(place: Place, value: str) -> None:
    tool = place.tool(url=f"{place.url}/orders/{{number}}/shipment")

    with pytest.raises(ToolRefused, match="no value for an address"):
        await tool.run({"number": value}, "key")

    assert place.merchant.heard == []


@pytest.mark.parametrize("value", ["mira\r\nX-Admin: 1", "mira\nX-Admin: 1", "mi\x00ra", "mi\x7fra"])
async def test_a_value_adds_no_header(place: Place, value: str) -> None:
    tool = place.tool(headers={"X-Customer-Ref": "{subject}"})

    await tool.run({"subject": value}, "key")

    [request] = place.merchant.heard
    assert "X-Admin" not in request.headers
    assert request.headers["X-Customer-Ref"].startswith("mi")


async def test_a_value_is_not_read_as_a_template_itself(place: Place) -> None:
    tool = place.tool(url=f"{place.url}/{{number}}", headers={"X-Ref": "{number}"})

    await tool.run({"number": "{secret}", "secret": "s"}, "key")

    [request] = place.merchant.heard
    assert (request.path, request.headers["X-Ref"]) == ("/{secret}", "{secret}")


async def test_a_write_carries_its_body_and_its_key(place: Place) -> None:
    tool = place.tool(method="POST", effect=Effect.WRITE, body=("number", "note"))

    await tool.run({"number": "7", "subject": "mira"}, "call_1")

    assert place.merchant.bodies == [b'{"number":"7"}']
    assert place.merchant.heard[0].headers["Idempotency-Key"] == "call_1"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"\xff", b"null", b'{"a":'])
async def test_an_answer_that_is_no_json_object_is_no_result(place: Place, body: bytes) -> None:
    place.merchant.body = body

    with pytest.raises(ToolFailed, match="no JSON object"):
        await place.tool().run({}, "key")


@pytest.mark.parametrize(
    ("status", "effect", "error"),
    [
        (500, Effect.READ, ToolFailed),
        (500, Effect.WRITE, ToolUncertain),
        (503, Effect.WRITE, ToolUncertain),
        (0, Effect.READ, ToolFailed),
        (0, Effect.WRITE, ToolUncertain),
        (302, Effect.READ, ToolFailed),
        (400, Effect.WRITE, ToolFailed),
        (401, Effect.READ, ToolFailed),
    ],
)
async def test_a_failure_says_whether_something_may_have_happened(
    place: Place, status: int, effect: Effect, error: type[ToolError]
) -> None:
    place.merchant.status = status

    with pytest.raises(error):
        await place.tool(method="POST", effect=effect).run({}, "key")


async def test_nothing_has_happened_where_nobody_listens(place: Place) -> None:
    tool = place.tool(url="http://127.0.0.1:9/x", method="POST", effect=Effect.WRITE)

    with pytest.raises(ToolFailed, match="no connection"):
        await tool.run({}, "key")


async def test_a_request_that_contradicts_itself_is_not_sent(place: Place) -> None:
    address = place.url.replace("http://", "http://key:word@")
    tool = place.tool(url=address, headers={"Authorization": "Bearer x"}, method="POST", effect=Effect.WRITE)

    with pytest.raises(ToolFailed, match="no request that can be sent"):
        await tool.run({}, "key")

    assert place.merchant.heard == []


async def test_an_answer_beyond_all_measure_is_not_read(place: Place) -> None:
    place.merchant.body = b'{"a": "' + b"x" * 20_000 + b'"}'

    with pytest.raises(ToolFailed, match="more than 10000 bytes"):
        await place.tool().run({}, "key")


async def test_a_redirect_is_not_followed(place: Place) -> None:
    place.merchant.status, place.merchant.headers = 302, {"Location": "/elsewhere"}

    with pytest.raises(ToolFailed, match="status 302"):
        await place.tool().run({}, "key")

    assert len(place.merchant.heard) == 1


async def test_a_cookie_of_one_request_is_not_sent_with_the_next(place: Place) -> None:
    place.merchant.headers = {"Set-Cookie": "session=mira; Path=/"}
    await place.tool(url=place.url.replace("127.0.0.1", "localhost")).run({}, "key")

    await place.tool(url=place.url.replace("127.0.0.1", "localhost")).run({}, "key")

    assert "Cookie" not in place.merchant.heard[1].headers


async def test_a_change_of_what_is_not_there_has_failed(place: Place) -> None:
    place.merchant.status = 404
    tool = place.tool(method="POST", effect=Effect.WRITE)

    with pytest.raises(ToolFailed, match="status 404") as failed:
        await tool.run({"number": "A-1"}, "key")

    assert failed.value.is_final
