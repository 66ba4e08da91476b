"""The journal of a leased turn: what is written is written under the lease."""

from __future__ import annotations

from collections.abc import Iterable

from fondaco.domain.ids import TurnId
from fondaco.domain.ports import Store
from fondaco.domain.turns import Lease, Step


class LeasedJournal:
    """Remembers the steps that earlier workers finished, and writes new ones down before going on."""

    def __init__(self, store: Store, lease: Lease, steps: Iterable[Step]) -> None:
        self._store = store
        self._lease = lease
        self._steps = {(step.turn_id, step.key): step for step in steps}

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        """Return the step written under this key, by this worker or by one before it."""
        return self._steps.get((turn_id, key))

    async def write(self, step: Step) -> None:
        """Write a step down.  Raises LeaseLost when another worker has taken over."""
        await self._store.journal(self._lease, step)
        self._steps[step.turn_id, step.key] = step
