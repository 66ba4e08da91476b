"""A clock that a test holds in its hand."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

#: 2026-11-23 09:00 UTC, a Monday.
MONDAY_MORNING_MS = 1_795_424_400_000

# Enough turns of the event loop for whoever was woken to come to their next wait.
_ROUNDS = 20


class FakeClock:
    """Time that passes only when it is told to.

    ``advance`` moves it and wakes the sleepers on the way, each at its own moment.  With ``auto`` the
    clock moves by itself: as soon as the event loop comes round, it jumps to when the next sleeper is
    due, so that a day of waiting costs nothing.
    """

    def __init__(self, now_ms: int = MONDAY_MORNING_MS, *, auto: bool = False) -> None:
        self._started_ms = float(now_ms)
        self._now_ms = float(now_ms)
        self._auto = auto
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._jumping = False

    def now_ms(self) -> int:
        return int(self._now_ms)

    def monotonic_ms(self) -> float:
        return self._now_ms - self._started_ms

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved by this many seconds."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due_ms = self._now_ms + max(seconds, 0.0) * 1000
        heapq.heappush(self._sleepers, (due_ms, next(self._numbers), woken))
        if self._auto or seconds <= 0:
            self._jump_soon()
        await woken

    async def advance(self, seconds: float) -> None:
        """Let this many seconds pass; returns once everybody who was woken has had a chance to act."""
        target_ms = self._now_ms + seconds * 1000
        await _come_round()
        while self._sleepers and self._sleepers[0][0] <= target_ms:
            self._wake_next()
            await _come_round()
        self._now_ms = max(self._now_ms, target_ms)
        await _come_round()

    @property
    def sleeping(self) -> int:
        """How many wait for their time."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def _wake_next(self) -> None:
        due_ms, _, woken = heapq.heappop(self._sleepers)
        if not woken.done():
            self._now_ms = max(self._now_ms, due_ms)
            woken.set_result(None)

    def _jump_soon(self) -> None:
        if not self._jumping:
            self._jumping = True
            asyncio.get_running_loop().call_soon(self._jump)

    def _jump(self) -> None:
        self._jumping = False
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if self._sleepers and (self._auto or self._sleepers[0][0] <= self._now_ms):
            self._wake_next()
            self._jump_soon()


async def _come_round() -> None:
    loop = asyncio.get_running_loop()
    for _ in range(_ROUNDS):
        round_: asyncio.Future[None] = loop.create_future()
        loop.call_soon(round_.set_result, None)
        await round_
