"""The pasts that are kept."""

from __future__ import annotations

from fondaco.memory.recall import PastShelf, ask, score
from tests.unit.memory.recall.turns_of import told

TURNS = told("red shoes", "blue shoes", "a green lamp")


def test_an_episode_that_went_on_is_read_from_where_it_was() -> None:
    shelf = PastShelf(2)
    first = shelf.of("a", TURNS[:2])

    again = shelf.of("a", TURNS)

    assert again is first
    assert len(again) == 3


def test_an_episode_that_was_dropped_is_built_again_and_is_the_same() -> None:
    shelf = PastShelf(1)
    before = score(shelf.of("a", TURNS), ask("shoes")).tolist()

    shelf.of("b", TURNS[:1])

    assert len(shelf) == 1
    assert score(shelf.of("a", TURNS), ask("shoes")).tolist() == before


def test_an_episode_whose_past_was_rewritten_is_read_anew() -> None:
    shelf = PastShelf(2)
    shelf.of("a", TURNS)

    assert [turn.text for turn in shelf.of("a", told("erased")).turns] == ["erased"]


def test_the_one_asked_longest_ago_goes_first() -> None:
    shelf = PastShelf(2)
    kept, gone = shelf.of("a", TURNS), shelf.of("b", TURNS)

    shelf.of("a", TURNS)
    shelf.of("c", TURNS)

    assert shelf.of("a", TURNS) is kept
    assert shelf.of("b", TURNS) is not gone


def test_an_episode_can_be_forgotten() -> None:
    shelf = PastShelf(2)
    shelf.of("a", TURNS)

    shelf.drop("a")
    shelf.drop("never there")

    assert len(shelf) == 0
