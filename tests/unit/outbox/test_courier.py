"""The courier: in order, again where that is harmless, and never without a note."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest
import structlog

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import DeliveryPostponed, DeliveryRejected, DeliveryUncertain
from fondaco.domain.ids import ConnectionId
from fondaco.outbox import Doors, OutboxOptions
from fondaco.testing.memory_registry import MemoryRegistry
from tests.unit.outbox.post_office import DOOR, SHOP, FakeChannel, delivery, post_office

LATER = 600.0


async def test_messages_of_a_conversation_leave_one_after_the_other() -> None:
    office = await post_office(FakeChannel())
    one, two = await office.open("one"), await office.open("two")
    await office.post(one, "first")
    await office.post(one, "second")
    await office.post(two, "other")

    await office.round()
    await office.round()

    assert sorted(office.channel.sent[:2]) == ["first", "other"]
    assert office.channel.sent[2:] == ["second"]
    assert await office.states(one) == ["sent", "sent"]


async def test_a_message_that_must_wait_holds_back_those_behind_it() -> None:
    office = await post_office(FakeChannel(answers=deque([DeliveryPostponed("busy")])))
    one = await office.open()
    await office.post(one, "first")
    await office.post(one, "second")
    await office.round()

    await office.round(LATER)
    await office.round(LATER)

    assert office.channel.sent == ["first", "first", "second"]


async def test_what_the_channel_asks_for_is_waited_for() -> None:
    postponed = DeliveryPostponed("busy", retry_after_seconds=90.0)
    office = await post_office(FakeChannel(answers=deque([postponed])))
    await office.post(await office.open(), "first")
    await office.round()

    await office.round(89.0)
    before = list(office.channel.sent)
    await office.round(1.0)

    assert before == ["first"]
    assert office.channel.sent == ["first", "first"]


async def test_a_message_is_not_tried_for_ever() -> None:
    busy = FakeChannel(answers=deque([DeliveryPostponed("busy"), *([DeliveryPostponed("still busy")] * 2)]))
    office = await post_office(busy, OutboxOptions(attempts=3))
    one = await office.open()
    await office.post(one, "first")

    await office.round(LATER)
    await office.round(LATER)
    await office.round(LATER)
    await office.round(LATER)

    assert office.channel.sent == ["first"] * 3
    assert await office.states(one) == ["failed"]


async def test_what_is_rejected_is_not_sent_again() -> None:
    office = await post_office(FakeChannel(answers=deque([DeliveryRejected("status 400")])))
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first"], ["failed"])


async def test_in_doubt_and_without_a_way_to_ask_it_is_left_to_a_person() -> None:
    office = await post_office(FakeChannel(answers=deque([DeliveryUncertain("no answer")])))
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first"], ["unknown"])


@pytest.mark.parametrize(("knows", "sends"), [(True, 1), (False, 2)])
async def test_in_doubt_the_channel_is_asked_before_anything_is_sent_again(
    *, knows: bool, sends: int
) -> None:
    channel = FakeChannel(
        looks_up=True, answers=deque([DeliveryUncertain("no answer")]), knows=deque([knows])
    )
    office = await post_office(channel)
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert (channel.sent, channel.asked) == (["first"] * sends, ["first"])
    assert await office.states(one) == ["sent"]


async def test_a_channel_that_cannot_tell_is_asked_again_and_nothing_is_sent() -> None:
    channel = FakeChannel(
        looks_up=True,
        answers=deque([DeliveryUncertain("no answer")]),
        knows=deque([DeliveryUncertain("status 500"), True]),
    )
    office = await post_office(channel)
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)
    await office.round(LATER)

    assert (channel.sent, channel.asked) == (["first"], ["first", "first"])
    assert await office.states(one) == ["sent"]


async def test_a_channel_with_an_idempotency_key_simply_gets_it_again() -> None:
    office = await post_office(FakeChannel(dedupes=True, answers=deque([DeliveryUncertain("no answer")])))
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first", "first"], ["sent"])


@pytest.mark.parametrize(
    ("then", "state"), [(DeliveryPostponed("busy"), "sending"), (DeliveryRejected("gone"), "unknown")]
)
async def test_a_later_failure_does_not_deny_that_an_earlier_attempt_may_have_arrived(
    then: Exception, state: str
) -> None:
    channel = FakeChannel(dedupes=True, answers=deque([DeliveryUncertain("no answer"), then]))
    office = await post_office(channel)
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert await office.states(one) == [state]


async def test_after_the_channel_said_it_has_nothing_a_refusal_is_certain_again() -> None:
    channel = FakeChannel(looks_up=True, answers=deque([DeliveryUncertain("?"), DeliveryRejected("gone")]))
    office = await post_office(channel)
    one = await office.open()
    await office.post(one, "first")

    await office.round()
    await office.round(LATER)

    assert await office.states(one) == ["failed"]


async def test_after_a_takeover_what_the_assistant_wanted_to_say_is_voided() -> None:
    office = await post_office(FakeChannel(answers=deque([DeliveryPostponed("busy")])))
    one = await office.open()
    await office.post(one, "first")
    await office.round()
    await office.take_over(one)

    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first"], ["voided"])


async def test_a_note_that_could_not_be_written_is_written_later_and_nothing_is_sent_twice() -> None:
    office = await post_office(FakeChannel())
    one = await office.open()
    await office.post(one, "first")
    office.store.failures = 25
    await office.round()

    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first"], ["sent"])


async def test_a_database_that_is_gone_for_a_while_loses_no_delivery() -> None:
    office = await post_office(FakeChannel())
    one = await office.open()
    await office.post(one, "first")
    office.registry.failures = 1
    await office.round()

    await office.round(LATER)

    assert (office.channel.sent, await office.states(one)) == (["first"], ["sent"])


async def test_a_channel_that_breaks_down_leaves_a_doubt_and_a_note() -> None:
    office = await post_office(FakeChannel(answers=deque([RuntimeError("a fault of ours")])))
    one = await office.open()
    await office.post(one, "first")

    with structlog.testing.capture_logs() as lines:
        await office.round()

    assert await office.states(one) == ["unknown"]
    assert [line["event"] for line in lines] == ["delivery_broke_down", "delivery_attempted"]
    assert "first" not in {str(line.get("text")) for line in lines}


async def test_a_courier_that_is_stopped_finishes_what_it_is_sending() -> None:
    gate = asyncio.Event()
    office = await post_office(FakeChannel(gate=gate), OutboxOptions(poll_seconds=0.01))
    one = await office.open()
    await office.post(one, "first")
    running = asyncio.create_task(office.courier.run())
    await office.clock.advance(0)

    running.cancel()
    asyncio.get_running_loop().call_soon(gate.set)
    await asyncio.gather(running, return_exceptions=True)

    assert await office.states(one) == ["sent"]


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        (Connection(id=ConnectionId("con_2"), workspace_id=SHOP, channel=ChannelKind.API, name="x"), "con_1"),
        (
            Connection(id=DOOR.id, workspace_id=SHOP, channel=ChannelKind.API, name="x"),
            "no channel sends api",
        ),
    ],
)
async def test_a_message_without_a_way_out_is_rejected(connection: Connection, message: str) -> None:
    registry = MemoryRegistry()
    await registry.put_connection(connection)
    doors = Doors(registry, {ChannelKind.CALLBACK: FakeChannel()})

    with pytest.raises(DeliveryRejected, match=message):
        await doors.door_for(delivery())
