"""What teammates and contacts do at the same conversation, also at the same time."""

from __future__ import annotations

import asyncio

import pytest

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, Committed
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import MessageId, WorkspaceId
from fondaco.domain.people import SYSTEM
from fondaco.domain.turns import Lease
from fondaco.server.projection import ShownEpisode, ShownHandoff, ShownMessage, for_contact
from fondaco.testing.memory_store import MemoryStore
from tests.scenario.turns_house import LIN, MAX, SHOP, Setting, talk


class Restless(MemoryStore):
    """A store in which somebody else is always quicker."""

    async def commit(self, change: Change, lease: Lease | None = None) -> Committed:
        return Committed.MOVED_ON


async def test_twenty_notes_at_once_are_all_written() -> None:
    shop = await talk()
    await shop.ask("Hello")
    texts = {f"note {number}" for number in range(20)}

    await asyncio.gather(
        *(shop.desk.add_note(SHOP, shop.conversation.id, LIN, text) for text in sorted(texts))
    )

    assert {note.text for note in await shop.all_of(ev.NoteAdded)} == texts
    numbers = [record.seq for record in await shop.store.records(SHOP, shop.conversation.id, 0, 1_000)]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_reply_under_one_id_is_posted_once_however_often_and_at_whatever_moment_it_is_sent() -> None:
    shop = await talk()
    await shop.write("Where is it?")
    message_id = MessageId("msg_of_the_console")

    await asyncio.gather(
        *(shop.desk.reply(SHOP, shop.conversation.id, LIN, "Here.", message_id) for _ in range(10))
    )
    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "Here.", message_id)

    assert [one.text for one in await shop.posted()] == ["Here."]


async def test_a_reply_is_recognised_after_thousands_of_events() -> None:
    shop = await talk()
    await shop.write("Where is it?")
    message_id = MessageId("msg_of_the_console")
    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "Here.", message_id)
    for number in range(1_100):
        await shop.desk.add_note(SHOP, shop.conversation.id, LIN, f"note {number}")

    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "Here.", message_id)

    assert len(await shop.posted()) == 1


async def test_two_teammates_who_reply_at_once_are_both_heard_and_one_of_them_has_it() -> None:
    shop = await talk()
    await shop.write("Where is it?")

    await asyncio.gather(
        shop.desk.reply(SHOP, shop.conversation.id, LIN, "Lin here."),
        shop.desk.reply(SHOP, shop.conversation.id, MAX, "Max here."),
    )

    assert {one.text for one in await shop.posted()} == {"Lin here.", "Max here."}
    assert (await shop.current()).assignee.id in {LIN.id, MAX.id}


async def test_to_ask_for_a_person_ten_times_at_once_is_one_handoff() -> None:
    shop = await talk()
    await shop.write("Where is it?")

    await asyncio.gather(*(shop.desk.request_person(SHOP, shop.conversation.id) for _ in range(10)))

    assert await shop.reasons() == ["asked_for"]
    assert len(await shop.posted()) == 1


async def test_a_handoff_tells_the_team_what_was_said_last() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await shop.write("Where is my sofa?")

    await shop.desk.request_person(SHOP, shop.conversation.id)

    [handoff] = await shop.store.handoffs(SHOP, only_open=True, limit=5)
    assert handoff.summary.splitlines()[0] == "contact: Hello"
    assert handoff.summary.splitlines()[-1] == "contact: Where is my sofa?"
    assert handoff.questions == ("Where is my sofa?",)


async def test_a_handback_ends_the_handoff_and_the_assistant_answers_what_came_meanwhile() -> None:
    shop = await talk()
    await shop.ask("I want to talk to a real person")
    await shop.write("How can I send back something?")

    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)
    await shop.answer()

    assert (await shop.posted())[-1].text == "You may send anything back within 30 days."
    assert await shop.store.open_handoff(SHOP, shop.conversation.id) is None


async def test_after_a_handback_nothing_is_left_of_what_the_assistant_had_asked() -> None:
    shop = await talk()
    await shop.ask("Where is my order?")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)

    await shop.ask("RI-10001")

    assert await shop.reasons() == ["missing_knowledge"]


async def test_a_message_after_the_end_opens_a_new_episode_for_the_assistant() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await shop.desk.resolve(SHOP, shop.conversation.id, SYSTEM)

    answer = await shop.ask("Hello")

    assert answer.text.startswith("Hello!")
    assert len(await shop.all_of(ev.EpisodeOpened)) == 2


async def test_notes_and_reasons_are_never_shown_to_the_contact() -> None:
    shop = await talk()
    await shop.ask("I want to talk to a real person")
    await shop.desk.add_note(SHOP, shop.conversation.id, LIN, "Be careful with this one")
    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "Good morning")

    records = await shop.store.records(SHOP, shop.conversation.id, 0, 1_000)
    shown = [one for record in records if (one := for_contact(record)) is not None]

    assert {type(one) for one in shown} == {ShownMessage, ShownHandoff, ShownEpisode}
    assert "careful" not in repr(shown)
    assert "asked_for" not in repr(shown)


async def test_another_workspace_finds_no_such_conversation() -> None:
    shop = await talk()
    await shop.ask("Hello")

    with pytest.raises(NotFound):
        await shop.desk.reply(WorkspaceId("wsp_other"), shop.conversation.id, LIN, "Hello")


async def test_a_command_on_a_conversation_that_keeps_changing_gives_up_with_a_conflict() -> None:
    shop = await talk(Setting(store=Restless))
    await shop.write("Hello")

    with pytest.raises(Conflict, match="keeps changing"):
        await shop.desk.add_note(SHOP, shop.conversation.id, LIN, "one")
