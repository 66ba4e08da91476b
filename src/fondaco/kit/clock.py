"""Time as a value that is handed in, so that a test can hold it still."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where now comes from."""

    def now_ms(self) -> int:
        """Return the wall clock in milliseconds since 1970-01-01 UTC."""
        ...

    def monotonic_ms(self) -> float:
        """Return a clock in milliseconds that never goes back; only differences mean something."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> float:
        return time.monotonic_ns() / 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
