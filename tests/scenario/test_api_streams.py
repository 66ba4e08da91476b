"""Event streams: nothing lost, nothing twice, nothing of others, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fondaco.domain.access import Scope
from fondaco.server.credentials import hash_secret
from fondaco.server.options import ServerOptions, StreamOptions
from tests.scenario.api_house import QUICK_STREAMS, WIDE, House, open_house
from tests.scenario.api_stream import listening_to, open_streams

WIDGET_EVENTS = "/widget/v1/events"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


def stream_of(conversation_id: str) -> str:
    return f"/v1/conversations/{conversation_id}/events/stream"


async def test_a_stream_tells_the_whole_log_and_then_what_happens(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "one")

    async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
        before = await stream.take(3)
        await house.say(conversation_id, "two")
        after = await stream.take(1)

    assert [(one.id, one.event) for one in before] == [
        (1, "EpisodeOpened"),
        (2, "AssigneeChanged"),
        (3, "MessageReceived"),
    ]
    assert (after[0].id, after[0].data["event"]["text"]) == (4, "two")
    assert stream.answer.headers["X-Accel-Buffering"] == "no"
    assert stream.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?after=2", {}), ("", {"Last-Event-ID": "2"}), ("?after=0", {"Last-Event-ID": "2"})],
)
async def test_a_stream_resumes_without_loss_or_doubling(
    house: House, query: str, headers: dict[str, str]
) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "one")
    await house.say(conversation_id, "two")

    async with listening_to(house, stream_of(conversation_id) + query, house.shop.key, headers) as stream:
        await house.say(conversation_id, "three")
        heard = await stream.take(3)

    assert [one.id for one in heard] == [3, 4, 5]


async def test_a_long_log_comes_whole_and_in_order(house: House) -> None:
    conversation_id = await house.open()
    last = [await house.say(conversation_id, f"message {number}") for number in range(150)][-1]

    async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
        heard = await stream.take(last)

    assert [one.id for one in heard] == list(range(1, last + 1))


async def test_two_listeners_hear_the_same(house: House) -> None:
    conversation_id = await house.open()
    path = stream_of(conversation_id)

    async with (
        listening_to(house, path, house.shop.key) as one,
        listening_to(house, path, house.shop.key) as other,
    ):
        await house.say(conversation_id, "hello")
        heard = await asyncio.gather(one.take(3), other.take(3))

    assert heard[0] == heard[1]
    assert heard[0][-1].data["event"]["text"] == "hello"


async def test_events_of_another_conversation_never_appear(house: House) -> None:
    mine, other = await house.open(name="ann"), await house.open(name="bob")

    async with listening_to(house, stream_of(mine), house.shop.key) as stream:
        await house.say(other, "not for you")
        await house.say(mine, "for you")
        heard = await stream.until("MessageReceived")

    assert [one.data["event"].get("text") for one in heard] == [None, None, "for you"]


async def test_a_contact_never_hears_the_conversation_of_another(house: House) -> None:
    ann, bob = await house.begin("I am Ann"), await house.begin("I am Bob")

    async with listening_to(house, WIDGET_EVENTS, bob["token"]) as stream:
        await house.say(ann["conversation_id"], "only for Ann")
        await house.ask("POST", "/widget/v1/messages", key=ann["token"], body={"text": "only for Ann"})
        await house.ask("POST", "/widget/v1/messages", key=bob["token"], body={"text": "and goodbye"})
        heard = await stream.take(4)

    texts = [one.data["text"] for one in heard if one.event == "message"]
    assert texts == ["I am Bob", "and goodbye"]


async def test_a_ring_that_is_lost_costs_a_look_and_no_event(house: House) -> None:
    conversation_id = await house.open()

    async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
        await open_streams(house, 1)
        house.store.signals._bells.clear()  # noqa: SLF001 -- as if the ring had come from another process
        await house.say(conversation_id, "hello")
        heard = await stream.take(3)

    assert heard[-1].event == "MessageReceived"


async def test_a_reader_that_leaves_leaves_nothing_behind(house: House) -> None:
    conversation_id = await house.open()
    tasks = len(asyncio.all_tasks())

    async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
        await house.say(conversation_id, "hello")
        await stream.take(1)
        await open_streams(house, 1)
        stream.answer.close()
    await open_streams(house, 0)

    assert house.store.signals._bells == {}  # noqa: SLF001 -- a leak has no other sign
    assert len(asyncio.all_tasks()) <= tasks + 1


async def test_a_stream_ends_when_its_key_is_revoked(house: House) -> None:
    conversation_id = await house.open()
    secret = await house.make_key(house.shop, Scope.CONVERSATIONS_READ)
    key = await house.parts.registry.find_key(hash_secret(secret))
    assert key is not None

    async with listening_to(house, stream_of(conversation_id), secret) as stream:
        await house.parts.registry.revoke_key(key.id, house.clock.now_ms())
        await house.clock.advance(house.parts.options.credentials.cache_seconds)
        await stream.end()

    await open_streams(house, 0)


async def test_a_silent_stream_is_kept_alive() -> None:
    silent = replace(QUICK_STREAMS, heartbeat_seconds=15)

    async with open_house(ServerOptions(port=0, streams=silent, limits=WIDE)) as house:
        conversation_id = await house.open()
        async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
            await open_streams(house, 1)
            await house.clock.advance(15)
            comment = await stream.comment()

    assert comment == ":"


async def test_a_visitor_may_hold_so_many_streams_and_no_more() -> None:
    options = ServerOptions(port=0, streams=QUICK_STREAMS, limits=replace(WIDE, streams_per_visitor=1))
    async with open_house(options) as house:
        begun = await house.begin()

        async with listening_to(house, WIDGET_EVENTS, begun["token"]) as stream:
            await stream.take(1)
            refused = await house.ask("GET", WIDGET_EVENTS, key=begun["token"])

    assert refused.status == 429
    assert refused.headers["Retry-After"] == "5"


async def test_streams_end_when_the_server_stops() -> None:
    async with open_house(ServerOptions(port=0, streams=StreamOptions(), limits=WIDE)) as house:
        conversation_id = await house.open()
        async with listening_to(house, stream_of(conversation_id), house.shop.key) as stream:
            await open_streams(house, 1)
            house.machinery.streams.close()
            await stream.end()
        refused = await house.ask("GET", stream_of(conversation_id), key=house.shop.key)

    assert refused.status == 503


async def test_a_head_request_gets_the_headers_of_a_stream_alone(house: House) -> None:
    conversation_id = await house.open()

    reply = await house.ask("HEAD", stream_of(conversation_id), key=house.shop.key)

    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    await open_streams(house, 0)


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30])
async def test_an_id_that_no_event_has_is_refused(house: House, last: str) -> None:
    conversation_id = await house.open()

    reply = await house.ask(
        "GET", stream_of(conversation_id), key=house.shop.key, headers={"Last-Event-ID": last}
    )

    assert (reply.status, reply.json["field"]) == (422, "Last-Event-ID")


async def test_the_contact_sees_words_and_typing_and_nothing_of_the_team(house: House) -> None:
    begun = await house.begin("Where is my order?")
    conversation_id = begun["conversation_id"]
    by_mia = {"teammate_id": house.shop.teammate.id}

    async with listening_to(house, WIDGET_EVENTS, begun["token"]) as stream:
        first = await stream.take(3)
        base = f"/v1/conversations/{conversation_id}"
        await house.ask("POST", f"{base}/notes", key=house.shop.key, body=by_mia | {"text": "rude"})
        await house.ask("POST", f"{base}/replies", key=house.shop.key, body=by_mia | {"text": "Hello!"})
        then = await stream.take(2)

    assert [one.event for one in first] == ["episode", "message", "typing"]
    assert (first[2].id, first[2].data) == (None, {"by": "assistant", "on": True})
    assert {one.event for one in then} == {"message", "typing"}
    message = next(one.data for one in then if one.event == "message")
    assert (message["author"], message["shown_as"], message["text"]) == ("teammate", "Mia", "Hello!")
