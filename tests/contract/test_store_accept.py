"""Whoever writes is heard once, in order, and gets an answer that is due."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.conversation import Status
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConversationId
from fondaco.domain.people import TO_ASSISTANT
from tests.contract.store_support import ANNA, LIN, Ground, all_at_once


async def test_the_first_message_opens_an_episode_and_gives_the_assistant_its_turn(ground: Ground) -> None:
    conversation_id = await ground.open()

    accepted = await ground.say(conversation_id, "Where is my parcel?")

    events = await ground.events(conversation_id)
    assert [type(event) for event in events] == [ev.EpisodeOpened, ev.AssigneeChanged, ev.MessageReceived]
    assert (accepted.seq, accepted.duplicate) == (3, False)
    assert accepted.conversation.assignee == TO_ASSISTANT
    assert accepted.conversation.waiting_since_ms == ground.now
    assert accepted.conversation == await ground.current(conversation_id)


async def test_a_message_for_a_conversation_that_does_not_exist_is_refused(ground: Ground) -> None:
    with pytest.raises(NotFound):
        await ground.say(ConversationId("cnv_nowhere"))


async def test_a_duplicate_returns_the_place_of_the_first(ground: Ground) -> None:
    conversation_id = await ground.open()
    first = await ground.say(conversation_id, "Hello", name="m1")
    await ground.say(conversation_id, "Are you there?", name="m2")

    again = await ground.say(conversation_id, "Hello", name="m1")

    assert (again.message_id, again.seq, again.duplicate) == (first.message_id, first.seq, True)
    assert again.conversation.last_seq == 4
    assert len(await ground.events(conversation_id)) == 4


async def test_a_duplicate_is_known_by_the_channels_id_and_not_by_ours(ground: Ground) -> None:
    conversation_id = await ground.open()
    first = ground.inbound(conversation_id, name="m1")
    renamed = lifecycle.Inbound(
        message_id=ground.inbound(conversation_id, name="m2").message_id,
        text=first.text,
        external_id=first.external_id,
        at_ms=first.at_ms,
        new_episode_id=first.new_episode_id,
    )
    await ground.store.accept(conversation_id, first)

    again = await ground.store.accept(conversation_id, renamed)

    assert (again.duplicate, again.message_id) == (True, first.message_id)


async def test_a_duplicate_does_not_make_an_answered_conversation_due_again(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id)
    await ground.store.release(await ground.lease(), None)

    await ground.say(conversation_id)

    assert await ground.store.claim(ANNA, ground.now, 10) == []


async def test_of_fifty_equal_messages_at_once_one_is_stored(ground: Ground) -> None:
    conversation_id = await ground.open()

    accepted = await all_at_once(ground.say(conversation_id) for _ in range(50))

    assert sorted(answer.duplicate for answer in accepted if not isinstance(answer, BaseException)) == (
        [False] + [True] * 49
    )
    assert await ground.numbers(conversation_id) == [1, 2, 3]


async def test_messages_that_come_at_once_are_numbered_without_a_gap(ground: Ground) -> None:
    conversation_id = await ground.open()

    accepted = await all_at_once(ground.say(conversation_id, name=f"m{number}") for number in range(50))

    assert await ground.numbers(conversation_id) == list(range(1, 53))
    assert sorted(answer.seq for answer in accepted if not isinstance(answer, BaseException)) == list(
        range(3, 53)
    )


async def test_conversations_that_are_written_to_at_once_do_not_disturb_each_other(ground: Ground) -> None:
    conversation_ids = await ground.open_many(20)

    await all_at_once(ground.say(conversation_id) for conversation_id in conversation_ids)

    leases = await ground.store.claim(ANNA, ground.now, 100)
    assert sorted(lease.conversation_id for lease in leases) == conversation_ids
    assert [await ground.numbers(conversation_id) for conversation_id in conversation_ids] == [[1, 2, 3]] * 20


async def test_while_a_teammate_answers_a_message_waits_for_nobody_else(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id, name="m1")
    await ground.store.commit(
        lifecycle.take_over(await ground.current(conversation_id), LIN, None, ground.now)
    )

    await ground.say(conversation_id, name="m2")

    assert await ground.store.claim(ANNA, ground.now, 10) == []


async def test_a_message_after_the_end_opens_a_new_episode(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id, name="m1")
    await ground.store.commit(lifecycle.resolve(await ground.current(conversation_id), LIN, None, ground.now))

    accepted = await ground.say(conversation_id, "One more thing", name="m2")

    assert accepted.conversation.status is Status.OPEN
    assert accepted.conversation.subject == "One more thing"
    work = await ground.store.read_work(await ground.lease())
    assert [type(record.event) for record in work.records] == [
        ev.EpisodeOpened,
        ev.AssigneeChanged,
        ev.MessageReceived,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "红色围巾什么时候发货？",
        "いつ届きますか",
        "언제 도착하나요?",
        "Wo ist mein Päckchen?",
        "🧣 '; drop table event; --",
    ],
)
async def test_what_was_written_is_kept_letter_by_letter(ground: Ground, text: str) -> None:
    conversation_id = await ground.open()

    await ground.say(conversation_id, text)

    [*_, message] = await ground.events(conversation_id)
    assert isinstance(message, ev.MessageReceived)
    assert message.text == text
