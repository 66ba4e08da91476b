"""Whose fault it is that a deadline passed, and what an event loop has lost."""

from __future__ import annotations

import pytest

from fondaco.kit.clock import SystemClock
from fondaco.kit.lateness import LoopLateness, is_ours
from fondaco.testing.clock import FakeClock


@pytest.mark.parametrize(
    ("allowed_ms", "spent_ms", "lost_ms", "ours"),
    [
        (4_000, 4_000, 0, False),  # we listened all the time
        (4_000, 4_010, 400, False),  # a little late, as everybody is
        (4_000, 4_000, 2_000, False),  # half of it was enough to hear something
        (4_000, 4_000, 2_001, True),
        (4_000, 4_100, 4_000, True),  # we did not listen at all
        (4_000, 7_000, 5_100, True),  # the answer may have come while we were away
        (4_000, 9_900, 6_000, False),  # the whole deadline was listened to, and then we were away
        (4_000, 3_999, 3_999, False),  # it failed before its deadline, so it was not for that
        (4_000, 20, 0, False),  # refused at once
        (0, 0, 0, False),  # nothing was given
    ],
)
def test_a_deadline_is_ours_where_we_listened_for_less_than_half_of_it(
    allowed_ms: float, spent_ms: float, lost_ms: float, ours: bool
) -> None:
    assert is_ours(allowed_ms, spent_ms, lost_ms) is ours


async def test_a_loop_that_nobody_keeps_busy_loses_nothing() -> None:
    clock = FakeClock()
    stretch = LoopLateness(clock).begin()

    await clock.advance(0.04)

    assert (stretch.spent_ms(), stretch.lost_ms()) == (40, 0)


async def test_what_passes_while_the_alarm_cannot_ring_is_lost() -> None:
    clock = FakeClock()
    stretch = LoopLateness(clock).begin()

    await clock.advance(3)

    assert stretch.spent_ms() == 3_000
    assert stretch.lost_ms() >= 2_900
    assert stretch.is_ours(3_000)


async def test_what_was_lost_before_is_not_part_of_a_stretch() -> None:
    clock = FakeClock()
    lateness = LoopLateness(clock)
    before = lateness.begin()
    await clock.advance(3)
    stretch = lateness.stretch()

    await clock.advance(1)

    assert before.lost_ms() >= 3_900
    assert stretch.lost_ms() <= 1_000


async def test_no_alarm_is_left_when_nobody_watches_and_nothing_is_lost_then() -> None:
    clock = FakeClock()
    lateness = LoopLateness(clock)
    lateness.begin()
    lateness.begin()
    lateness.end()
    lateness.end()

    await clock.advance(60)
    await SystemClock().sleep(0.06)  # a forgotten alarm would have rung

    assert lateness.lost_ms() == 0
