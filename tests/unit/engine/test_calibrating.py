"""The threshold between cheap and strong models is fitted to what was logged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.engine.calibrating import RoutedTurn, calibrate, routed_turns


def turns(*difficulties: float) -> list[RoutedTurn]:
    return [RoutedTurn(difficulty=difficulty) for difficulty in difficulties]


def test_the_hardest_turns_begin_strong() -> None:
    found = calibrate(turns(*(place / 100 for place in range(100))), 0.05)

    assert (found.strong, found.turns) == (5, 100)
    assert 0.94 < found.strong_at <= 0.95


def test_turns_of_one_difficulty_are_not_torn_apart() -> None:
    found = calibrate(turns(0.1, 0.8, 0.8, 0.8), 0.25)

    assert found.strong == 0


@pytest.mark.parametrize(("share", "strong"), [(0.0, 0), (1.0, 4)])
def test_the_ends_of_the_scale_are_nobody_and_everybody(share: float, strong: int) -> None:
    assert calibrate(turns(0.1, 0.2, 0.3, 0.4), share).strong == strong


def test_without_a_turn_there_is_nothing_to_fit() -> None:
    found = calibrate([], 0.05)

    assert (found.turns, found.share) == (0, 0.0)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_no_more_than_the_wanted_share_begins_strong(difficulties: list[float], share: float) -> None:
    found = calibrate(turns(*(round(one, 4) for one in difficulties)), share)

    assert found.strong <= share * found.turns + 1e-6
    assert 0 <= found.strong_at <= 1


def test_a_turn_counts_as_unproven_by_its_first_draft() -> None:
    one, other = TurnId("trn_1"), TurnId("trn_2")
    log: list[ev.Event] = [
        ev.RouteChosen(turn_id=one, route=ev.RouteKind.CHEAP, difficulty=0.4),
        ev.VerdictGiven(turn_id=one, passed=False),
        ev.VerdictGiven(turn_id=one, passed=True),
        ev.RouteChosen(turn_id=other, route=ev.RouteKind.LOCAL),
    ]

    assert routed_turns(log) == [RoutedTurn(difficulty=0.4, unproven=True)]
