"""What a turn has done is known to whoever takes it up again."""

from __future__ import annotations

from fondaco.domain import lifecycle
from fondaco.domain.ids import CallId, TurnId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Step, Work
from tests.contract.store_support import BERT, LIN, OTHER_SHOP, SHOP, SILENCE_MS, Ground, answer, turn_of


def calling(work: Work, state: CallState, result: dict[str, object] | None = None) -> Step:
    call = ToolCall(
        id=CallId("cal_1"),
        tool="refund",
        arguments={"order": "RI-10482", "lines": [1, 2], "note": "Größe passt nicht"},
        effect=Effect.WRITE,
        idempotency_key="trn_1:refund",
        state=state,
        result=result,
    )
    return Step(turn_id=turn_of(work), key="call:refund:1", call=call)


async def test_a_step_reads_back_as_it_was_written(ground: Ground) -> None:
    lease, work = await ground.asked()
    step = calling(work, CallState.DONE, {"amount": {"amount_minor": 4990, "currency": "EUR"}})

    await ground.store.journal(lease, step)

    assert (await ground.store.read_work(lease)).steps == (step,)


async def test_a_step_replaces_the_one_with_the_same_key(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.EXECUTING))

    await ground.store.journal(lease, calling(work, CallState.DONE, {"ok": True}))

    [step] = (await ground.store.read_work(lease)).steps
    assert step.call is not None
    assert (step.call.state, step.call.result) == (CallState.DONE, {"ok": True})


async def test_whoever_takes_over_finds_the_steps(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.EXECUTING))

    taken = await ground.lease(BERT, later_ms=SILENCE_MS)

    assert (await ground.store.read_work(taken)).steps == (calling(work, CallState.EXECUTING),)


async def test_a_settled_turn_leaves_no_steps(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.DONE))
    await ground.store.commit(answer(work, ground.now), lease)
    await ground.say(work.conversation.id, name="m2")

    again = await ground.store.read_work(await ground.lease())

    assert again.steps == ()


async def test_another_turns_steps_outlive_the_settling(ground: Ground) -> None:
    lease, work = await ground.asked()
    other = Step(turn_id=TurnId("trn_other"), key="call:order:1", data={"seen": 1})
    await ground.store.journal(lease, calling(work, CallState.DONE))
    await ground.store.journal(lease, other)
    await ground.store.commit(answer(work, ground.now), lease)
    await ground.say(work.conversation.id, name="m2")

    again = await ground.store.read_work(await ground.lease())

    assert again.steps == (other,)


async def test_the_end_of_the_episode_ends_the_steps_that_nobody_settled(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.EXECUTING))
    await ground.store.commit(lifecycle.resolve(work.conversation, LIN, None, ground.now))
    await ground.say(work.conversation.id, name="m2")

    again = await ground.store.read_work(await ground.lease())

    assert again.steps == ()


async def test_one_conversation_does_not_see_the_others_steps(ground: Ground) -> None:
    lease, work = await ground.asked("one")
    await ground.store.journal(lease, calling(work, CallState.DONE))

    _, other = await ground.asked("two")

    assert other.steps == ()


async def test_the_journal_is_read_without_a_lease_by_its_own_shop_only(ground: Ground) -> None:
    lease, work = await ground.asked()
    step = calling(work, CallState.EXECUTING)
    await ground.store.journal(lease, step)

    assert await ground.store.steps(SHOP, work.conversation.id) == [step]
    assert await ground.store.steps(OTHER_SHOP, work.conversation.id) == []


async def test_after_a_takeover_the_journal_tells_what_the_turn_had_done(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.DONE, {"ok": True}))

    await ground.store.commit(lifecycle.take_over(work.conversation, LIN, None, ground.now))

    [step] = await ground.store.steps(SHOP, work.conversation.id)
    assert step.call is not None
    assert step.call.state is CallState.DONE


async def test_a_conversation_without_a_turn_in_flight_has_no_journal(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.store.journal(lease, calling(work, CallState.DONE))
    await ground.store.commit(answer(work, ground.now), lease)

    assert await ground.store.steps(SHOP, work.conversation.id) == []
