"""Whoever looks for actions finds each as its conversation's log tells it, in whichever storage."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.changes import Committed, changed
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId
from fondaco.domain.people import ASSISTANT
from tests.contract.store_support import LIN, OTHER_SHOP, SHOP, Ground
from tests.contract.test_spending import action

CONFIRMED = msgspec.structs.replace(action(1), state=ActionState.CONFIRMED, wants_approval=True)
UNKNOWN = msgspec.structs.replace(action(2), state=ActionState.UNKNOWN, amount_minor=None, why="timed out")
WATCHED = (ActionState.CONFIRMED, ActionState.UNKNOWN)


async def move(ground: Ground, conversation_id: ConversationId, *actions: Action) -> Committed:
    """Let the log of a conversation tell of actions."""
    base = await ground.current(conversation_id)
    events = tuple(ev.ActionMoved(action=one, by=ASSISTANT) for one in actions)
    return await ground.store.commit(changed(base, events, ground.now))


async def test_actions_are_found_by_their_states_the_longest_waiting_first(ground: Ground) -> None:
    one, two = await ground.open("one"), await ground.open("two")
    await move(ground, two, UNKNOWN)
    await ground.clock.advance(1)
    await move(ground, one, CONFIRMED, msgspec.structs.replace(action(3), state=ActionState.DONE))

    found = await ground.store.actions(SHOP, WATCHED, 10)

    assert [(listed.conversation_id, listed.action) for listed in found] == [(two, UNKNOWN), (one, CONFIRMED)]
    assert [listed.updated_at_ms for listed in found] == [ground.now - 1_000, ground.now]
    assert await ground.store.actions(SHOP, (ActionState.CONFIRMED,), 10) == found[1:]
    assert await ground.store.actions(SHOP, WATCHED, 1) == found[:1]
    assert await ground.store.actions(SHOP, (), 10) == []


async def test_the_latest_word_on_an_action_counts(ground: Ground) -> None:
    place = await ground.open()
    checked = msgspec.structs.replace(CONFIRMED, state=ActionState.CHECKED, amount_minor=None)
    await move(ground, place, checked, CONFIRMED)

    await move(ground, place, msgspec.structs.replace(CONFIRMED, state=ActionState.REFUSED, why="no"))

    assert await ground.store.actions(SHOP, WATCHED, 10) == []
    [refused] = await ground.store.actions(SHOP, (ActionState.REFUSED,), 10)
    assert (refused.action.why, refused.action.amount_minor) == ("no", 4_000)


async def test_one_action_is_found_by_its_id_in_its_own_shop(ground: Ground) -> None:
    place = await ground.open()
    await move(ground, place, CONFIRMED)

    found = await ground.store.action(SHOP, CONFIRMED.id)

    assert (found.workspace_id, found.conversation_id, found.action) == (SHOP, place, CONFIRMED)
    with pytest.raises(NotFound, match="act_0001"):
        await ground.store.action(OTHER_SHOP, CONFIRMED.id)
    with pytest.raises(NotFound, match="act_0002"):
        await ground.store.action(SHOP, UNKNOWN.id)
    assert await ground.store.actions(OTHER_SHOP, WATCHED, 10) == []


async def test_a_change_that_came_too_late_moves_no_action(ground: Ground) -> None:
    place = await ground.open()
    base = await ground.current(place)
    await move(ground, place, CONFIRMED)
    late = msgspec.structs.replace(CONFIRMED, state=ActionState.APPROVED)

    committed = await ground.store.commit(changed(base, (ev.ActionMoved(action=late, by=LIN),), ground.now))

    assert committed is Committed.MOVED_ON
    assert (await ground.store.action(SHOP, CONFIRMED.id)).action == CONFIRMED
