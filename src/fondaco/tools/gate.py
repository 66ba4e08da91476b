"""Lets calls of one tool through: none while it is down, so many a minute, and so many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondaco.domain.errors import ToolError, ToolFailed, ToolRefused
from fondaco.domain.tools import ToolSpec
from fondaco.kit.breaker import Breaker, Permit, Phase, Refusal, Rules
from fondaco.kit.bucket import Bucket
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock

#: A tool is asked seldom compared with a model, so fewer calls have to tell that it is down.
RULES = Rules(window_ms=60_000, minimum=5, in_a_row=0, open_ms=5_000, open_cap_ms=60_000, probes=1, proofs=2)
_ALONE_SECONDS = 60.0


class Gate:
    """What one process knows of how a tool fares, and how much it may ask of it."""

    def __init__(self, spec: ToolSpec, clock: Clock, chance: Chance) -> None:
        self._name = spec.name
        self._clock = clock
        self._chance = chance
        self._breaker = Breaker(RULES)
        self._minute = Bucket(spec.calls_per_minute, clock.monotonic_ms())
        self._rooms = asyncio.Semaphore(spec.at_once)

    @property
    def phase(self) -> Phase:
        """Whether the tool is asked just now."""
        return self._breaker.phase(self._clock.now_ms())

    @asynccontextmanager
    async def passing(self, deadline_ms: float) -> AsyncIterator[None]:
        """Wait for room, let the block make one attempt, and learn from what it raises.

        Whoever waits here has asked nobody yet, so no time-out of the tool runs.  ``deadline_ms`` is of
        ``Clock.monotonic_ms``.  Raises ToolFailed where there is no room in time or the tool is left alone;
        then the block was not entered.
        """
        await self._take_room(deadline_ms)
        try:
            permit = self._admitted()
            await self._take_minute(permit, deadline_ms)
            try:
                yield
            except ToolError as error:
                self._learn(permit, error)
                raise
            except BaseException:
                self._breaker.cancelled(permit)
                raise
            self._breaker.succeeded(permit, self._clock.now_ms())
        finally:
            self._rooms.release()

    def _admitted(self) -> Permit:
        now_ms = self._clock.now_ms()
        permit = self._breaker.admit(now_ms, self._chance.fraction())
        if isinstance(permit, Refusal):
            wait_seconds = _ALONE_SECONDS if permit.until_ms is None else (permit.until_ms - now_ms) / 1000
            raise ToolFailed(f"{self._name} is left alone ({self._breaker.why})", wait_seconds=wait_seconds)
        return permit

    async def _take_room(self, deadline_ms: float) -> None:
        left_seconds = (deadline_ms - self._clock.monotonic_ms()) / 1000
        try:
            async with asyncio.timeout(max(left_seconds, 0.0)):
                await self._rooms.acquire()
        except TimeoutError as error:
            raise ToolFailed(f"{self._name}: too many calls wait for it") from error

    async def _take_minute(self, permit: Permit, deadline_ms: float) -> None:
        """Wait for the minute's share; who came first has taken theirs first."""
        now_ms = self._clock.monotonic_ms()
        wait_ms = self._minute.wait_ms(now_ms, 1)
        if now_ms + wait_ms >= deadline_ms:
            self._breaker.cancelled(permit)
            raise ToolFailed(f"{self._name}: there is no time left for it")
        self._minute.take(now_ms, 1)
        if wait_ms > 0:
            await self._clock.sleep(wait_ms / 1000)

    def _learn(self, permit: Permit, error: ToolError) -> None:
        now_ms = self._clock.now_ms()
        if isinstance(error, ToolRefused) or (isinstance(error, ToolFailed) and error.is_final):
            self._breaker.succeeded(permit, now_ms)  # it works, and says no
            return
        wait_ms = int(1000 * getattr(error, "wait_seconds", 0.0))
        self._breaker.failed(permit, now_ms, until_ms=now_ms + wait_ms if wait_ms else 0, why=str(error))
