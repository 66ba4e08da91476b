"""A change is written as a whole, and only on what it was decided on."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.changes import Committed, Lane, changed
from fondaco.domain.conversation import Status
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId
from fondaco.domain.people import AssigneeKind
from tests.contract.store_support import (
    ANNA,
    BERT,
    LIN,
    SHOP,
    Ground,
    all_at_once,
    answer,
    posted,
    request_person,
)


async def test_a_settled_turn_is_in_the_log_and_off_the_line(ground: Ground) -> None:
    lease, work = await ground.asked()

    committed = await ground.store.commit(answer(work, ground.now), lease)

    events = await ground.events(work.conversation.id)
    assert committed is Committed.DONE
    assert [type(event) for event in events[3:]] == [ev.MessagePosted, ev.TurnSettled]
    assert await ground.current(work.conversation.id) == answer(work, ground.now).after
    assert await ground.store.claim(BERT, ground.now + 100_000, 10) == []


async def test_a_newer_message_makes_the_turn_begin_again(ground: Ground) -> None:
    lease, work = await ground.asked()
    await ground.say(work.conversation.id, "No, the other one", name="m2")

    refused = await ground.store.commit(answer(work, ground.now), lease)
    again = await ground.store.read_work(lease)
    settled = await ground.store.commit(answer(again, ground.now), lease)

    assert (refused, settled) == (Committed.MOVED_ON, Committed.DONE)
    assert await ground.numbers(work.conversation.id) == [1, 2, 3, 4, 5, 6]


async def test_of_many_decisions_on_one_state_one_is_written(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id)
    base = await ground.current(conversation_id)

    committed = await all_at_once(
        ground.store.commit(lifecycle.add_note(base, LIN, f"note {number}", ground.now))
        for number in range(20)
    )

    assert sorted(str(outcome) for outcome in committed) == ["done"] + ["moved_on"] * 19
    assert await ground.numbers(conversation_id) == [1, 2, 3, 4]


async def test_a_commit_that_is_repeated_writes_nothing_twice(ground: Ground) -> None:
    lease, work = await ground.asked()
    change = answer(work, ground.now)
    await ground.store.commit(change, lease)

    again = await ground.store.commit(change, lease)

    assert again is not Committed.DONE
    assert await ground.numbers(work.conversation.id) == [1, 2, 3, 4, 5]


async def test_a_change_to_a_conversation_that_does_not_exist_is_refused(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id)
    base = await ground.current(conversation_id)
    nowhere = msgspec.structs.replace(base, id=ConversationId("cnv_nowhere"))

    with pytest.raises(NotFound):
        await ground.store.commit(lifecycle.add_note(nowhere, LIN, "?", ground.now))


async def test_a_lane_that_is_kept_stays_with_its_holder(ground: Ground) -> None:
    lease, work = await ground.asked()
    note = changed(work.conversation, (ev.NoteAdded(author=LIN, text="Regular"),), ground.now)

    await ground.store.commit(note, lease)

    again = await ground.store.read_work(lease)
    assert await ground.store.commit(answer(again, ground.now), lease) is Committed.DONE


async def test_a_lane_that_is_made_due_is_nobodys(ground: Ground) -> None:
    lease, work = await ground.asked()
    note = changed(work.conversation, (ev.NoteAdded(author=LIN, text="Later"),), ground.now)
    later = msgspec.structs.replace(note, lane=Lane.DUE, lane_due_at_ms=ground.now + 1_000)

    await ground.store.commit(later, lease)

    early = await ground.store.claim(BERT, ground.now + 999, 10)
    late = await ground.lease(BERT, later_ms=1_000)
    assert early == []
    assert (late.attempts, late.token > lease.token) == (1, True)
    assert await ground.store.commit(answer(work, ground.now), lease) is Committed.LEASE_LOST


async def test_a_handoff_is_kept_from_the_asking_to_the_handback(ground: Ground) -> None:
    lease, work = await ground.asked()
    requested = request_person(work.conversation, ground.now)
    await ground.store.commit(requested, lease)
    opened = await ground.store.open_handoff(SHOP, work.conversation.id)
    assert opened is not None

    taken = lifecycle.take_over(await ground.current(work.conversation.id), LIN, opened, ground.now + 5)
    await ground.store.commit(taken)
    accepted = await ground.store.handoff(SHOP, opened.id)
    back = lifecycle.hand_back(taken.after, LIN, opened.id, posted("back", LIN), ground.now + 9)
    await ground.store.commit(back)

    returned = await ground.store.handoff(SHOP, opened.id)
    assert opened == requested.handoff
    assert accepted == msgspec.structs.replace(opened, accepted_at_ms=ground.now + 5, accepted_by=LIN.id)
    assert returned == msgspec.structs.replace(accepted, returned_at_ms=ground.now + 9)
    assert await ground.store.open_handoff(SHOP, work.conversation.id) is None


async def test_a_change_that_came_too_late_leaves_no_trace(ground: Ground) -> None:
    lease, work = await ground.asked(pulls=False)
    await ground.say(work.conversation.id, name="m2")

    refused = await ground.store.commit(request_person(work.conversation, ground.now), lease)

    assert refused is Committed.MOVED_ON
    assert await ground.store.open_handoff(SHOP, work.conversation.id) is None
    assert await ground.store.deliveries(SHOP, work.conversation.id) == []
    assert (await ground.current(work.conversation.id)).assignee.kind is AssigneeKind.ASSISTANT
    assert (await ground.store.read_work(lease)).conversation.last_seq == 4


async def test_a_resolved_conversation_reads_as_such(ground: Ground) -> None:
    _, work = await ground.asked()

    await ground.store.commit(lifecycle.resolve(work.conversation, LIN, None, ground.now + 1))

    found = await ground.current(work.conversation.id)
    assert (found.status, found.episode_id, found.assignee.kind) == (
        Status.RESOLVED,
        None,
        AssigneeKind.NOBODY,
    )
    assert found.waiting_since_ms is None


async def test_one_bad_operation_among_many_fails_alone(ground: Ground) -> None:
    good = await ground.open_many(10)
    lease, work = await ground.asked()
    lost = msgspec.structs.replace(lease, token=lease.token + 1_000_000)
    note = lifecycle.add_note(work.conversation, LIN, "Regular", ground.now)

    outcomes = await asyncio.gather(
        *(ground.say(conversation_id) for conversation_id in good[:5]),
        ground.say(ConversationId("cnv_nowhere")),
        ground.store.commit(answer(work, ground.now), lost),
        ground.store.commit(note),
        ground.store.commit(note),
        *(ground.say(conversation_id) for conversation_id in good[5:]),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes[5:6]] == ["NotFound"]
    assert outcomes[6] is Committed.LEASE_LOST
    assert sorted(map(str, outcomes[7:9])) == ["done", "moved_on"]
    assert len(await ground.store.claim(BERT, ground.now, 100)) == 10


async def test_a_caller_that_goes_away_disturbs_nobody(ground: Ground) -> None:
    first, second = await ground.open_many(2)
    impatient = asyncio.create_task(ground.say(first))
    patient = asyncio.create_task(ground.say(second))
    await asyncio.wait([impatient], timeout=0)

    impatient.cancel()
    await asyncio.wait([impatient])

    assert (await patient).seq == 3
    assert (await ground.say(first)).seq == 3
    assert len(await ground.store.claim(ANNA, ground.now, 10)) == 2


@pytest.mark.parametrize("topic", ["lanes", "conversation:cnv_one", "inbox:wsp_shop"])
async def test_a_message_rings_those_who_wait_for_it(ground: Ground, topic: str) -> None:
    conversation_id = await ground.open()

    with ground.store.signals.listen(topic) as bell:
        await ground.say(conversation_id)

        assert await bell.wait(5)


@pytest.mark.parametrize("topic", ["deliveries", "conversation:cnv_one", "inbox:wsp_shop"])
async def test_a_reply_rings_those_who_wait_for_it(ground: Ground, topic: str) -> None:
    lease, work = await ground.asked(pulls=False)

    with ground.store.signals.listen(topic) as bell:
        await ground.store.commit(answer(work, ground.now), lease)

        assert await bell.wait(5)


async def test_a_lane_that_is_given_back_rings(ground: Ground) -> None:
    lease, _ = await ground.asked()

    with ground.store.signals.listen("lanes") as bell:
        await ground.store.release(lease, ground.now)

        assert await bell.wait(5)
