"""Whoever comes, goes, gives up or is held back: a limiter stays within its limits and forgets nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.limiter import Limiter, Reservation
from fondaco.llm.wire.limits import SeenLimits
from fondaco.testing.clock import FakeClock

T = TypeVar("T")

REQUESTS, TOKENS, IN_FLIGHT, MOST_WAITING = 60, 6_000, 3, 5


class LimiterMachine(RuleBasedStateMachine):
    """Callers of one limiter, each a task that asks once."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.limiter: Limiter = self.do(self._build())
        self.callers: list[tuple[asyncio.Task[Reservation], float]] = []  # in the order they came, deadlines
        self.held: list[Reservation] = []

    async def _build(self) -> Limiter:
        return Limiter(
            "openai",
            self.clock,
            requests_per_minute=REQUESTS,
            tokens_per_minute=TOKENS,
            in_flight=IN_FLIGHT,
            most_waiting=MOST_WAITING,
        )

    def do(self, operation: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(operation)

    def act(self, action: Callable[[], object]) -> None:
        """Do something where callers do it, inside the event loop, and see what comes of it."""

        async def inside() -> None:
            action()

        self.do(inside())
        self.settle_down()

    def settle_down(self, seconds: float = 0.0) -> None:
        """Let time pass, and see who was served and who was turned away."""
        self.do(self.clock.advance(seconds))
        done = [(task, deadline_ms) for task, deadline_ms in self.callers if task.done()]
        self.callers = [caller for caller in self.callers if not caller[0].done()]
        for task, _ in done:
            if task.cancelled():
                continue
            error = task.exception()
            if error is None:
                self.held.append(task.result())
            else:
                assert isinstance(error, ModelFailed)
                assert error.failure.kind is FailureClass.NO_ROOM

    @rule(tokens=st.integers(1, 3_000), patience_ms=st.integers(1, 90_000))
    def somebody_comes(self, tokens: int, patience_ms: int) -> None:
        deadline_ms = self.clock.monotonic_ms() + patience_ms
        task = self._loop.create_task(self.limiter.reserve(tokens, deadline_ms))
        self.callers.append((task, deadline_ms))
        self.settle_down()

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), freed=st.booleans())
    def somebody_gives_up(self, data: st.DataObject, *, freed: bool) -> None:
        task, _ = data.draw(st.sampled_from(self.callers))
        ended = [self.held.pop()] if freed and self.held else []

        def in_one_moment() -> None:
            for reservation in ended:
                reservation.settle(10)
            task.cancel()

        self.act(in_one_moment)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), used=st.integers(0, 4_000), refund=st.booleans())
    def a_call_ends(self, data: st.DataObject, used: int, *, refund: bool) -> None:
        reservation = data.draw(st.sampled_from(self.held))
        self.held.remove(reservation)
        self.act(reservation.refund if refund else lambda: reservation.settle(used))

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds: float) -> None:
        self.settle_down(seconds)

    @rule(for_ms=st.integers(0, 20_000))
    def the_provider_wants_a_pause(self, for_ms: int) -> None:
        self.act(lambda: self.limiter.pause_until(self.clock.monotonic_ms() + for_ms))

    @rule(left=st.integers(0, REQUESTS), reset_ms=st.integers(0, 60_000))
    def headers_say(self, left: int, reset_ms: int) -> None:
        seen = SeenLimits(requests_limit=REQUESTS, requests_left=left, requests_reset_ms=reset_ms)
        self.act(lambda: self.limiter.learn(seen))

    @invariant()
    def never_more_are_under_way_than_allowed(self) -> None:
        assert self.limiter.view().in_flight == len(self.held) <= IN_FLIGHT

    @invariant()
    def the_queue_is_exactly_those_who_wait(self) -> None:
        assert self.limiter.view().waiting == len(self.callers) <= MOST_WAITING

    @invariant()
    def nobody_waits_beyond_the_deadline(self) -> None:
        assert all(deadline_ms > self.clock.monotonic_ms() - 1 for _, deadline_ms in self.callers)

    @invariant()
    def the_buckets_never_overflow(self) -> None:
        view = self.limiter.view()
        assert view.requests_left is not None
        assert view.requests_left <= REQUESTS
        assert view.tokens_left is not None
        assert view.tokens_left <= TOKENS

    def teardown(self) -> None:
        """When everybody has gone, everything is as it was and nothing sleeps."""
        while self.callers:
            self.act(self.callers[-1][0].cancel)
        while self.held:
            self.act(self.held.pop().refund)
        view = self.limiter.view()
        assert (view.in_flight, view.waiting, self.clock.sleeping) == (0, 0, 0)
        self.settle_down(86_400 * 2)
        assert self.limiter.take(1) is not None
        self._loop.close()


def test_a_limiter_stays_within_its_limits_and_forgets_nobody() -> None:
    run_state_machine_as_test(LimiterMachine, settings=settings(max_examples=50, stateful_step_count=30))
