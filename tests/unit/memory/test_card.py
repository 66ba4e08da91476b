"""The card tells what is on record, each fact with its date, and never becomes long."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.earlier import MOST_EPISODES, EarlierEpisode
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import HandoffId
from fondaco.kit.language import Language
from fondaco.llm.tokens import load_vocabularies
from fondaco.memory.card import MOST_TOKENS, card_of
from tests.unit.engine.model.long_talk import earlier_episode, received

DAY_MS = 24 * 60 * 60 * 1000
COUNT = load_vocabularies().count
HANDOFF = ev.HandoffRequested(
    handoff_id=HandoffId("hof_1"), reason=HandoffReason.ASKED_FOR, team_id="tea_1", promised_at_ms=None
)


def episode(day: int, *events: ev.Event) -> EarlierEpisode:
    return earlier_episode(str(day), day * DAY_MS, *events)


def test_it_tells_of_the_last_conversations_with_their_dates() -> None:
    german = episode(20, received("Wo ist\nmein Paket?", Language.DE), HANDOFF)
    english = episode(10, received("Where is my parcel?", Language.EN))

    card = card_of("Mira", [german, english], COUNT)

    assert card.splitlines() == [
        "Name: Mira",
        "Earlier conversations: 2, the last on 1970-01-21",
        "Wrote last in de on 1970-01-21, en on 1970-01-11",
        'On 1970-01-21: "Wo ist mein Paket?", given to a person (asked_for), resolved',
        'On 1970-01-11: "Where is my parcel?", resolved',
    ]


def test_a_contact_without_a_past_and_without_a_name_has_none() -> None:
    assert card_of("", [], COUNT) == ""


@pytest.mark.parametrize("text", ["Where is my parcel? " * 500, "您的包裹在哪里？" * 500, "👍🏽" * 500])
def test_it_stays_short_whatever_was_written(text: str) -> None:
    past = [episode(90 - day, received(text, Language.ZH), HANDOFF) for day in range(MOST_EPISODES)]

    card = card_of("Mira", past, COUNT)

    assert f"Earlier conversations: {MOST_EPISODES} or more" in card
    assert COUNT(card) <= MOST_TOKENS
