"""What a process keeps of episodes is bounded."""

from __future__ import annotations

import pytest

from fondaco.domain.ids import ConversationId
from fondaco.engine.model.episode import Episode, LatestEpisodes, atoms_of
from fondaco.engine.model.recalling import Teller
from fondaco.kit.language import Language
from fondaco.llm.asking import Said, Speaker
from fondaco.llm.estimates import Estimator
from fondaco.memory.atoms import Atom
from tests.unit.engine.model.long_talk import EPISODE, TOOLBOX


def episode_of(atoms: int, tokens: int = 7) -> Episode:
    episode = Episode(EPISODE, Language.EN, Teller(TOOLBOX, Estimator(), Language.EN, 1_000))
    said = Said(by=Speaker.CONTACT, text="Hi")
    episode.tape.add(
        Atom(seq=seq, at_ms=seq, by=Speaker.CONTACT, entries=(said,), tokens=tokens)
        for seq in range(1, atoms + 1)
    )
    return episode


@pytest.mark.parametrize(("conversations", "atoms"), [(2, 1_000), (10, 20)])
def test_only_the_latest_episodes_are_kept_in_memory(conversations: int, atoms: int) -> None:
    kept = LatestEpisodes(conversations, atoms)

    for name in ("one", "two", "one", "three"):
        kept.keep(ConversationId(name), episode_of(10))

    assert len(kept) == 2
    assert [kept.get(ConversationId(name)) is not None for name in ("one", "two", "three")] == [
        True,
        False,
        True,
    ]


def test_long_messages_leave_room_for_fewer_conversations() -> None:
    kept = LatestEpisodes(10, 30)

    for name, tokens in (("short", 7), ("long", 4_000), ("other", 7)):
        kept.keep(ConversationId(name), episode_of(10, tokens))

    assert len(kept) == 1
    assert kept.get(ConversationId("other")) is not None


@pytest.mark.parametrize(("conversations", "atoms"), [(1, 262_144), (1_024, 262_144), (10_000, 1_500_000)])
def test_whoever_keeps_many_conversations_has_room_for_them(conversations: int, atoms: int) -> None:
    assert atoms_of(conversations) == atoms


def test_an_episode_longer_than_all_may_be_together_is_kept_while_it_is_the_only_one() -> None:
    kept = LatestEpisodes(10, 5)

    kept.keep(ConversationId("one"), episode_of(10))
    kept.keep(ConversationId("two"), episode_of(2))

    assert len(kept) == 1
    assert kept.get(ConversationId("one")) is None
