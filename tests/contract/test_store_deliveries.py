"""Messages leave in order, by one sender, and nothing is said that somebody else has taken over."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId, DeliveryId
from fondaco.domain.people import SYSTEM
from tests.contract.store_support import (
    ANNA,
    BERT,
    LIN,
    SHOP,
    SILENCE_MS,
    Ground,
    all_at_once,
    answer,
    attempt,
    posted,
    request_person,
)


async def waiting(ground: Ground, name: str = "one") -> tuple[ConversationId, Delivery]:
    """Let the assistant answer on a channel that has to be sent to, and return what lies in the outbox."""
    lease, work = await ground.asked(name, pulls=False)
    change = answer(work, ground.now)
    await ground.store.commit(change, lease)
    [delivery] = change.deliveries
    return work.conversation.id, delivery


async def test_a_reply_lies_in_the_outbox(ground: Ground) -> None:
    conversation_id, delivery = await waiting(ground)

    assert await ground.store.deliveries(SHOP, conversation_id) == [delivery]
    assert await ground.store.delivery_of(delivery.message_id) == delivery.id
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 0)


async def test_where_the_contact_reads_the_log_nothing_is_sent(ground: Ground) -> None:
    lease, work = await ground.asked(pulls=True)
    change = answer(work, ground.now)
    await ground.store.commit(change, lease)

    assert await ground.deliveries() == []
    assert await ground.store.delivery_of(posted("reply_cnv_one_3").message_id) is None


async def test_what_is_taken_is_being_sent_and_counts_as_an_attempt(ground: Ground) -> None:
    conversation_id, delivery = await waiting(ground)

    taken = await ground.delivery()

    [stored] = await ground.store.deliveries(SHOP, conversation_id)
    assert (taken.id, taken.state, taken.attempts) == (delivery.id, DeliveryState.QUEUED, 1)
    assert (stored.state, stored.attempts) == (DeliveryState.SENDING, 1)


async def test_a_delivery_has_one_sender(ground: Ground) -> None:
    await waiting(ground)

    taken = await all_at_once(
        ground.store.claim_deliveries(worker, ground.now, 10) for worker in (ANNA, BERT)
    )

    assert sorted(len(share) for share in taken if not isinstance(share, BaseException)) == [0, 1]


async def test_what_is_sent_is_done(ground: Ground) -> None:
    conversation_id, _ = await waiting(ground)
    taken = await ground.delivery()
    before = await ground.numbers(conversation_id)

    await ground.store.record_attempt(ANNA, attempt(taken, DeliveryState.SENT, ground.now))

    assert await ground.states(conversation_id) == [DeliveryState.SENT]
    assert await ground.numbers(conversation_id) == before
    assert await ground.deliveries(later_ms=10 * SILENCE_MS) == []


async def test_messages_of_a_conversation_leave_one_after_the_other(ground: Ground) -> None:
    conversation_id, first = await waiting(ground)
    await ground.post(conversation_id, "second", SYSTEM)

    taken = await ground.delivery()
    meanwhile = await ground.deliveries(BERT)
    await ground.store.record_attempt(ANNA, attempt(taken, DeliveryState.SENT, ground.now))
    then = await ground.delivery(BERT)

    assert (taken.id, meanwhile) == (first.id, [])
    assert then.message_id == "msg_second"


async def test_conversations_do_not_wait_for_each_other(ground: Ground) -> None:
    _, first = await waiting(ground, "one")
    await ground.delivery()
    _, second = await waiting(ground, "two")

    taken = await ground.delivery(BERT)

    assert (taken.id, taken.id != first.id) == (second.id, True)


async def test_no_more_are_taken_than_asked_for(ground: Ground) -> None:
    await waiting(ground, "one")
    await waiting(ground, "two")

    assert len(await ground.store.claim_deliveries(ANNA, ground.now, 1)) == 1


async def test_what_is_tried_again_waits_for_its_time_and_its_successors_with_it(ground: Ground) -> None:
    conversation_id, first = await waiting(ground)
    await ground.post(conversation_id, "second", SYSTEM)
    taken = await ground.delivery()
    again = attempt(taken, DeliveryState.QUEUED, ground.now, due_at_ms=ground.now + 5_000, error="busy")
    await ground.store.record_attempt(ANNA, again)

    early = await ground.deliveries(later_ms=4_999)
    late = await ground.delivery(later_ms=5_000)

    assert early == []
    assert (late.id, late.state, late.attempts, late.last_error) == (
        first.id,
        DeliveryState.QUEUED,
        2,
        "busy",
    )


async def test_a_delivery_whose_sender_fell_silent_is_taken_over_as_broken_off(ground: Ground) -> None:
    _, first = await waiting(ground)
    await ground.delivery(ANNA)

    early = await ground.deliveries(BERT, later_ms=SILENCE_MS - 1)
    late = await ground.delivery(BERT, later_ms=SILENCE_MS)

    assert early == []
    assert (late.id, late.state, late.attempts) == (first.id, DeliveryState.SENDING, 2)


async def test_to_take_a_delivery_is_a_sign_of_life(ground: Ground) -> None:
    _, first = await waiting(ground)
    await ground.delivery(BERT)

    early = await ground.deliveries(ANNA, later_ms=SILENCE_MS - 1)
    late = await ground.delivery(ANNA, later_ms=SILENCE_MS)

    assert (early, late.id) == ([], first.id)


async def test_a_delivery_whose_sender_stopped_is_taken_over_at_once(ground: Ground) -> None:
    _, first = await waiting(ground)
    await ground.delivery(ANNA)

    await ground.store.retire(ANNA)

    taken = await ground.delivery(BERT)
    assert (taken.id, taken.state) == (first.id, DeliveryState.SENDING)


async def test_a_doubtful_attempt_that_may_be_repeated_is_asked_about_at_its_time(ground: Ground) -> None:
    _, first = await waiting(ground)
    taken = await ground.delivery()
    doubt = attempt(taken, DeliveryState.SENDING, ground.now, due_at_ms=ground.now + 700, error="no answer")
    await ground.store.record_attempt(ANNA, doubt)

    early = await ground.deliveries(ANNA, later_ms=699)
    late = await ground.delivery(ANNA, later_ms=700)

    assert early == []
    assert (late.id, late.state, late.attempts) == (first.id, DeliveryState.SENDING, 2)


async def test_the_word_of_a_sender_who_was_replaced_changes_nothing(ground: Ground) -> None:
    conversation_id, _ = await waiting(ground)
    lost = await ground.delivery(ANNA)
    await ground.delivery(BERT, later_ms=SILENCE_MS)

    await ground.store.record_attempt(ANNA, attempt(lost, DeliveryState.FAILED, ground.now))

    assert await ground.states(conversation_id) == [DeliveryState.SENDING]


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.VOIDED])
async def test_an_end_that_is_not_good_is_told_to_the_conversation_once(
    ground: Ground, state: DeliveryState
) -> None:
    conversation_id, _ = await waiting(ground)
    taken = await ground.delivery()
    ended = attempt(taken, state, ground.now, error="no such number")

    await ground.store.record_attempt(ANNA, ended)
    await ground.store.record_attempt(ANNA, ended)

    [*_, told] = await ground.events(conversation_id)
    assert told == ev.DeliveryEnded(
        delivery_id=taken.id, message_id=taken.message_id, state=state.value, reason="no such number"
    )
    assert await ground.numbers(conversation_id) == [1, 2, 3, 4, 5, 6]
    assert (await ground.current(conversation_id)).last_seq == 6
    assert await ground.states(conversation_id) == [state]


async def test_after_an_end_that_is_not_good_the_next_message_leaves(ground: Ground) -> None:
    conversation_id, _ = await waiting(ground)
    await ground.post(conversation_id, "second", SYSTEM)
    taken = await ground.delivery()
    await ground.store.record_attempt(ANNA, attempt(taken, DeliveryState.UNKNOWN, ground.now))

    then = await ground.delivery()

    assert then.message_id == "msg_second"


async def test_an_attempt_for_a_delivery_that_does_not_exist_is_refused(ground: Ground) -> None:
    nowhere = Attempt(delivery_id=DeliveryId("dlv_nowhere"), number=1, at_ms=0, state=DeliveryState.SENT)

    with pytest.raises(NotFound):
        await ground.store.record_attempt(ANNA, nowhere)


async def take_over(ground: Ground, conversation_id: ConversationId) -> None:
    change = lifecycle.post_as_teammate(
        await ground.current(conversation_id), posted("from_lin", LIN), None, ground.now
    )
    await ground.store.commit(change)


async def test_after_a_takeover_the_assistants_message_does_not_leave(ground: Ground) -> None:
    conversation_id, first = await waiting(ground)
    await take_over(ground, conversation_id)

    taken = await ground.delivery()

    [*_, told] = await ground.events(conversation_id)
    assert taken.message_id == "msg_from_lin"
    assert await ground.states(conversation_id) == [DeliveryState.VOIDED, DeliveryState.SENDING]
    assert isinstance(told, ev.DeliveryEnded)
    assert (told.delivery_id, told.state) == (first.id, DeliveryState.VOIDED)


async def test_a_teammate_does_not_wait_behind_what_will_never_leave(ground: Ground) -> None:
    conversation_id, _ = await waiting(ground)
    taken = await ground.delivery()
    later = attempt(taken, DeliveryState.QUEUED, ground.now, due_at_ms=ground.now + 300_000)
    await ground.store.record_attempt(ANNA, later)
    await take_over(ground, conversation_id)

    then = await ground.delivery()

    assert then.message_id == "msg_from_lin"
    assert await ground.states(conversation_id) == [DeliveryState.VOIDED, DeliveryState.SENDING]


async def test_what_may_have_left_already_is_not_voided_but_asked_about(ground: Ground) -> None:
    conversation_id, first = await waiting(ground)
    await ground.delivery(ANNA)
    await take_over(ground, conversation_id)

    taken = await ground.delivery(BERT, later_ms=SILENCE_MS)

    assert (taken.id, taken.state, taken.outdated) == (first.id, DeliveryState.SENDING, True)


async def test_the_message_that_announces_a_person_leaves_though_the_assignee_changes(ground: Ground) -> None:
    lease, work = await ground.asked(pulls=False)
    await ground.store.commit(request_person(work.conversation, ground.now, "person"), lease)

    taken = await ground.delivery()

    assert taken.message_id == "msg_notice_person"


async def test_a_teammates_message_leaves_whoever_answers_next(ground: Ground) -> None:
    conversation_id, _ = await waiting(ground)
    await take_over(ground, conversation_id)
    held = await ground.current(conversation_id)
    await ground.store.commit(lifecycle.hand_back(held, LIN, None, posted("back", LIN), ground.now))

    first = await ground.delivery()
    await ground.store.record_attempt(ANNA, attempt(first, DeliveryState.SENT, ground.now))
    second = await ground.delivery()

    assert (first.message_id, second.message_id) == ("msg_from_lin", "msg_back")


@pytest.mark.parametrize("topic", ["deliveries", "conversation:cnv_one", "inbox:wsp_shop"])
async def test_a_bad_end_rings_those_who_wait_for_it(ground: Ground, topic: str) -> None:
    await waiting(ground)
    taken = await ground.delivery()

    with ground.store.signals.listen(topic) as bell:
        await ground.store.record_attempt(ANNA, attempt(taken, DeliveryState.FAILED, ground.now))

        assert await bell.wait(5)
