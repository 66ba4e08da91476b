"""The budget, and the floor."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.memory.recall import fill, floor_start
from tests.unit.memory.recall.turns_of import told

TURNS = told("one two three", "one", "one two", "one two three four")


def test_the_best_that_fit_are_returned_in_the_order_of_the_log() -> None:
    got = fill(TURNS, np.array([1, 0, 3, 2], dtype=np.float32), 6)

    assert (got.seqs, got.places, got.tokens) == ((3, 4), (2, 3), 6)


def test_what_does_not_fit_leaves_its_room_to_the_next() -> None:
    assert fill(TURNS, np.array([2, 1, 0, 3], dtype=np.float32), 3).seqs == (1,)


def test_equal_scores_are_taken_from_the_beginning() -> None:
    assert fill(TURNS, np.zeros(4, dtype=np.float32), 4).seqs == (1, 2)


def test_each_sitting_pays_for_its_date_once() -> None:
    sittings = np.array([0, 0, 1, 1])

    got = fill(TURNS, np.array([3, 2, 1, 0], dtype=np.float32), 10, sittings=sittings, header_tokens=2)

    assert (got.seqs, got.tokens) == ((1, 2, 3), 10)


def test_a_sitting_that_is_shown_already_pays_for_no_date() -> None:
    sittings = np.array([0, 0, 1, 1])
    options = {"sittings": sittings, "header_tokens": 2}

    got = fill(TURNS, np.array([9, 1, 0, 0], dtype=np.float32), 1, taken=(0,), **options)  # type: ignore[arg-type]

    assert got.seqs == (2,)


@pytest.mark.parametrize("tokens", [0, -5])
def test_without_a_budget_nothing_is_recalled(tokens: int) -> None:
    got = fill(TURNS, np.ones(4, dtype=np.float32), tokens)

    assert (got.seqs, got.tokens) == ((), 0)


@pytest.mark.parametrize(("tokens", "start"), [(100, 0), (7, 1), (6, 2), (5, 3), (4, 3), (1, 3)])
def test_the_floor_holds_whole_turns_and_always_the_last(tokens: int, start: int) -> None:
    assert floor_start(TURNS, tokens) == start


def test_the_floor_of_nothing_is_nothing() -> None:
    assert floor_start([]) == 0
