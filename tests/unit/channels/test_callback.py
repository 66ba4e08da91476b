"""Replies posted to the shop's own address, against a receiver on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from fondaco.channels.callback import CallbackChannel
from fondaco.channels.callback.sign import signature
from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import (
    ChannelError,
    ConfigurationError,
    DeliveryPostponed,
    DeliveryRejected,
    DeliveryUncertain,
)
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.kit.http import HttpClient
from fondaco.testing.clock import MONDAY_MORNING_MS, FakeClock
from tests.unit.outbox.post_office import delivery

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


@dataclass(slots=True)
class Receiver:
    """The shop's side."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    heard: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs_up: bool = False

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(request)
        self.bodies.append(await request.read())
        if self.hangs_up:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@dataclass(slots=True)
class Way:
    """A channel and the receiver at its other end."""

    receiver: Receiver
    channel: CallbackChannel
    url: str

    def connection(
        self, *, secret: str = SECRET, lookup_url: str = "", url: str = "", dedupes: bool = False
    ) -> Connection:
        return Connection(
            id=ConnectionId("con_1"),
            workspace_id=WorkspaceId("wsp_1"),
            channel=ChannelKind.CALLBACK,
            name="Shop",
            callback_url=url or f"{self.url}/hook",
            callback_secret=secret,
            callback_dedupes=dedupes,
            lookup_url=lookup_url,
        )


@pytest.fixture
async def way() -> AsyncIterator[Way]:
    receiver, app = Receiver(), web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.answer)
    async with TestServer(app) as server, HttpClient() as client:
        yield Way(receiver, CallbackChannel(client, FakeClock()), str(server.make_url("/")).rstrip("/"))


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    # The example of the libraries of Standard Webhooks (MIT), by which every one of them is tested.
    signed = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["whsec_no base64!", "whsec_äöü", "whsec_abc"])
def test_a_secret_that_is_no_base64_says_what_to_write(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="write whsec_ and 24 to 64 random bytes"):
        signature(secret, "msg_1", 1, b"")


async def test_a_message_arrives_signed(way: Way) -> None:
    await way.channel.send(way.connection(), delivery())

    [request], [body] = way.receiver.heard, way.receiver.bodies
    seconds = request.headers["webhook-timestamp"]
    signed = b".".join([request.headers["webhook-id"].encode(), seconds.encode(), body])
    digest = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert request.headers["webhook-signature"] == f"v1,{digest}"
    assert seconds == str(MONDAY_MORNING_MS // 1000)
    assert request.headers["webhook-id"] == "dlv_1"


async def test_the_shop_reads_who_said_what_where(way: Way) -> None:
    await way.channel.send(way.connection(), delivery())

    assert msgspec.json.decode(way.receiver.bodies[0]) == {
        "type": "message.posted",
        "timestamp": MONDAY_MORNING_MS // 1000,
        "delivery_id": "dlv_1",
        "conversation_id": "cnv_1",
        "message_id": "msg_1",
        "seq": 1,
        "author": "assistant",
        "text": "It is on its way.",
    }


async def test_a_message_of_a_teammate_is_the_teams(way: Way) -> None:
    await way.channel.send(way.connection(), msgspec.structs.replace(delivery(), by_assistant=False))

    assert msgspec.json.decode(way.receiver.bodies[0], type=dict[str, object])["author"] == "team"


async def test_a_secret_that_cannot_sign_lets_nothing_leave_and_waits_to_be_put_right(way: Way) -> None:
    with pytest.raises(DeliveryPostponed, match="callback_secret is no base64"):
        await way.channel.send(way.connection(secret="whsec_abc"), delivery())

    assert way.receiver.heard == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_success_is_an_arrival(way: Way, status: int) -> None:
    way.receiver.status = status

    await way.channel.send(way.connection(), delivery())

    assert len(way.receiver.heard) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, DeliveryRejected),
        (307, DeliveryRejected),
        (400, DeliveryRejected),
        (401, DeliveryPostponed),
        (403, DeliveryPostponed),
        (404, DeliveryPostponed),
        (408, DeliveryPostponed),
        (410, DeliveryRejected),
        (413, DeliveryRejected),
        (422, DeliveryRejected),
        (425, DeliveryPostponed),
        (429, DeliveryPostponed),
        (500, DeliveryUncertain),
        (502, DeliveryUncertain),
        (503, DeliveryPostponed),
        (504, DeliveryUncertain),
    ],
)
async def test_every_other_status_says_what_to_do(way: Way, status: int, error: type[ChannelError]) -> None:
    way.receiver.status = status

    with pytest.raises(error, match=str(status)):
        await way.channel.send(way.connection(), delivery())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 09:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 400, 999_999_999.0),
        ("", None),
    ],
)
async def test_the_time_that_the_shop_asks_for_is_read(way: Way, value: str, seconds: float | None) -> None:
    way.receiver.status, way.receiver.headers = 429, {"Retry-After": value}

    with pytest.raises(DeliveryPostponed) as raised:
        await way.channel.send(way.connection(), delivery())

    assert raised.value.retry_after_seconds == seconds


async def test_a_broken_connection_leaves_a_doubt(way: Way) -> None:
    way.receiver.hangs_up = True

    with pytest.raises(DeliveryUncertain):
        await way.channel.send(way.connection(), delivery())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/hook", "no address"])
async def test_where_nobody_listens_nothing_has_arrived(way: Way, url: str) -> None:
    with pytest.raises(DeliveryPostponed):
        await way.channel.send(way.connection(url=url), delivery())


@pytest.mark.parametrize(
    ("lookup_url", "dedupes"), [("", False), ("http://shop.example/seen", False), ("", True)]
)
def test_the_connection_says_what_the_shop_can_do(lookup_url: str, *, dedupes: bool) -> None:
    way = Way(Receiver(), CallbackChannel(HttpClient(), FakeClock()), "http://shop.example")
    connection = way.connection(lookup_url=lookup_url, dedupes=dedupes)

    assert way.channel.can_look_up(connection) is bool(lookup_url)
    assert way.channel.has_idempotency_key(connection) is dedupes


@pytest.mark.parametrize(("path", "query"), [("/seen", {}), ("/seen?shop=1", {"shop": "1"})])
@pytest.mark.parametrize("received", [True, False])
async def test_the_shop_is_asked_by_the_deliverys_id(
    way: Way, path: str, query: dict[str, str], *, received: bool
) -> None:
    way.receiver.status, way.receiver.body = 200, msgspec.json.encode({"received": received})

    found = await way.channel.look_up(way.connection(lookup_url=way.url + path), delivery())

    assert found is received
    assert dict(way.receiver.heard[0].query) == {**query, "delivery_id": "dlv_1"}


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (500, b""), (200, b""), (200, b"yes"), (200, b'{"received": "yes"}'), (200, b"{}")],
)
async def test_an_answer_that_does_not_tell_leaves_the_doubt(way: Way, status: int, body: bytes) -> None:
    way.receiver.status, way.receiver.body = status, body

    with pytest.raises(DeliveryUncertain):
        await way.channel.look_up(way.connection(lookup_url=f"{way.url}/seen"), delivery())
