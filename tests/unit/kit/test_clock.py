"""The machine's clock keeps the promises of the protocol."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fondaco.kit.clock import Clock, SystemClock

YEAR_2020_MS = datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000
YEAR_2200_MS = datetime(2200, 1, 1, tzinfo=UTC).timestamp() * 1000


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


def test_now_is_in_milliseconds_of_this_era(clock: Clock) -> None:
    now_ms = clock.now_ms()

    assert isinstance(now_ms, int)
    assert YEAR_2020_MS < now_ms < YEAR_2200_MS


def test_the_monotonic_clock_never_goes_back(clock: Clock) -> None:
    readings = [clock.monotonic_ms() for _ in range(100)]

    assert readings == sorted(readings)


async def test_sleeping_takes_at_least_as_long_as_it_was_told(clock: Clock) -> None:
    before_ms = clock.monotonic_ms()

    await clock.sleep(0.002)

    assert clock.monotonic_ms() - before_ms >= 2 - 0.1  # an event loop may round its timers down a little


async def test_sleeping_for_no_time_returns(clock: Clock) -> None:
    before_ms = clock.monotonic_ms()

    await clock.sleep(0)

    assert clock.monotonic_ms() >= before_ms
