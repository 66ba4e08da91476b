"""Tells other processes what this one's breakers have learnt, and the other way round."""

from __future__ import annotations

import structlog

from fondaco.domain.errors import StorageError
from fondaco.domain.ports import SharedNotes
from fondaco.kit.clock import Clock
from fondaco.llm.breakers import BreakerBoard

log = structlog.get_logger(__name__)

TOPIC = "breaker"
_TELL_SECONDS = 0.25  # a change is told this soon; without one nothing is written
_LISTEN_MS = 1_000
_OVERLAP_MS = 60_000  # clocks of hosts differ, and a note may be stored later than it was dated


class BreakerSync:
    """Keeps a board in step with those of other processes.

    Reading a note twice, or in another order, changes nothing.  Where somebody's note replaced one that knew
    more, whoever knows more says it again.  While the database cannot be reached every process goes on with
    what it knows by itself.
    """

    def __init__(self, board: BreakerBoard, notes: SharedNotes, clock: Clock) -> None:
        self._board = board
        self._notes = notes
        self._clock = clock
        self._listen_at_ms = 0.0
        self._newest_ms = 0
        self._cut_off = False

    async def run(self) -> None:
        """Tell and listen until cancelled."""
        while True:
            await self.step()
            await self._clock.sleep(_TELL_SECONDS)

    async def step(self) -> None:
        """Listen if it is time to, then tell what is new."""
        try:
            if self._clock.monotonic_ms() >= self._listen_at_ms:
                await self.listen()
            await self.tell()
        except StorageError as error:
            if not self._cut_off:
                log.warning("breakers cannot be shared", why=str(error))
            self._cut_off = True
            return
        self._cut_off = False

    async def listen(self) -> None:
        """Learn what others have told.  Raises StorageError."""
        for note in await self._notes.notes(TOPIC, max(0, self._newest_ms - _OVERLAP_MS)):
            # A host whose clock is ahead must not make this one deaf to the others.
            self._newest_ms = max(self._newest_ms, min(note.at_ms, self._clock.now_ms()))
            self._board.adopt(note.key, note.data)
        self._listen_at_ms = self._clock.monotonic_ms() + _LISTEN_MS

    async def tell(self) -> None:
        """Tell others what is new.  Raises StorageError."""
        changes = self._board.take_changes()
        told = 0
        try:
            for key, data in changes:
                await self._notes.put_note(TOPIC, key, data, self._clock.now_ms())
                told += 1
        finally:
            for key, _ in changes[told:]:
                self._board.untell(key)
