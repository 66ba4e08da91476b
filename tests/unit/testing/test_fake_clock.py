"""Time in a test passes when it is told to, and for everybody in the right order."""

from __future__ import annotations

import asyncio

import pytest

from fondaco.kit.clock import Clock
from fondaco.testing.clock import FakeClock


async def wake(clock: Clock, seconds: float, log: list[float]) -> None:
    await clock.sleep(seconds)
    log.append(clock.monotonic_ms())


async def test_nobody_wakes_by_itself() -> None:
    clock = FakeClock()
    sleeper = asyncio.create_task(clock.sleep(1))

    await clock.advance(0.999)

    assert (sleeper.done(), clock.sleeping) == (False, 1)
    sleeper.cancel()


async def test_sleepers_wake_in_the_order_of_their_times_each_at_its_own() -> None:
    clock, log = FakeClock(), list[float]()
    sleepers = [asyncio.create_task(wake(clock, seconds, log)) for seconds in (3, 1, 2)]

    await clock.advance(5)

    assert log == [1_000, 2_000, 3_000]
    assert clock.monotonic_ms() == 5_000
    await asyncio.gather(*sleepers)


async def test_who_goes_to_sleep_again_on_the_way_is_woken_again() -> None:
    clock, log = FakeClock(), list[float]()

    async def every_second() -> None:
        for _ in range(3):
            await wake(clock, 1, log)

    ticking = asyncio.create_task(every_second())
    await clock.advance(10)

    assert log == [1_000, 2_000, 3_000]
    await ticking


async def test_now_moves_with_the_monotonic_clock() -> None:
    clock = FakeClock(now_ms=5_000)

    await clock.advance(1.5)

    assert (clock.now_ms(), clock.monotonic_ms()) == (6_500, 1_500)


async def test_who_was_cancelled_is_not_waited_for() -> None:
    clock = FakeClock()
    sleeper = asyncio.create_task(clock.sleep(1))
    await clock.advance(0.5)

    sleeper.cancel()
    await clock.advance(5)

    assert (sleeper.cancelled(), clock.sleeping) == (True, 0)


@pytest.mark.parametrize("seconds", [0, -1])
async def test_to_sleep_for_no_time_only_lets_the_others_go_on(seconds: float) -> None:
    clock = FakeClock()

    await clock.sleep(seconds)

    assert clock.monotonic_ms() == 0


async def test_a_clock_that_runs_by_itself_jumps_from_one_sleeper_to_the_next() -> None:
    clock, log = FakeClock(auto=True), list[float]()

    await asyncio.gather(*(wake(clock, seconds, log) for seconds in (86_400, 60, 3_600)))

    assert log == [60_000, 3_600_000, 86_400_000]
