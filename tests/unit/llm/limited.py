"""Limiters, and callers of them, for tests."""

from __future__ import annotations

import asyncio

import pytest

from fondaco.llm.failures import ModelFailed
from fondaco.llm.limiter import Limiter, Reservation
from fondaco.testing.clock import FakeClock

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
