"""The journal of a leased turn: what is written is written under the lease."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from fondaco.domain.ids import TurnId
from fondaco.domain.ports import Store
from fondaco.domain.tools import CallState, Effect
from fondaco.domain.turns import Lease, Step


class LeasedJournal:
    """Remembers the steps that earlier workers finished, and writes new ones down before going on."""

    def __init__(self, store: Store, lease: Lease, steps: Iterable[Step]) -> None:
        self._store = store
        self._lease = lease
        self._steps = {(step.turn_id, step.key): step for step in steps}
        self._effects: set[str] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def has_effect_under_way(self) -> bool:
        """Whether a call that changes something was begun and its end is not written down yet."""
        return bool(self._effects)

    async def quiet(self) -> None:
        """Wait until no call that changes something is under way."""
        await self._quiet.wait()

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        """Return the step written under this key, by this worker or by one before it."""
        return self._steps.get((turn_id, key))

    async def write(self, step: Step) -> None:
        """Write a step down.  Raises LeaseLost when another worker has taken over."""
        if not _begins_effect(step):
            try:
                await self._write(step)
            finally:
                self._end(step.key)
            return
        # Before it is written: an intent whose turn was broken off reads as a call that may have been made.
        self._effects.add(step.key)
        self._quiet.clear()
        try:
            await self._write(step)
        except BaseException:
            self._end(step.key)
            raise

    async def _write(self, step: Step) -> None:
        await self._store.journal(self._lease, step)
        self._steps[step.turn_id, step.key] = step

    def _end(self, key: str) -> None:
        self._effects.discard(key)
        if not self._effects:
            self._quiet.set()


def _begins_effect(step: Step) -> bool:
    call = step.call
    return call is not None and call.effect is Effect.WRITE and call.state is CallState.EXECUTING
