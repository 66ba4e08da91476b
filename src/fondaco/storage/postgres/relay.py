"""Words that cross from one process to another by NOTIFY, and are kept nowhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from fondaco.domain.errors import FondacoError
from fondaco.storage.postgres.database import Database
from fondaco.storage.postgres.statements import NOTIFY

RELAY_CHANNEL = "fondaco_relay"
_PAYLOAD_BYTES = 7_900  # PostgreSQL takes fewer than 8,000 (manual, NOTIFY)
_SEPARATOR = "\n"
_MOST_WAITING = 2_000


class PostgresRelay:
    """The port ``Relay``.  What comes together meanwhile goes out together, the newest under each key."""

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin
        self._hearers: list[Callable[[str], None]] = []
        self._waiting: dict[str, str] = {}
        self._sender: asyncio.Task[None] | None = None
        self.longest_bytes = _PAYLOAD_BYTES - len((origin + _SEPARATOR).encode())

    def tell(self, key: str, words: str) -> None:
        if len(self._waiting) < _MOST_WAITING or key in self._waiting:
            self._waiting[key] = words
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    def listen(self, hear: Callable[[str], None]) -> None:
        self._hearers.append(hear)

    def heard(self, payload: str) -> None:
        """Pass on what came by NOTIFY, unless it is this process's own."""
        origin, _, words = payload.partition(_SEPARATOR)
        if origin == self._origin:
            return
        for hear in self._hearers:
            hear(words)

    async def drain(self) -> None:
        """Wait until everything has been told."""
        while (sender := self._sender) is not None:
            await asyncio.wait([sender])

    async def _send(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            payloads = [f"{self._origin}{_SEPARATOR}{words}" for words in waiting.values()]
            # Whoever is not told now is told more next time, and the whole message in the end.
            with contextlib.suppress(FondacoError):
                await self._database.rows(NOTIFY, RELAY_CHANNEL, payloads)
        self._sender = None
