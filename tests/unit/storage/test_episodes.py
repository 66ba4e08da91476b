"""What a process remembers of open episodes: always the first events, never a gap."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, MessageId, WorkspaceId
from fondaco.domain.people import SYSTEM
from fondaco.storage.episodes import Episodes


def conversation(name: str = "cnv_1") -> Conversation:
    return Conversation(
        id=ConversationId(name),
        workspace_id=WorkspaceId("wsp_1"),
        connection_id=ConnectionId("con_1"),
        contact_id=ContactId("cnt_1"),
    )


def opened(name: str = "cnv_1") -> Change:
    return changed(conversation(name), (ev.EpisodeOpened(episode_id=EpisodeId("epi_1")), said("hello")), 1)


def said(text: str) -> ev.Event:
    return ev.MessageReceived(message_id=MessageId(f"msg_{text}"), text=text)


def test_what_is_written_next_is_known_too() -> None:
    episodes, first = Episodes(), opened()
    episodes.remember(first.after, first.records)
    second = changed(first.after, (said("again"),), 2)

    episodes.follow(second)

    assert episodes.known(second.after) == first.records + second.records


def test_an_episode_is_known_from_the_message_that_opened_it() -> None:
    episodes, first = Episodes(), opened()

    episodes.follow(first)

    assert episodes.known(first.after) == first.records


def test_an_episode_that_follows_another_is_known_without_it() -> None:
    episodes, first = Episodes(), opened()
    episodes.follow(first)
    closed = changed(first.after, (ev.EpisodeClosed(by=SYSTEM),), 2)
    next_one = ev.EpisodeOpened(episode_id=EpisodeId("epi_2"))
    second = changed(closed.after, (next_one, said("again")), 3)

    episodes.follow(second)

    assert episodes.known(second.after) == second.records


def test_what_was_written_behind_a_gap_is_not_added() -> None:
    episodes, first = Episodes(), opened()
    episodes.remember(first.after, first.records)
    unseen = changed(first.after, (said("unseen"),), 2)
    third = changed(unseen.after, (said("third"),), 3)

    episodes.follow(third)

    assert episodes.known(third.after) == first.records


def test_what_was_written_later_is_not_part_of_an_earlier_reading() -> None:
    episodes, first = Episodes(), opened()
    second = changed(first.after, (said("again"),), 2)
    episodes.remember(second.after, first.records + second.records)

    known = episodes.known(first.after)

    assert known == first.records


def test_a_closed_episode_is_forgotten() -> None:
    episodes, first = Episodes(), opened()
    episodes.remember(first.after, first.records)
    closed = changed(first.after, (ev.EpisodeClosed(by=SYSTEM),), 2)

    episodes.follow(closed)

    assert episodes.known(first.after) == ()


def test_another_episode_of_the_conversation_is_not_known() -> None:
    episodes, first = Episodes(), opened()
    episodes.remember(first.after, first.records)
    closed = changed(first.after, (ev.EpisodeClosed(by=SYSTEM),), 2)
    reopened = changed(closed.after, (ev.EpisodeOpened(episode_id=EpisodeId("epi_2")),), 3)

    assert episodes.known(reopened.after) == ()


def test_the_conversation_that_was_longest_unread_goes_first() -> None:
    episodes = Episodes(conversations=2)
    changes = [opened(name) for name in ("cnv_1", "cnv_2", "cnv_3")]

    episodes.remember(changes[0].after, changes[0].records)
    episodes.remember(changes[1].after, changes[1].records)
    episodes.remember(changes[2].after, changes[2].records)

    assert [len(episodes.known(change.after)) for change in changes] == [0, 2, 2]


def test_an_episode_that_is_too_long_is_not_kept() -> None:
    episodes, first = Episodes(events_of_one=1), opened()

    episodes.remember(first.after, first.records)

    assert episodes.known(first.after) == ()


def test_of_many_long_episodes_only_so_many_events_are_kept() -> None:
    episodes = Episodes(events=5)
    first, second, third = opened("cnv_1"), opened("cnv_2"), opened("cnv_3")

    for change in (first, second, first, third):
        episodes.remember(change.after, change.records)

    assert [len(episodes.known(one.after)) for one in (first, second, third)] == [2, 0, 2]
