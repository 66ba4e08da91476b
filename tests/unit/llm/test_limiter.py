"""Whoever finds room asks at once; what was reserved is settled, refunded, or learnt to be wrong."""

from __future__ import annotations

import pytest

from fondaco.llm.limiter import Limiters
from fondaco.llm.options import ProviderOptions
from fondaco.llm.wire.limits import SeenLimits
from fondaco.testing.clock import FakeClock
from tests.unit.llm.limited import FAR_MS, a_limiter, taken, waiting
from tests.unit.llm.places_to_ask import a_target


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
