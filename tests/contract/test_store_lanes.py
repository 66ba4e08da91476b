"""The line of those who wait: one holder at a time, and nobody is forgotten."""

from __future__ import annotations

import pytest

from fondaco.domain import lifecycle
from fondaco.domain.changes import Committed
from fondaco.domain.errors import LeaseLost
from fondaco.domain.turns import Step
from tests.contract.store_support import (
    ANNA,
    BERT,
    LIN,
    OTHER_SHOP,
    SHOP,
    SILENCE_MS,
    Ground,
    all_at_once,
    answer,
    posted,
    turn_of,
)


async def test_nothing_is_due_where_nobody_wrote(ground: Ground) -> None:
    await ground.open()

    assert await ground.store.claim(ANNA, ground.now, 10) == []


async def test_a_lane_has_one_holder(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id)

    lease = await ground.lease(ANNA)

    assert (lease.conversation_id, lease.worker_id, lease.attempts) == (conversation_id, ANNA, 1)
    assert await ground.store.claim(BERT, ground.now, 10) == []
    assert await ground.store.claim(ANNA, ground.now, 10) == []


async def test_workers_that_claim_at_once_share_what_is_due(ground: Ground) -> None:
    await all_at_once([ground.say(conversation_id) for conversation_id in await ground.open_many(20)])

    shares = await all_at_once(ground.store.claim(worker, ground.now, 7) for worker in (ANNA, BERT) * 5)

    claimed = [lease for share in shares if not isinstance(share, BaseException) for lease in share]
    assert len(claimed) == len({lease.conversation_id for lease in claimed})
    assert len({lease.token for lease in claimed}) == len(claimed)


async def test_the_longest_due_come_first_and_no_more_than_asked_for(ground: Ground) -> None:
    old, older, young = [await ground.open(name) for name in ("old", "older", "young")]
    await ground.say(young, later_ms=0)
    await ground.say(old, later_ms=-1_000)
    await ground.say(older, later_ms=-2_000)

    leases = await ground.store.claim(ANNA, ground.now, 2)

    assert [lease.conversation_id for lease in leases] == [older, old]


async def test_tokens_grow_with_every_claim(ground: Ground) -> None:
    await ground.say(await ground.open("one"))
    first = await ground.lease()
    await ground.say(await ground.open("two"))
    second = await ground.lease()
    await ground.store.release(first, ground.now)

    third = await ground.lease()

    assert first.token < second.token < third.token


async def test_quick_messages_are_one_turn(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id, name="m1", burst_ms=1_000)
    await ground.say(conversation_id, name="m2", burst_ms=1_000, later_ms=800)

    early = await ground.store.claim(ANNA, ground.now + 1_799, 10)
    late = await ground.store.claim(ANNA, ground.now + 1_800, 10)

    assert early == []
    assert [lease.conversation_id for lease in late] == [conversation_id]


async def test_a_burst_keeps_the_assistant_waiting_four_windows_at_most(ground: Ground) -> None:
    conversation_id = await ground.open()
    await all_at_once(
        ground.say(conversation_id, name=f"m{number}", burst_ms=1_000, later_ms=900 * number)
        for number in range(6)
    )

    early = await ground.store.claim(ANNA, ground.now + 3_999, 10)
    late = await ground.store.claim(ANNA, ground.now + 4_000, 10)

    assert (early, len(late)) == ([], 1)


async def test_a_message_does_not_move_a_lane_that_is_held(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.say(work.conversation.id, name="m2", burst_ms=5_000)

    await ground.store.release(lease, None)

    assert len(await ground.store.claim(ANNA, ground.now, 10)) == 1


async def test_a_lease_counts_how_often_the_lane_was_claimed(ground: Ground) -> None:
    first, _ = await ground.asked()
    await ground.store.release(first, ground.now)

    second = await ground.lease()

    assert (first.attempts, second.attempts) == (1, 2)


async def test_the_count_begins_again_when_the_contact_writes(ground: Ground) -> None:
    first, work = await ground.asked()
    await ground.say(work.conversation.id, name="m2")
    await ground.store.release(first, ground.now)

    second = await ground.lease()

    assert second.attempts == 1


async def test_what_a_silent_worker_held_is_taken_over(ground: Ground) -> None:
    lost, work = await ground.asked()
    await ground.store.renew(ANNA, ground.now)

    taken = await ground.lease(BERT, later_ms=SILENCE_MS)

    assert (taken.conversation_id, taken.worker_id) == (work.conversation.id, BERT)
    assert taken.token > lost.token
    assert taken.attempts == 2


async def test_what_a_living_worker_holds_is_left_alone(ground: Ground) -> None:
    await ground.asked()
    await ground.store.renew(ANNA, ground.now + SILENCE_MS - 1)

    assert await ground.store.claim(BERT, ground.now + 2 * SILENCE_MS - 2, 10) == []


async def test_to_claim_is_a_sign_of_life(ground: Ground) -> None:
    await ground.asked()

    assert await ground.store.claim(BERT, ground.now + SILENCE_MS - 1, 10) == []


async def test_a_late_sign_of_life_does_not_make_a_worker_older(ground: Ground) -> None:
    await ground.asked()
    await ground.store.renew(ANNA, ground.now + SILENCE_MS)

    await ground.store.renew(ANNA, ground.now)

    assert await ground.store.claim(BERT, ground.now + SILENCE_MS + 1, 10) == []


async def test_who_lost_the_lease_writes_nothing(ground: Ground) -> None:
    lost, work = await ground.asked()
    await ground.lease(BERT, later_ms=SILENCE_MS)

    with pytest.raises(LeaseLost):
        await ground.store.read_work(lost)
    with pytest.raises(LeaseLost):
        await ground.store.journal(lost, Step(turn_id=turn_of(work), key="call:order:1"))
    committed = await ground.store.commit(answer(work, ground.now), lost)

    assert committed is Committed.LEASE_LOST
    assert await ground.numbers(work.conversation.id) == [1, 2, 3]


async def test_to_give_a_lost_lease_back_changes_nothing(ground: Ground) -> None:
    lost, work = await ground.asked()
    taken = await ground.lease(BERT, later_ms=SILENCE_MS)

    await ground.store.release(lost, None)
    await ground.store.release(lost, ground.now)

    assert (await ground.store.read_work(taken)).conversation == work.conversation


async def test_a_lease_that_was_given_back_holds_nothing(ground: Ground) -> None:
    lease, work = await ground.asked()

    await ground.store.release(lease, ground.now + 5_000)

    with pytest.raises(LeaseLost):
        await ground.store.read_work(lease)
    assert await ground.store.commit(answer(work, ground.now), lease) is Committed.LEASE_LOST


async def test_a_lane_that_is_tried_again_waits_for_its_time(ground: Ground) -> None:
    lease, _ = await ground.asked()
    await ground.store.release(lease, ground.now + 5_000)

    early = await ground.store.claim(BERT, ground.now + 4_999, 10)
    late = await ground.store.claim(BERT, ground.now + 5_000, 10)

    assert (early, len(late)) == ([], 1)


async def test_nothing_left_to_answer_ends_the_lane(ground: Ground) -> None:
    lease, _ = await ground.asked()

    await ground.store.release(lease, None)

    assert await ground.store.claim(BERT, ground.now + 10 * SILENCE_MS, 10) == []


async def test_nothing_left_is_not_believed_when_the_contact_wrote_meanwhile(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.say(work.conversation.id, "And my other parcel?", name="m2")

    await ground.store.release(lease, None)

    again = await ground.lease(BERT)
    assert again.conversation_id == work.conversation.id


async def test_a_clean_stop_gives_everything_back_at_once(ground: Ground) -> None:
    lost, work = await ground.asked()

    await ground.store.retire(ANNA)

    taken = await ground.lease(BERT)
    assert taken.conversation_id == work.conversation.id
    with pytest.raises(LeaseLost):
        await ground.store.read_work(lost)


async def test_a_clean_stop_leaves_the_others_what_they_hold(ground: Ground) -> None:
    lease, work = await ground.asked()

    await ground.store.retire(BERT)

    assert (await ground.store.read_work(lease)).conversation == work.conversation


async def test_a_takeover_beats_the_turn_in_flight(ground: Ground) -> None:
    lease, work = await ground.asked()

    taken = await ground.store.commit(lifecycle.take_over(work.conversation, LIN, None, ground.now))

    assert taken is Committed.DONE
    assert await ground.store.commit(answer(work, ground.now), lease) is Committed.LEASE_LOST
    assert await ground.store.claim(BERT, ground.now + 10 * SILENCE_MS, 10) == []


async def test_a_handback_gives_the_assistant_its_turn_again(ground: Ground) -> None:
    lost, work = await ground.asked()
    await ground.store.commit(lifecycle.take_over(work.conversation, LIN, None, ground.now))
    await ground.say(work.conversation.id, name="m2")
    held = await ground.current(work.conversation.id)

    await ground.store.commit(lifecycle.hand_back(held, LIN, None, posted("back", LIN), ground.now))

    taken = await ground.lease(BERT)
    assert (taken.conversation_id, taken.attempts) == (work.conversation.id, 1)
    assert taken.token > lost.token
    assert (await ground.store.read_work(taken)).conversation.assistant_answers


async def test_the_work_is_all_that_a_turn_needs(ground: Ground) -> None:
    lease, work = await ground.asked("ada")

    assert work.conversation == await ground.store.conversation(SHOP, lease.conversation_id)
    assert list(work.records) == await ground.store.records(SHOP, lease.conversation_id, 0, 10)
    assert work.contact.name == "Ada"
    assert work.steps == ()


async def test_a_worker_gets_lanes_of_the_workspaces_that_it_serves_and_of_no_other(ground: Ground) -> None:
    own, other = await ground.open("own"), await ground.open("other", shop=OTHER_SHOP)
    await ground.say(other)
    await ground.say(own)

    claimed = await ground.store.claim(ANNA, ground.now, 1, [SHOP])

    assert [lease.conversation_id for lease in claimed] == [own]
    assert await ground.store.claim(ANNA, ground.now, 10, {SHOP: "served"}.keys()) == []
    assert await ground.store.claim(ANNA, ground.now, 10, []) == []
    [left] = await ground.store.claim(BERT, ground.now, 10, [OTHER_SHOP])
    assert (left.conversation_id, left.attempts) == (other, 1)


async def test_what_a_silent_worker_held_goes_to_one_who_serves_its_workspace(ground: Ground) -> None:
    await ground.say(await ground.open("other", shop=OTHER_SHOP))
    await ground.lease(ANNA)
    later_ms = ground.now + SILENCE_MS

    foreign = await ground.store.claim(BERT, later_ms, 10, [SHOP])
    own = await ground.store.claim(BERT, later_ms, 10, [SHOP, OTHER_SHOP])

    assert (len(foreign), len(own)) == (0, 1)
