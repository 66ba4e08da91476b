"""How many processes ask models under the same keys, so that together they keep to what the operator set.

A limit of the settings is for all of them.  Whoever has asked lately says so in a note; each takes an equal
part.  What a provider's headers tell needs no sharing, since it counts everybody.
"""

from __future__ import annotations

import structlog

from fondaco.domain.errors import StorageError
from fondaco.domain.ports import SharedNotes
from fondaco.kit.clock import Clock
from fondaco.llm.limiter import Limiters

log = structlog.get_logger(__name__)

TOPIC = "asking"
_EVERY_SECONDS = 5.0
_LATELY_MS = 30_000  # who has asked nothing for so long needs no part
_KEEP_MS = 86_400_000  # of notes of processes that are no more


class Neighbours:
    """Tells other processes that this one asks, and divides the limits by how many do.

    While the database cannot be reached everybody keeps the part they have, so that the whole stays within
    the limits.
    """

    def __init__(self, name: str, limiters: Limiters, notes: SharedNotes, clock: Clock) -> None:
        self._name = name
        self._limiters = limiters
        self._notes = notes
        self._clock = clock
        self._cut_off = False
        self._sweep_at_ms = 0

    async def run(self) -> None:
        """Tell and count until cancelled."""
        while True:
            await self.step()
            await self._clock.sleep(_EVERY_SECONDS)

    async def step(self) -> None:
        """Tell whether this process asks, and take the part of the limits that is its own."""
        try:
            others = await self._told_and_counted()
        except StorageError as error:
            if not self._cut_off:
                log.warning("limits_cannot_be_shared", why=str(error))
            self._cut_off = True
            return
        self._cut_off = False
        self._limiters.share_with(others)

    async def _told_and_counted(self) -> int:
        now_ms = self._clock.now_ms()
        if self._limiters.used_within(_LATELY_MS):
            await self._notes.put_note(TOPIC, self._name, b"", now_ms)
        notes = await self._notes.notes(TOPIC, now_ms - _LATELY_MS)
        if now_ms >= self._sweep_at_ms:
            await self._notes.forget_notes(TOPIC, now_ms - _KEEP_MS)
            self._sweep_at_ms = now_ms + _KEEP_MS
        return len({note.key for note in notes} - {self._name})
