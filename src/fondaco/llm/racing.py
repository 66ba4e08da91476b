"""Asks a second model beside a silent first one; the first to speak answers, the other is called off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fondaco.domain.usage import AttemptNote
from fondaco.llm.answering import Ask
from fondaco.llm.asking import Reply
from fondaco.llm.gear import Gear
from fondaco.llm.hedging import HedgeSituation, may_hedge
from fondaco.llm.stage import Stage
from fondaco.llm.trying import Ended, Trying


@dataclass(slots=True)
class Race:
    """One try with at most two runners."""

    gear: Gear
    ask: Ask
    stage: Stage

    async def run(self, first: Trying, second: Callable[[], Trying]) -> tuple[Ended, list[AttemptNote]]:
        """Return what came of the one who spoke first, and the notes of who ran beside it."""
        began_ms = self.gear.clock.monotonic_ms()
        running = {asyncio.create_task(first.run(self.stage)): first}
        try:
            await self._until_spoken(running, self.gear.options.hedge.after_ms / 1000)
            if self._is_silent(running) and self._may_hedge(began_ms):
                self.gear.hedges.hedged()
                other = second()
                running[asyncio.create_task(other.run(self.stage))] = other
            return await self._won(running)
        finally:
            await _called_off(running)

    async def _won(self, running: dict[asyncio.Task[Ended], Trying]) -> tuple[Ended, list[AttemptNote]]:
        """Let whoever speaks first go on alone; one that fails in silence leaves the floor to the other."""
        beside: list[AttemptNote] = []
        while True:
            await self._until_spoken(running, None)
            speaking = self._speaking(running)
            runner = speaking or next((task for task in running if task.done()), None)
            if runner is None:  # who had spoken has failed, and is about to end
                continue
            if speaking is not None or _has_answered(runner):
                others = {task: one for task, one in running.items() if task is not runner}
                await _called_off(others)
                beside += [one.note for one in others.values() if one.note is not None]
                for task in others:
                    del running[task]
            ended = await runner
            del running[runner]
            if not running:
                return ended, beside
            beside.append(ended.note)

    def _speaking(self, running: dict[asyncio.Task[Ended], Trying]) -> asyncio.Task[Ended] | None:
        return next((task for task, one in running.items() if one is self.stage.speaker), None)

    async def _until_spoken(
        self, running: dict[asyncio.Task[Ended], Trying], timeout_seconds: float | None
    ) -> None:
        """Wait until somebody speaks or is done, or the time is over."""
        spoken = asyncio.create_task(self.stage.spoken.wait())
        try:
            await asyncio.wait(
                {spoken, *running}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            spoken.cancel()

    def _is_silent(self, running: dict[asyncio.Task[Ended], Trying]) -> bool:
        return not self.stage.spoken.is_set() and not any(task.done() for task in running)

    def _may_hedge(self, began_ms: float) -> bool:
        now_ms = self.gear.clock.monotonic_ms()
        situation = HedgeSituation(
            waited_ms=now_ms - began_ms,
            spoken=self.stage.spoken.is_set(),
            other_targets=True,
            left_ms=self.ask.whole_ms - now_ms,
            hedged_share=self.gear.hedges.share_with_one_more(),
            slow_share=self.gear.board.slow_share(),
        )
        return may_hedge(situation, self.gear.options.hedge).start


def _has_answered(task: asyncio.Task[Ended]) -> bool:
    ended = task.result() if task.done() and not task.cancelled() and task.exception() is None else None
    return ended is not None and isinstance(ended.result, Reply)


async def _called_off(running: dict[asyncio.Task[Ended], Trying]) -> None:
    """Cancel whoever is still at it, and wait until their books are closed."""
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    for task in running:
        if task.done() and not task.cancelled():
            task.exception()  # nobody waits for it any more; what it cost stands in the ledger
