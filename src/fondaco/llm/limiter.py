"""Keeps what is asked of a provider below its limits, so that it never has to say so.

Whoever finds room takes it at once.  Otherwise they queue, first come first served, and are turned away as
soon as it is clear that their turn comes too late: a contact who is told so can still be helped otherwise.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

import msgspec

from fondaco.kit.bucket import Bucket
from fondaco.kit.clock import Clock
from fondaco.llm.failures import Failure, FailureClass, ModelFailed
from fondaco.llm.options import ProviderOptions
from fondaco.llm.targets import Target
from fondaco.llm.wire.limits import SeenLimits

_MOST_WAITING = 1_000
_NEWEST_WEIGHT = 0.05  # of the latest call in the mean time that a call takes
_SHORTEST_SLEEP_MS = 1.0


class LimiterView(msgspec.Struct, frozen=True, kw_only=True):
    """How full a limiter is, for people."""

    name: str
    in_flight: int
    waiting: int
    requests_left: int | None  #: None: no limit is known
    tokens_left: int | None
    paused_ms: int  #: for how long the provider wants no request


class Reservation:
    """Room for one call.  Must be settled or refunded; what is said first counts."""

    __slots__ = ("_limiter", "began_ms", "tokens")

    def __init__(self, limiter: Limiter, tokens: int, began_ms: float) -> None:
        self._limiter: Limiter | None = limiter
        self.tokens = tokens  #: reserved
        self.began_ms = began_ms

    def settle(self, actual_tokens: int) -> None:
        """The call is over and used so many tokens, input and output together."""
        limiter, self._limiter = self._limiter, None
        if limiter is not None:
            limiter.finish(self, tokens_back=self.tokens - actual_tokens)

    def refund(self) -> None:
        """The provider was never asked: everything goes back."""
        limiter, self._limiter = self._limiter, None
        if limiter is not None:
            limiter.finish(self, tokens_back=self.tokens, requests_back=1)


@dataclass(slots=True, eq=False)
class _Waiter:
    """Somebody in the queue."""

    tokens: int
    deadline_ms: float
    room: asyncio.Future[Reservation] = field(repr=False)


class Limiter:
    """Requests and tokens per minute, and requests at once.  Times are of ``Clock.monotonic_ms``."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        requests_per_minute: int = 0,
        tokens_per_minute: int = 0,
        in_flight: int = 1_000,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        now_ms = clock.monotonic_ms()
        self._name = name
        self._clock = clock
        self._requests = Bucket(requests_per_minute, now_ms)
        self._tokens = Bucket(tokens_per_minute, now_ms)
        self._agreed = (requests_per_minute, tokens_per_minute, in_flight)
        self._most_in_flight = in_flight
        self._most_waiting = most_waiting
        self._in_flight = 0
        self._paused_until_ms = 0.0
        self._call_ms = 0.0  # mean time that a call takes
        self.used_ms = -math.inf  #: when somebody was let in last
        self._queue: OrderedDict[_Waiter, None] = OrderedDict()
        self._queued_tokens = 0
        self._deadlines: list[tuple[float, int, _Waiter]] = []
        self._numbers = count()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_ms = 0.0

    def take(self, tokens: int) -> Reservation | None:
        """Take room that is there now; None where there is none or others wait for it."""
        if self._queue or self._in_flight >= self._most_in_flight:
            return None
        now_ms = self._clock.monotonic_ms()
        return self._grant(now_ms, tokens) if self._wait_ms(now_ms, tokens, 1) <= 0 else None

    async def reserve(self, tokens: int, deadline_ms: float) -> Reservation:
        """Return room for a call of at most so many tokens, after waiting in the queue if need be.

        Raises ModelFailed (NO_ROOM) as soon as it is clear that there is none before the deadline.
        """
        return self.take(tokens) or await self._in_queue(tokens, deadline_ms)

    def pause_until(self, at_ms: float) -> None:
        """Let nobody through until then, as a Retry-After asks; a pause is never made shorter."""
        if at_ms > self._paused_until_ms:
            self._paused_until_ms = at_ms
            self._serve()

    def share_with(self, others: int) -> None:
        """Keep to an equal part of what the operator set, beside so many other processes."""
        now_ms = self._clock.monotonic_ms()
        requests, tokens, in_flight = (math.ceil(limit / (others + 1)) for limit in self._agreed)
        if requests:
            self._requests.configure(now_ms, requests)
        if tokens:
            self._tokens.configure(now_ms, tokens)
        self._most_in_flight = in_flight
        self._serve()

    def learn(self, seen: SeenLimits) -> None:
        """Adapt to what an answer's headers say."""
        now_ms = self._clock.monotonic_ms()
        self._requests.learn(now_ms, seen.requests_limit, seen.requests_left, seen.requests_reset_ms)
        self._tokens.learn(now_ms, seen.tokens_limit, seen.tokens_left, seen.tokens_reset_ms)
        self._serve()

    def finish(self, reservation: Reservation, *, tokens_back: int, requests_back: int = 0) -> None:
        """Take a place back, and what was reserved too much; called by the reservation."""
        now_ms = self._clock.monotonic_ms()
        self._in_flight -= 1
        self._tokens.take(now_ms, -tokens_back)
        if requests_back:
            self._requests.take(now_ms, -requests_back)
        else:
            took_ms = now_ms - reservation.began_ms
            self._call_ms += (took_ms - self._call_ms) * (_NEWEST_WEIGHT if self._call_ms else 1.0)
        if self._queue:
            self._serve()

    def view(self) -> LimiterView:
        """Return how full it is."""
        now_ms = self._clock.monotonic_ms()
        requests, tokens = self._requests, self._tokens
        return LimiterView(
            name=self._name,
            in_flight=self._in_flight,
            waiting=len(self._queue),
            requests_left=int(requests.level(now_ms)) if requests.capacity else None,
            tokens_left=int(tokens.level(now_ms)) if tokens.capacity else None,
            paused_ms=max(0, round(self._paused_until_ms - now_ms)),
        )

    async def _in_queue(self, tokens: int, deadline_ms: float) -> Reservation:
        now_ms = self._clock.monotonic_ms()
        wait_ms = self._expected_ms(now_ms, tokens)
        if now_ms + wait_ms >= deadline_ms or len(self._queue) >= self._most_waiting:
            raise self._no_room(wait_ms)
        waiter = _Waiter(tokens, deadline_ms, asyncio.get_running_loop().create_future())
        self._queue[waiter] = None
        self._queued_tokens += tokens
        heapq.heappush(self._deadlines, (deadline_ms, next(self._numbers), waiter))
        try:
            self._serve()
            return await waiter.room
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _expected_ms(self, now_ms: float, tokens: int) -> float:
        """Return how long somebody who comes now will wait, behind all who are here."""
        ahead = len(self._queue)
        paced_ms = self._wait_ms(now_ms, self._fitting(tokens) + self._queued_tokens, ahead + 1)
        if self._in_flight < self._most_in_flight:
            return paced_ms
        return max(paced_ms, self._call_ms * (ahead + 1) / max(self._most_in_flight, 1))

    def _wait_ms(self, now_ms: float, tokens: int, requests: int) -> float:
        wait_ms = self._paused_until_ms - now_ms
        if self._requests.capacity:
            wait_ms = max(wait_ms, self._requests.wait_ms(now_ms, requests))
        if self._tokens.capacity:
            most = self._fitting(tokens) if requests == 1 else tokens
            wait_ms = max(wait_ms, self._tokens.wait_ms(now_ms, most))
        return wait_ms

    def _fitting(self, tokens: int) -> int:
        """Return what has to be there: a call larger than the whole limit waits for a full bucket."""
        return min(tokens, self._tokens.capacity or tokens)

    def _grant(self, now_ms: float, tokens: int) -> Reservation:
        self._in_flight += 1
        self.used_ms = now_ms
        self._requests.take(now_ms, 1)
        self._tokens.take(now_ms, tokens)
        return Reservation(self, tokens, now_ms)

    def _serve(self) -> None:
        """Let in whoever fits, turn away whoever comes too late, and look again when that may change."""
        now_ms = self._clock.monotonic_ms()
        self._turn_away_late(max(now_ms, self._paused_until_ms))
        head_ms = self._let_in(now_ms)
        if self._queue:
            self._wake_at(min(head_ms, self._deadlines[0][0]))
        elif self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _let_in(self, now_ms: float) -> float:
        """Let in from the front; return when the next one's turn comes, infinity where nobody knows."""
        while self._queue and self._in_flight < self._most_in_flight:
            waiter = next(iter(self._queue))
            wait_ms = self._wait_ms(now_ms, waiter.tokens, 1)
            if waiter.room.done():  # cancelled, and its task has not run since
                self._dismiss(waiter)
            elif wait_ms <= 0:
                self._dismiss(waiter)
                waiter.room.set_result(self._grant(now_ms, waiter.tokens))
            elif now_ms + wait_ms >= waiter.deadline_ms:
                self._turn_away(waiter, wait_ms)
            else:
                return now_ms + wait_ms
        return math.inf

    def _turn_away_late(self, begins_ms: float) -> None:
        while self._deadlines and (
            self._deadlines[0][0] <= begins_ms or self._deadlines[0][2] not in self._queue
        ):
            _, _, waiter = heapq.heappop(self._deadlines)
            if waiter in self._queue:
                self._turn_away(waiter, begins_ms - self._clock.monotonic_ms())

    def _turn_away(self, waiter: _Waiter, wait_ms: float) -> None:
        self._dismiss(waiter)
        if not waiter.room.done():
            waiter.room.set_exception(self._no_room(wait_ms))

    def _dismiss(self, waiter: _Waiter) -> None:
        del self._queue[waiter]
        self._queued_tokens -= waiter.tokens
        if len(self._deadlines) > 2 * len(self._queue) + 64:
            self._deadlines = [entry for entry in self._deadlines if entry[2] in self._queue]
            heapq.heapify(self._deadlines)

    def _leave(self, waiter: _Waiter) -> None:
        """Forget somebody who gave up, even in the moment when their turn came."""
        if waiter in self._queue:
            self._dismiss(waiter)
            self._serve()
        elif not waiter.room.cancelled() and waiter.room.exception() is None:
            waiter.room.result().refund()

    def _wake_at(self, at_ms: float) -> None:
        if math.isinf(at_ms):
            return
        if self._alarm is not None:
            if self._alarm_ms <= at_ms:
                return
            self._alarm.cancel()
        self._alarm_ms = at_ms
        self._alarm = asyncio.get_running_loop().create_task(self._look_again(at_ms))

    async def _look_again(self, at_ms: float) -> None:
        wait_ms = max(at_ms - self._clock.monotonic_ms(), _SHORTEST_SLEEP_MS)
        await self._clock.sleep(wait_ms / 1000)
        self._alarm = None
        self._serve()

    def _no_room(self, wait_ms: float) -> ModelFailed:
        return ModelFailed(
            Failure(
                kind=FailureClass.NO_ROOM,
                message=(
                    f"{self._name}: no room before the deadline: {self._in_flight} are under way, "
                    f"{len(self._queue)} wait, and the wait is about {max(0, round(wait_ms))} ms. "
                    "Ask the provider for higher limits, or add another model to the chain."
                ),
                retry_after_ms=max(0, round(wait_ms)),
            )
        )


class Limiters:
    """One limiter for each key at each provider.

    Where the operator sets no limit, each model has its own: headers tell the limits of the model that was
    asked, and a large model's must not slow a small one down.
    """

    def __init__(self, providers: Iterable[ProviderOptions], clock: Clock) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._clock = clock
        self._limiters: dict[tuple[str, str, str], Limiter] = {}
        self._others = 0  # processes that ask under the same keys

    def of(self, target: Target) -> Limiter:
        """Return the limiter that stands before this target."""
        options = self._providers.get(target.provider) or ProviderOptions(name=target.provider)
        is_set = options.requests_per_minute or options.tokens_per_minute
        place = (target.provider, target.credential, "" if is_set else target.model)
        limiter = self._limiters.get(place)
        if limiter is None:
            limiter = self._limiters[place] = Limiter(
                "/".join(part for part in (target.provider, place[2]) if part),
                self._clock,
                requests_per_minute=options.requests_per_minute,
                tokens_per_minute=options.tokens_per_minute,
                in_flight=options.in_flight,
            )
            limiter.share_with(self._others)
        return limiter

    def used_within(self, milliseconds: float) -> bool:
        """Return whether anybody was let in so recently."""
        since_ms = self._clock.monotonic_ms() - milliseconds
        return any(limiter.used_ms >= since_ms for limiter in self._limiters.values())

    def share_with(self, others: int) -> None:
        """Keep to an equal part of every limit, beside so many other processes."""
        if others == self._others:
            return
        self._others = others
        for limiter in self._limiters.values():
            limiter.share_with(others)

    def views(self) -> list[LimiterView]:
        """Return how full every limiter is, for people."""
        return [limiter.view() for limiter in self._limiters.values()]
