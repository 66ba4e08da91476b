"""Sweeps out of the database what has had its time and that nobody will ask for again."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from fondaco.domain.costs import Ledger
from fondaco.domain.errors import StorageError
from fondaco.domain.ports import Registry
from fondaco.kit.clock import Clock

log = structlog.get_logger(__name__)

_KEEP_MS = 7 * 86_400_000  # of what is over; whoever repeats a request does so within a day
_FIRST_SECONDS = 60.0  # a process that has just begun has better things to do
_EVERY_SECONDS = 3_600.0


class Broom:
    """Deletes spent links, ended sign-ins, kept replies and what budgets held, a week after their time."""

    def __init__(self, registry: Registry, ledger: Ledger, clock: Clock) -> None:
        self._registry = registry
        self._ledger = ledger
        self._clock = clock

    async def run(self) -> None:
        """Sweep every hour until cancelled."""
        await self._clock.sleep(_FIRST_SECONDS)
        while True:
            try:
                await self.sweep()
            except StorageError as error:
                log.warning("not_swept", error=str(error))
            await self._clock.sleep(_EVERY_SECONDS)

    async def sweep(self) -> int:
        """Delete what is over; return how many rows.  Raises StorageError."""
        now_ms = self._clock.now_ms()
        before = datetime.fromtimestamp((now_ms - _KEEP_MS) / 1000, UTC).date()
        expired = await self._registry.forget_expired(now_ms, _KEEP_MS)
        periods = await self._ledger.forget_held(before.isoformat())
        if expired or periods:
            log.info("swept", expired=expired, budget_periods=periods)
        return expired + periods
