"""Teammates approve, refuse and find out; the assistant goes on, and nothing is decided twice."""

from __future__ import annotations

import asyncio

import pytest

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState, Contract, Limit, Per
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ActionId, CallId, TurnId, WorkspaceId
from fondaco.domain.people import TO_ASSISTANT, Author, AuthorKind
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Step, action_step, approved, decided, turn_id_after
from tests.scenario.approving import agreed, let_wait, move, proposal, unknown
from tests.scenario.turns_house import LIN, MAX, SHOP, Talk, talk


async def asked() -> Talk:
    """A shop whose contact waits for a teammate's yes."""
    shop = await talk()
    await shop.ask("Hello")
    await let_wait(shop.store, await shop.current(), shop.clock.now_ms())
    return shop


async def states(shop: Talk) -> list[ActionState]:
    return [event.action.state for event in await shop.all_of(ev.ActionMoved)]


async def records(shop: Talk) -> tuple[ev.Recorded, ...]:
    return tuple(await shop.store.records(SHOP, shop.conversation.id, 0, 1_000))


ACTION = agreed().id
ONCE = Contract(limits=(Limit(per=Per.WORKSPACE, count=1),))


async def test_an_approval_gives_the_conversation_back_to_the_assistant_whose_turn_is_due() -> None:
    shop = await asked()

    after = await shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN)

    assert after.assignee == TO_ASSISTANT
    assert [one.id for one in approved(await records(shop))] == [ACTION]
    assert len(await shop.claim()) == 1
    assert await shop.store.open_handoff(SHOP, shop.conversation.id) is None
    moved = (await shop.all_of(ev.ActionMoved))[-1]
    assert (moved.by.kind, moved.by.id, moved.action.approved_by) == (AuthorKind.TEAMMATE, LIN.id, LIN.id)


async def test_a_refusal_does_so_too_so_that_the_contact_is_told() -> None:
    shop = await asked()

    after = await shop.desk.refuse(SHOP, shop.conversation.id, ACTION, LIN, "too old")

    told = await records(shop)
    assert (after.assignee, approved(told)) == (TO_ASSISTANT, ())
    [refused] = decided(told)
    assert (refused.id, refused.state, refused.why) == (ACTION, ActionState.REFUSED, "too old")
    assert len(await shop.claim()) == 1


async def test_who_decided_is_written_beside_the_handoff() -> None:
    shop = await asked()

    await shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN)

    [handoff] = await shop.store.handoffs(SHOP, only_open=False, limit=10)
    assert (handoff.accepted_by, handoff.returned_at_ms) == (LIN.id, handoff.accepted_at_ms)


async def test_a_double_click_approves_once() -> None:
    shop = await asked()

    await asyncio.gather(
        *(shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN) for _ in range(5)),
    )

    assert (await states(shop)).count(ActionState.APPROVED) == 1
    assert len(await shop.all_of(ev.HandoffReturned)) == 1


async def test_of_a_yes_and_a_no_at_once_one_counts() -> None:
    shop = await asked()

    found = await asyncio.gather(
        shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN),
        shop.desk.refuse(SHOP, shop.conversation.id, ACTION, MAX),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Conflict) for one in found) == 1
    assert len(await states(shop)) == 3


async def test_a_refusal_twice_is_one() -> None:
    shop = await asked()

    await shop.desk.refuse(SHOP, shop.conversation.id, ACTION, LIN)
    await shop.desk.refuse(SHOP, shop.conversation.id, ACTION, MAX)

    assert (await states(shop)).count(ActionState.REFUSED) == 1


async def test_an_action_of_another_conversation_or_shop_is_not_decided_here() -> None:
    shop, other = await asked(), WorkspaceId("wsp_other")

    with pytest.raises(NotFound):
        await shop.desk.approve(SHOP, shop.conversation.id, ActionId("act_none"), LIN)
    with pytest.raises(NotFound):
        await shop.desk.approve(other, shop.conversation.id, ACTION, LIN)


async def test_what_waits_for_the_contact_is_no_matter_for_teammates() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await move(shop.store, await shop.current(), proposal())

    with pytest.raises(Conflict, match="does not wait for a teammate"):
        await shop.desk.approve(SHOP, shop.conversation.id, proposal().id, LIN)
    with pytest.raises(Conflict, match="does not wait for a teammate"):
        await shop.desk.refuse(SHOP, shop.conversation.id, proposal().id, LIN)


async def test_what_waits_is_withdrawn_when_the_conversation_is_closed() -> None:
    shop = await asked()

    await shop.desk.resolve(SHOP, shop.conversation.id, Author(AuthorKind.TEAMMATE, LIN.id, LIN.name))

    listed = await shop.store.action(SHOP, ACTION)
    assert (listed.action.state, listed.action.why) == (ActionState.DECLINED, "the conversation was closed")
    with pytest.raises(Conflict):
        await shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN)


@pytest.mark.parametrize(("effect", "state"), [(True, ActionState.RECONCILED), (False, ActionState.FAILED)])
async def test_what_nobody_knew_is_found_out_once_even_after_the_end(
    effect: bool, state: ActionState
) -> None:
    shop = await talk()
    await shop.ask("Hello")
    await move(shop.store, await shop.current(), unknown())
    await shop.desk.resolve(SHOP, shop.conversation.id, Author(AuthorKind.TEAMMATE, LIN.id, LIN.name))

    for _ in range(2):
        await shop.desk.settle_unknown(
            SHOP, shop.conversation.id, unknown().id, LIN, took_effect=effect, why="asked the bank"
        )

    listed = await shop.store.action(SHOP, unknown().id)
    assert (listed.action.state, listed.action.why) == (state, "asked the bank")
    assert (await states(shop)).count(state) == 1


@pytest.mark.parametrize(("effect", "free"), [(True, False), (False, True)])
async def test_only_what_had_no_effect_gives_its_place_back(effect: bool, free: bool) -> None:
    shop = await talk()
    await shop.ask("Hello")
    await move(shop.store, await shop.current(), unknown())
    await shop.store.spending.reserve(SHOP, unknown(), ONCE, 5)

    await shop.desk.settle_unknown(SHOP, shop.conversation.id, unknown().id, LIN, took_effect=effect)

    assert (await shop.store.spending.reserve(SHOP, unknown("trn_9"), ONCE, 6) is None) is free


async def begin(shop: Talk, state: CallState | None) -> Action:
    """Let a worker begin an action, and its call unless ``state`` is None; then the worker falls silent."""
    await shop.write("Pay it back")
    [lease] = await shop.claim()
    action = actions.begin(actions.approve_unasked(agreed("trn_1", 900), 1), CallId("call_1"), 1)
    await shop.store.spending.reserve(SHOP, action, ONCE, 5)
    await shop.store.journal(lease, action_step(TurnId("trn_1"), action))
    if state is not None:
        call = ToolCall(
            id=CallId("call_1"),
            tool="refund",
            arguments={},
            effect=Effect.WRITE,
            idempotency_key=action.id,
            state=state,
        )
        await shop.store.journal(lease, Step(turn_id=TurnId("trn_1"), key="call:call_1", call=call))
    return action


@pytest.mark.parametrize(
    ("call", "state", "why", "free"),
    [
        (CallState.EXECUTING, ActionState.UNKNOWN, "may have taken effect", False),
        (CallState.DONE, ActionState.DONE, "", False),
        (None, ActionState.FAILED, "before it was sent", True),
    ],
)
async def test_a_takeover_tells_what_became_of_the_action_that_was_under_way(
    call: CallState | None, state: ActionState, why: str, free: bool
) -> None:
    shop = await talk()
    action = await begin(shop, call)

    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    assert await states(shop) == [state]
    assert why in (await shop.store.action(SHOP, action.id)).action.why
    assert (await shop.store.spending.reserve(SHOP, unknown("trn_9"), ONCE, 6) is None) is free


async def test_what_was_begun_is_unknown_when_the_conversation_is_closed_over_it() -> None:
    shop = await talk()
    action = await begin(shop, None)

    await shop.desk.resolve(SHOP, shop.conversation.id, Author(AuthorKind.TEAMMATE, LIN.id, LIN.name))

    assert (await shop.store.action(SHOP, action.id)).action.state is ActionState.UNKNOWN
    assert await shop.store.spending.reserve(SHOP, unknown("trn_9"), ONCE, 6) == ONCE.limits[0]


async def test_an_approved_action_is_gone_on_with_after_a_takeover_and_a_handback() -> None:
    shop = await asked()
    await shop.desk.approve(SHOP, shop.conversation.id, ACTION, LIN)
    await shop.desk.take_over(SHOP, shop.conversation.id, MAX)
    assert await shop.claim() == []

    await shop.desk.hand_back(SHOP, shop.conversation.id, MAX)

    assert len(await shop.claim()) == 1


async def test_a_handback_without_anything_owed_lets_the_assistant_rest() -> None:
    shop = await asked()
    await shop.desk.take_over(SHOP, shop.conversation.id, MAX)

    await shop.desk.hand_back(SHOP, shop.conversation.id, MAX)

    assert await shop.claim() == []
    [waiting] = await shop.store.actions(SHOP, (ActionState.CONFIRMED,), 10)
    assert waiting.action.id == ACTION


async def test_contacts_see_no_action() -> None:
    shop = await asked()

    assert ev.ActionMoved not in ev.CONTACT_MAY_SEE
    assert turn_id_after(ACTION) == "trn_" + ACTION.removeprefix("act_")
    assert len(await states(shop)) == 2
