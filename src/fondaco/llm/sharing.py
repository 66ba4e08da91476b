"""What processes that ask models tell each other, for as long as one of them lives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fondaco.llm.breaker_sync import BreakerSync
from fondaco.llm.neighbours import Neighbours


@dataclass(frozen=True, slots=True)
class Sharing:
    """Keeps breakers in step, and limits divided."""

    breakers: BreakerSync
    neighbours: Neighbours

    async def run(self) -> None:
        """Tell and listen until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self.breakers.run())
            both.create_task(self.neighbours.run())
