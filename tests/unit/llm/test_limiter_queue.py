"""Who finds no room queues in order, leaves without a trace, and never waits in vain."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from fondaco.llm.failures import FailureClass
from fondaco.llm.wire.limits import SeenLimits
from fondaco.testing.clock import FakeClock
from tests.unit.llm.limited import FAR_MS, a_limiter, refused, taken, waiting


async def test_without_room_one_waits_until_there_is() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=60)
    held = [taken(limiter) for _ in range(60)]
    task = waiting(limiter)

    await clock.advance(0.999)
    early = task.done()
    await clock.advance(0.002)

    assert (len(held), early, task.done()) == (60, False, True)


async def test_who_came_first_is_served_first_even_if_a_smaller_call_would_fit() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=600)
    taken(limiter, 600)
    large = waiting(limiter, 300)
    await clock.advance(1)
    small = waiting(limiter, 1)

    await clock.advance(28)
    before = (large.done(), small.done())
    await clock.advance(1.2)

    assert (before, large.done(), small.done()) == ((False, False), True, True)


async def test_nobody_overtakes_the_queue() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=600)
    taken(limiter, 600)
    task = waiting(limiter, 300)
    await clock.advance(1)

    overtaking = limiter.take(1)

    assert overtaking is None
    task.cancel()


async def test_who_would_wait_beyond_the_deadline_is_told_at_once() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=60)
    held = [taken(limiter) for _ in range(60)]

    error = await refused(waiting(limiter, deadline_ms=900))

    assert (error.failure.kind, error.failure.retry_after_ms) == (FailureClass.NO_ROOM, 1_000)
    assert (clock.monotonic_ms(), len(held)) == (0, 60)


async def test_the_expected_wait_counts_those_who_are_ahead() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=60)
    held = [taken(limiter) for _ in range(60)]
    ahead = [waiting(limiter) for _ in range(5)]
    await clock.advance(0)

    error = await refused(waiting(limiter, deadline_ms=5_500))

    assert (error.failure.retry_after_ms, len(held)) == (6_000, 60)
    assert [task.cancel() for task in ahead] == [True] * 5


async def test_a_full_queue_takes_nobody_more() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, in_flight=1, most_waiting=1)
    taken(limiter)
    first = waiting(limiter)
    await clock.advance(0)

    error = await refused(waiting(limiter))

    assert error.failure.kind is FailureClass.NO_ROOM
    first.cancel()


async def test_what_comes_back_serves_who_waits() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=1_000)
    first = taken(limiter, 1_000)
    task = waiting(limiter, 500)
    await clock.advance(0)

    first.settle(100)

    await clock.advance(0)
    assert (await task).tokens == 500


async def test_the_wait_for_a_place_is_judged_by_how_long_calls_take() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, in_flight=1)
    reservation = taken(limiter)
    await clock.advance(4)
    reservation.settle(1)
    taken(limiter)

    error = await refused(waiting(limiter, deadline_ms=4_000 + 3_900))

    assert error.failure.retry_after_ms == 4_000


async def test_a_waiter_whose_deadline_passes_is_turned_away() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, in_flight=1)
    taken(limiter)
    patient, hasty = waiting(limiter), waiting(limiter, deadline_ms=2_000)
    await clock.advance(0)

    await clock.advance(2)

    assert (await refused(hasty)).failure.kind is FailureClass.NO_ROOM
    assert not patient.done()
    patient.cancel()


async def test_a_pause_holds_everybody_back_and_is_never_made_shorter() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock)
    limiter.pause_until(5_000)
    limiter.pause_until(1_000)
    task = waiting(limiter)

    await clock.advance(4.9)
    before = task.done()
    await clock.advance(0.2)

    assert (before, task.done()) == (False, True)


async def test_a_pause_turns_away_at_once_who_cannot_wait_for_its_end() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=60)
    held = [taken(limiter) for _ in range(60)]
    task = waiting(limiter, deadline_ms=3_000)
    await clock.advance(0)

    limiter.pause_until(3_000)

    assert (await refused(task)).failure.retry_after_ms == 3_000
    assert (clock.monotonic_ms(), len(held)) == (0, 60)


async def test_headers_that_make_the_wait_too_long_turn_away_at_once() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=60)
    held = [taken(limiter) for _ in range(60)]
    task = waiting(limiter, deadline_ms=3_000)
    await clock.advance(0)

    limiter.learn(SeenLimits(requests_limit=60, requests_left=0, requests_reset_ms=3_600_000))

    assert (await refused(task)).failure.retry_after_ms == 60_000
    assert (clock.monotonic_ms(), len(held)) == (0, 60)


async def test_a_cancelled_waiter_leaves_the_queue_to_the_others() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=600)
    taken(limiter, 600)
    large, small = waiting(limiter, 600), waiting(limiter, 10)
    await clock.advance(0)

    large.cancel()
    await clock.advance(1.01)

    assert (small.done(), limiter.view().waiting) == (True, 0)


async def test_whoever_is_cancelled_in_the_moment_of_their_turn_gives_the_place_back() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=100, tokens=1_000, in_flight=1)
    first = taken(limiter, 100)
    task = waiting(limiter, 300)
    await clock.advance(0)
    first.settle(100)

    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    view = limiter.view()
    assert (view.in_flight, view.requests_left, view.tokens_left) == (0, 99, 900)


async def test_a_turn_that_comes_between_cancelling_and_leaving_goes_to_the_next() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, in_flight=1)
    first = taken(limiter)
    cancelled, other = waiting(limiter), waiting(limiter)
    await clock.advance(0)
    cancelled.cancel()

    first.settle(1)
    await clock.advance(0)

    assert (cancelled.cancelled(), other.done(), limiter.view().in_flight) == (True, True, 1)


async def test_many_who_give_up_leave_nothing_behind() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=600, tokens=60_000, in_flight=3)
    held = [taken(limiter) for _ in range(3)]
    tasks = [waiting(limiter, 10) for _ in range(500)]
    await clock.advance(0)

    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for reservation in held:
        reservation.refund()

    view = limiter.view()
    assert (view.in_flight, view.waiting, view.requests_left, view.tokens_left) == (0, 0, 600, 60_000)
    assert clock.sleeping == 0


async def test_five_hundred_who_queue_are_served_in_order_at_the_agreed_pace() -> None:
    clock, order = FakeClock(auto=True), list[int]()
    limiter = a_limiter(clock, requests=600)
    for _ in range(600):
        taken(limiter).settle(1)

    async def ask(number: int) -> None:
        reservation = await limiter.reserve(1, FAR_MS)
        order.append(number)
        reservation.settle(1)

    await asyncio.gather(*(ask(number) for number in range(500)))

    assert order == list(range(500))
    assert clock.monotonic_ms() == pytest.approx(50_000, abs=500)
