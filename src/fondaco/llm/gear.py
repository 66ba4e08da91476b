"""What every question to a model goes through, in one place: breakers, limits, money, retries, figures."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from fondaco.domain.errors import StorageError
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.lateness import LoopLateness
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.estimates import Estimator
from fondaco.llm.hedging import HedgeGauge
from fondaco.llm.limiter import Limiters
from fondaco.llm.meters import ModelMeters
from fondaco.llm.options import LlmOptions, ProviderOptions
from fondaco.llm.purse import Purse
from fondaco.llm.retry_budget import RetryBudgets
from fondaco.llm.secrets import Secrets
from fondaco.llm.targets import Profile, Target

log = structlog.get_logger(__name__)

_NEWEST_WEIGHT = 0.1  # of the latest answer in the mean time that a target takes


@dataclass(slots=True, kw_only=True)
class Gear:
    """The parts that attempts share."""

    options: LlmOptions
    http: HttpClient
    secrets: Secrets
    board: BreakerBoard
    limiters: Limiters
    retries: RetryBudgets
    hedges: HedgeGauge
    purse: Purse
    estimator: Estimator
    meters: ModelMeters
    clock: Clock
    chance: Chance
    lateness: LoopLateness
    _typical_ms: dict[str, float] = field(default_factory=dict)
    _lowered: dict[str, Profile] = field(default_factory=dict)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    def provider_of(self, target: Target) -> ProviderOptions:
        """Return the settings of a target's provider."""
        return next(one for one in self.options.providers if one.name == target.provider)

    def typical_ms(self, target: Target) -> float:
        """Return how long this target takes for an answer, on average lately; 0 before the first."""
        return self._typical_ms.get(target.name, 0.0)

    def took(self, target: Target, duration_ms: float) -> None:
        """Remember how long an answer took."""
        known = self._typical_ms.get(target.name)
        newest = duration_ms if known is None else known + (duration_ms - known) * _NEWEST_WEIGHT
        self._typical_ms[target.name] = newest

    def profile_of(self, target: Target) -> Profile:
        """Return the target's profile, less what it was found not to understand."""
        return self._lowered.get(target.name, target.profile)

    def lower(self, target: Target, profile: Profile) -> None:
        """Ask this target for less from now on."""
        self._lowered[target.name] = profile

    def write_down(self, writing: Coroutine[Any, Any, Any]) -> None:
        """Finish a write of the ledger beside what goes on; where it fails, the most that is owed stays."""
        task = asyncio.create_task(self._written(writing))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def written(self) -> None:
        """Wait until everything that is being written down is, and what nobody wants is given back."""
        await self.purse.drain()
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self.purse.drain()

    async def _written(self, writing: Coroutine[Any, Any, Any]) -> None:
        try:
            await writing
        except StorageError as error:
            log.warning("cost_not_written", error=str(error))
