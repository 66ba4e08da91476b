"""The memory of a conversation and its bill, over the public API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from fondaco.domain import events as ev
from fondaco.domain.changes import changed
from fondaco.domain.ids import ConversationId, MessageId, TurnId
from fondaco.domain.people import ASSISTANT
from fondaco.domain.usage import AttemptNote, Usage
from tests.scenario.api_house import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def answered(house: House) -> str:
    """Return a conversation in which a model has answered once."""
    conversation_id = await house.open()
    await house.say(conversation_id, "Where is my order?")
    base = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation_id))
    turn_id = TurnId("trn_1")
    usage = Usage(input=1_800, output=20, cache_read=1_024)
    note = AttemptNote(target="large", provider="nowhere", ended_as="answered", usage=usage)
    told = (
        ev.MemoryPlanned(
            turn_id=turn_id, strategy="stepped", why="it pays", high_tokens=2_600, low_tokens=512
        ),
        ev.ModelAsked(turn_id=turn_id, step=1, target="large", attempts=(note,), cost_pico=2_224_000_000),
        ev.MessagePosted(
            message_id=MessageId("msg_a"), author=ASSISTANT, text="On its way.", turn_id=turn_id
        ),
    )
    await house.store.commit(changed(base, told, house.clock.now_ms()))
    return conversation_id


async def test_the_bill_of_a_conversation_stands_beside_those_of_the_usual_ways(house: House) -> None:
    conversation_id = await answered(house)

    reply = await house.ask("GET", f"/v1/conversations/{conversation_id}/memory", key=house.shop.key)

    assert reply.status == 200
    found = reply.json
    assert found["plan"]["why"] == "it pays"
    assert (found["requests"], found["input_tokens"], found["cached_tokens"]) == (1, 1_800, 1_024)
    assert (found["cost_pico"], found["currency"]) == (2_224_000_000, "USD")
    assert found["price"].startswith("openai/gpt-4.1@")
    assert [one["way"] for one in found["ways"]] == [
        "as_told",
        "everything",
        "sliding_window",
        "search_every_time",
    ]
    assert {one["input_tokens"] for one in found["ways"]} == {1_800}


async def test_a_conversation_that_no_model_answered_has_no_bill(house: House) -> None:
    conversation_id = await house.open()

    reply = await house.ask("GET", f"/v1/conversations/{conversation_id}/memory", key=house.shop.key)

    assert (reply.status, reply.json["requests"], reply.json["ways"]) == (200, 0, [])


async def test_another_shops_conversation_is_not_found(house: House) -> None:
    conversation_id = await answered(house)

    reply = await house.ask("GET", f"/v1/conversations/{conversation_id}/memory", key=house.other.key)

    assert reply.status == 404
