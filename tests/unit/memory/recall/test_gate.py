"""Whether a message looks back."""

from __future__ import annotations

import pytest

from fondaco.memory.recall import Past, ask, looks_back, means_earlier
from tests.unit.memory.recall.turns_of import HOUR_MS, told

TURNS = told("my lamp came broken", "send it back", "where is my invoice", "it is attached", apart_ms=HOUR_MS)


def test_a_message_about_what_is_hidden_looks_back() -> None:
    assert looks_back(Past(TURNS), ask("about that broken lamp"), 2)


@pytest.mark.parametrize("text", ["the invoice again please", "thanks", "", "🎉"])
def test_a_message_about_what_is_shown_or_about_nothing_does_not(text: str) -> None:
    assert not looks_back(Past(TURNS), ask(text), 2)


@pytest.mark.parametrize("shown_from", [0, 5])
def test_where_nothing_is_hidden_nothing_is_looked_for(shown_from: int) -> None:
    assert not looks_back(Past(TURNS), ask("broken lamp"), shown_from)


def test_where_nothing_is_shown_anything_that_fits_is_looked_for() -> None:
    assert looks_back(Past(TURNS), ask("broken lamp"), 4)


@pytest.mark.parametrize(
    "text",
    [
        "What did I write last time about the lamp?",
        "I told you this before.",
        "Was habe ich beim letzten Mal geschrieben?",
        "Ich hatte schon einmal gefragt, ob das geht.",
        "上次我说的那个灯怎么样了？",
        "前回お話しした件ですが",
        "지난번에 말한 램프요",
    ],
)
def test_a_message_that_speaks_of_an_earlier_time_means_it(text: str) -> None:
    assert means_earlier(text)


@pytest.mark.parametrize(
    "text",
    [
        "Where is my parcel?",
        "Can I get it before Friday?",
        "Wo ist mein Paket?",
        "我的包裹在哪里？",
        "荷物はどこですか",
        "택배 어디예요?",
        "",
    ],
)
def test_any_other_message_does_not(text: str) -> None:
    assert not means_earlier(text)
