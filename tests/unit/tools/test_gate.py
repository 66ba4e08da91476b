"""A gate keeps calls from a tool that is down, and from one that is asked too much."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from fondaco.domain.errors import ToolError, ToolFailed, ToolRefused
from fondaco.kit.breaker import Phase
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.testing.clock import FakeClock
from fondaco.tools.gate import Gate
from tests.unit.tools.toolkit import spec

FAR_MS = 1_000_000.0


def gate(clock: FakeClock, *, at_once: int = 32, calls_per_minute: int = 0) -> Gate:
    declared = structs.replace(spec(), at_once=at_once, calls_per_minute=calls_per_minute)
    return Gate(declared, clock, SeededChance(1))


async def fail(one: Gate, error: BaseException) -> None:
    with pytest.raises(type(error)):
        async with one.passing(FAR_MS):
            raise error


async def test_a_tool_that_keeps_failing_is_left_alone() -> None:
    one = gate(FakeClock())
    await asyncio.gather(*(fail(one, ToolFailed("down")) for _ in range(5)))

    with pytest.raises(ToolFailed, match=r"parcel is left alone \(down\)"):
        async with one.passing(FAR_MS):
            pass

    assert one.phase is Phase.OPEN


async def pass_through(one: Gate) -> None:
    async with one.passing(FAR_MS):
        pass


async def test_a_tool_that_was_left_alone_is_tried_again_and_comes_back() -> None:
    clock = FakeClock()
    one = gate(clock)
    await asyncio.gather(*(fail(one, ToolFailed("down")) for _ in range(5)))
    await clock.advance(5)

    await pass_through(one)
    await pass_through(one)

    assert one.phase is Phase.RETURNING


@pytest.mark.parametrize("error", [ToolRefused("no"), ToolFailed("status 409", is_final=True)])
async def test_a_tool_that_says_no_works(error: ToolError) -> None:
    one = gate(FakeClock())

    await asyncio.gather(*(fail(one, error) for _ in range(20)))

    assert one.phase is Phase.CLOSED


async def test_a_call_that_nobody_waits_for_any_more_says_nothing_of_the_tool() -> None:
    one = gate(FakeClock())

    await asyncio.gather(*(fail(one, asyncio.CancelledError()) for _ in range(20)))

    assert one.phase is Phase.CLOSED


async def test_what_a_minute_allows_is_spread_and_then_waited_for() -> None:
    clock = FakeClock(auto=True)
    one = gate(clock, calls_per_minute=2)

    await asyncio.gather(*(pass_through(one) for _ in range(3)))

    assert clock.monotonic_ms() == pytest.approx(30_000)


async def test_who_cannot_wait_so_long_is_told_at_once() -> None:
    one = gate(FakeClock(), calls_per_minute=1)
    async with one.passing(1_000):
        pass

    with pytest.raises(ToolFailed, match="no time left"):
        async with one.passing(1_000):
            pass


async def test_who_waits_for_room_beyond_the_deadline_is_let_go() -> None:
    one, entered, leave = gate(FakeClock(), at_once=1), asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        async with one.passing(FAR_MS):
            entered.set()
            await leave.wait()

    staying = asyncio.create_task(stay())
    await entered.wait()
    with pytest.raises(ToolFailed, match="too many calls wait"):
        async with one.passing(5):
            pass
    leave.set()
    await staying

    async with one.passing(5):
        await SystemClock().sleep(0)
