"""What a contact wrote in earlier episodes is found again, wherever it wrote, and nobody else's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from fondaco.domain import earlier, lifecycle
from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.ids import ConversationId
from fondaco.storage.sqlite import queries
from tests.contract.store_support import LIN, OTHER_SHOP, Ground


async def told(ground: Ground, conversation_id: ConversationId, text: str, *, name: str) -> None:
    """Let the contact write in an episode of its own, which a teammate resolves a millisecond later."""
    await ground.say(conversation_id, text, name=name)
    noted = lifecycle.add_note(await ground.current(conversation_id), LIN, "An internal remark.", ground.now)
    await ground.store.commit(noted)
    await ground.clock.advance(0.001)
    await ground.store.commit(lifecycle.resolve(noted.after, LIN, None, ground.now))


async def now_open(ground: Ground, conversation_id: ConversationId) -> Conversation:
    """Let the contact write once more, and return the conversation as it stands then."""
    await ground.say(conversation_id, "Hello again", name="now")
    return await ground.current(conversation_id)


def texts(episodes: Sequence[EarlierEpisode]) -> list[list[str]]:
    return [
        [one.event.text for one in episode.records if isinstance(one.event, ev.MessageReceived)]
        for episode in episodes
    ]


async def test_earlier_episodes_of_every_conversation_of_a_contact_come_the_latest_first(
    ground: Ground,
) -> None:
    here = await ground.open("here", contact="mira")
    there = await ground.open("there", contact="mira")
    await told(ground, here, "First", name="a")
    await told(ground, there, "Second", name="b")
    await told(ground, here, "Third", name="c")

    found = await ground.store.earlier_episodes(await now_open(ground, here), 0, ground.now)

    assert texts(found) == [["Third"], ["Second"], ["First"]]
    assert [one.conversation_id for one in found] == [here, there, here]
    assert all(isinstance(one.records[0].event, ev.EpisodeOpened) for one in found)
    assert {type(one.event) for episode in found for one in episode.records} == {
        ev.EpisodeOpened,
        ev.MessageReceived,
        ev.EpisodeClosed,
    }


async def test_nobody_elses_words_are_found_nor_by_another_shop(ground: Ground) -> None:
    own = await ground.open("own", contact="mira")
    await told(ground, await ground.open("other"), "Somebody else", name="a")
    asking = await now_open(ground, own)
    elsewhere = msgspec.structs.replace(asking, workspace_id=OTHER_SHOP, episode_id=None)

    assert await ground.store.earlier_episodes(asking, 0, ground.now + 1) == []
    assert await ground.store.earlier_episodes(elsewhere, 0, ground.now + 1) == []


async def test_what_is_too_old_or_came_later_is_not_found(ground: Ground) -> None:
    here, there = await ground.open("here", contact="mira"), await ground.open("there", contact="mira")
    await told(ground, here, "Old", name="a")
    since = ground.now
    await told(ground, here, "Kept", name="b")
    await ground.say(there, "Open still", name="c")
    before = ground.now + 1
    await ground.clock.advance(0.001)
    await ground.say(there, "Written later", name="d")
    await told(ground, here, "Begun later", name="e")

    found = await ground.store.earlier_episodes(await now_open(ground, here), since, before)

    assert texts(found) == [["Open still"], ["Kept"]]


async def test_no_more_is_read_than_is_needed(ground: Ground) -> None:
    here = await ground.open("here")
    for number in range(earlier.MOST_EPISODES + 1):
        await told(ground, here, str(number), name=str(number))

    found = await ground.store.earlier_episodes(await now_open(ground, here), 0, ground.now)

    assert texts(found)[-1] == ["1"]
    assert len(found) == earlier.MOST_EPISODES


def test_sqlite_finds_them_by_indexes_alone(sqlite_file: Path) -> None:
    with closing(sqlite3.connect(sqlite_file)) as reading:
        plan = reading.execute(f"explain query plan {queries.EARLIER}", ("c", "w", 0, 1, "e")).fetchall()

    steps = [step[3] for step in plan]
    assert any("conversation_by_contact (contact_id=?)" in step for step in steps)
    assert any("event_episodes (conversation_id=? AND at_ms>? AND at_ms<?)" in step for step in steps)
    assert any("(conversation_id=? AND seq>? AND seq<?)" in step for step in steps)
    assert not any(step.startswith(("SCAN event", "SCAN conversation")) for step in steps)
