"""Whether a message looks back."""

from __future__ import annotations

import pytest

from fondaco.memory.recall import Past, ask, looks_back
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
