"""Learns how many requests to models the shop's episodes take, so that plans reckon with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog

from fondaco.domain.errors import StorageError
from fondaco.kit.clock import Clock

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 3_600.0  # a shop's conversations do not change from one hour to the next


class EpisodeLengths:
    """How many of the latest episodes ended after how many requests; read beside the turns, never by one."""

    def __init__(self, read: Callable[[], Awaitable[Mapping[int, int]]], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._latest: Mapping[int, int] = {}

    def latest(self) -> Mapping[int, int]:
        """Return what was read last; nothing before that, so that plans go by what is usual elsewhere."""
        return self._latest

    async def run(self) -> None:
        """Read now and every hour until cancelled; what was read stays where the database is away."""
        while True:
            try:
                self._latest = await self._read()
            except StorageError as error:
                log.warning("episode_lengths_not_read", error=str(error))
            await self._clock.sleep(_EVERY_SECONDS)
