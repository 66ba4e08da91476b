"""Actions over the public API: what waits for a person, and what a person says to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.ids import ConversationId
from tests.scenario.api_house import House, Reply, open_house
from tests.scenario.approving import agreed, let_wait, move, unknown


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def waiting(house: House) -> str:
    """Return a conversation in which a refund waits for a teammate."""
    conversation_id = await house.open()
    await house.say(conversation_id, "I want my money back")
    base = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation_id))
    await let_wait(house.store, base, house.clock.now_ms())
    return conversation_id


async def decide(
    house: House, conversation_id: str, word: str, *, key: str = "", action: str = agreed().id, **more: object
) -> Reply:
    path = f"/v1/conversations/{conversation_id}/actions/{action}/{word}"
    body = {"teammate_id": house.shop.teammate.id, **more}
    headers = {"Idempotency-Key": key} if key else None
    return await house.ask("POST", path, key=house.shop.key, body=body, headers=headers)


async def states(house: House, conversation_id: str) -> list[ActionState]:
    records = await house.store.records(house.shop.workspace_id, ConversationId(conversation_id), 0, 1_000)
    return [one.event.action.state for one in records if isinstance(one.event, ev.ActionMoved)]


async def test_what_waits_for_a_person_is_listed_with_everything_that_is_decided_on(house: House) -> None:
    conversation_id = await waiting(house)

    listed = await house.ask("GET", "/v1/actions", key=house.shop.key)
    [one] = listed.json["items"]

    assert one["conversation_id"] == conversation_id
    assert one["action"]["arguments"] == {"order_number": "RI-10482", "amount": 24_900}
    assert (one["action"]["state"], one["action"]["wants_approval"]) == ("confirmed", True)


async def test_actions_are_listed_by_state(house: House) -> None:
    await waiting(house)

    unknown_ones = await house.ask("GET", "/v1/actions?state=unknown", key=house.shop.key)
    wrong = await house.ask("GET", "/v1/actions?state=lost", key=house.shop.key)

    assert unknown_ones.json["items"] == []
    assert (wrong.status, wrong.headers["Content-Type"]) == (422, "application/problem+json")


async def test_an_approval_gives_the_assistant_its_turn(house: House) -> None:
    conversation_id = await waiting(house)

    approved = await decide(house, conversation_id, "approve")
    listed = await house.ask("GET", "/v1/actions", key=house.shop.key)

    assert (approved.status, approved.json["assignee"]["kind"]) == (200, "assistant")
    assert listed.json["items"] == []
    assert (await states(house, conversation_id))[-1] is ActionState.APPROVED


async def test_an_approval_is_safe_to_repeat_with_and_without_a_key(house: House) -> None:
    conversation_id = await waiting(house)

    first = await decide(house, conversation_id, "approve", key="a-1")
    again = await decide(house, conversation_id, "approve", key="a-1")
    bare = await decide(house, conversation_id, "approve")

    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert bare.status == 200
    assert (await states(house, conversation_id)).count(ActionState.APPROVED) == 1


async def test_what_was_refused_is_not_approved_any_more(house: House) -> None:
    conversation_id = await waiting(house)

    refused = await decide(house, conversation_id, "refuse", why="bought too long ago")
    late = await decide(house, conversation_id, "approve")

    assert (refused.status, late.status) == (200, 409)
    assert "does not wait for a teammate" in late.json["detail"]
    listed = await house.ask("GET", "/v1/actions?state=refused", key=house.shop.key)
    assert listed.json["items"][0]["action"]["why"] == "bought too long ago"


async def test_a_finding_ends_what_nobody_knew(house: House) -> None:
    conversation_id = await house.open()
    await house.say(conversation_id, "I want my money back")
    base = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation_id))
    await move(house.store, base, unknown())

    listed = await house.ask("GET", "/v1/actions", key=house.shop.key)
    settled = await decide(house, conversation_id, "settle", action=unknown().id, took_effect=True)

    assert [one["action"]["state"] for one in listed.json["items"]] == ["unknown"]
    assert settled.status == 200
    assert (await states(house, conversation_id))[-1] is ActionState.RECONCILED


async def test_only_a_teammate_of_the_shop_decides(house: House) -> None:
    conversation_id = await waiting(house)

    stranger = await decide(house, conversation_id, "approve", teammate_id="tmt_nobody")

    assert stranger.status == 404
    assert (await states(house, conversation_id))[-1] is ActionState.CONFIRMED


async def test_an_action_is_found_in_its_own_conversation_only(house: House) -> None:
    await waiting(house)
    other = await house.open(name="bob")
    await house.say(other, "hello")

    missed = await decide(house, other, "approve")

    assert missed.status == 404


async def test_what_has_no_tool_for_it_is_not_taken_back(house: House) -> None:
    conversation_id = await waiting(house)

    refused = await decide(house, conversation_id, "take_back")

    assert refused.status == 409
    assert "names no tool" in refused.json["detail"]
