"""Whoever finds room asks at once; others queue fairly, and nobody waits in vain."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.limiter import Limiter, Limiters, Reservation
from fondaco.llm.options import ProviderOptions
from fondaco.llm.wire.limits import SeenLimits
from fondaco.testing.clock import FakeClock
from tests.unit.llm.places_to_ask import a_target

FAR_MS = 10_000_000.0


def a_limiter(
    clock: FakeClock, *, requests: int = 0, tokens: int = 0, in_flight: int = 1_000, most_waiting: int = 1_000
) -> Limiter:
    return Limiter(
        "openai",
        clock,
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        in_flight=in_flight,
        most_waiting=most_waiting,
    )


def taken(limiter: Limiter, tokens: int = 1) -> Reservation:
    reservation = limiter.take(tokens)
    assert reservation is not None
    return reservation


def waiting(limiter: Limiter, tokens: int = 1, deadline_ms: float = FAR_MS) -> asyncio.Task[Reservation]:
    return asyncio.create_task(limiter.reserve(tokens, deadline_ms))


async def refused(task: asyncio.Task[Reservation]) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await task
    return caught.value


async def test_without_limits_everybody_is_let_in() -> None:
    limiter = a_limiter(FakeClock())

    reservations = [await limiter.reserve(10**9, 0) for _ in range(100)]

    assert limiter.view().in_flight == len(reservations)


async def test_with_room_nobody_waits_for_anything() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, requests=10, tokens=1_000)

    coroutine = limiter.reserve(100, FAR_MS)
    with pytest.raises(StopIteration):
        coroutine.send(None)

    assert (clock.sleeping, limiter.view().in_flight) == (0, 1)


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


async def test_settling_gives_back_what_was_reserved_too_much() -> None:
    limiter = a_limiter(FakeClock(), tokens=1_000)

    taken(limiter, 900).settle(200)

    assert limiter.view().tokens_left == 800


async def test_settling_takes_what_was_used_beyond_the_reservation() -> None:
    limiter = a_limiter(FakeClock(), tokens=1_000)

    taken(limiter, 100).settle(700)

    assert limiter.view().tokens_left == 300


async def test_a_refund_gives_everything_back() -> None:
    limiter = a_limiter(FakeClock(), requests=10, tokens=1_000)

    taken(limiter, 900).refund()

    view = limiter.view()
    assert (view.in_flight, view.requests_left, view.tokens_left) == (0, 10, 1_000)


async def test_a_reservation_ends_once() -> None:
    limiter = a_limiter(FakeClock(), tokens=1_000)
    reservation = taken(limiter, 900)
    reservation.settle(500)

    reservation.refund()
    reservation.settle(0)

    assert (limiter.view().in_flight, limiter.view().tokens_left) == (0, 500)


async def test_what_comes_back_serves_who_waits() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=1_000)
    first = taken(limiter, 1_000)
    task = waiting(limiter, 500)
    await clock.advance(0)

    first.settle(100)

    await clock.advance(0)
    assert (await task).tokens == 500


async def test_only_so_many_are_under_way_at_once() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, in_flight=2)
    held = [taken(limiter), taken(limiter)]
    task = waiting(limiter)
    await clock.advance(3_600)
    before = task.done()

    held[0].settle(1)
    await clock.advance(0)

    assert (before, task.done()) == (False, True)


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


async def test_limits_are_learnt_from_headers() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock)

    limiter.learn(
        SeenLimits(
            requests_limit=60,
            requests_left=1,
            requests_reset_ms=59_000,
            tokens_limit=6_000,
            tokens_left=500,
            tokens_reset_ms=55_000,
        )
    )

    view = limiter.view()
    assert (view.requests_left, view.tokens_left) == (1, 500)
    assert limiter.take(600) is None
    assert limiter.take(400) is not None


async def test_a_call_larger_than_the_limit_waits_for_a_full_bucket_and_then_goes() -> None:
    clock = FakeClock()
    limiter = a_limiter(clock, tokens=600)
    taken(limiter, 60).settle(60)
    task = waiting(limiter, 5_000)

    await clock.advance(6.01)

    assert (await task).tokens == 5_000
    assert limiter.view().tokens_left == -4_399


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


def test_models_share_the_limiter_that_the_operator_set_for_their_key() -> None:
    limiters = Limiters([ProviderOptions(name="openai", requests_per_minute=60)], FakeClock())

    one, other, second_key = (
        limiters.of(target)
        for target in (a_target(), a_target(model="mini"), a_target(credential="second key"))
    )

    assert one is other
    assert one is not second_key


def test_each_model_has_a_limiter_of_its_own_where_limits_are_learnt() -> None:
    limiters = Limiters([ProviderOptions(name="openai")], FakeClock())

    one, again, other = (limiters.of(a_target(model=model)) for model in ("large", "large", "mini"))

    assert one is again
    assert one is not other
    assert [view.name for view in limiters.views()] == ["openai/large", "openai/mini"]
