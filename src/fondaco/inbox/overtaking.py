"""Breaks a slow turn off when it can no longer end well: the contact wrote again, or somebody took over."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from fondaco.domain.errors import StorageError
from fondaco.domain.ports import Store
from fondaco.domain.turns import Lease, Work, unanswered
from fondaco.inbox.journal import LeasedJournal
from fondaco.kit.clock import Clock
from fondaco.kit.signals import Bell

T = TypeVar("T")

#: How long a turn runs unobserved, and the pause between two looks: words that are shown while they are
#: said ring the conversation's bell as well.
_PAUSE_SECONDS = 0.25
_LOOK_SECONDS = 5.0  # how often to look without having been rung for


class Overtaken(Exception):
    """The contact has written since the turn began."""


class Overtaking:
    """Watches the conversation of a turn while the turn runs."""

    def __init__(self, store: Store, clock: Clock, lease: Lease) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease

    async def watch(self, running: Coroutine[Any, Any, T], work: Work, journal: LeasedJournal) -> T:
        """Return what ``running`` returns; a call that changes something is waited for in any case.

        Raises Overtaken or LeaseLost when it was broken off, and what it raises itself.
        """
        turn = asyncio.create_task(running)
        newer = asyncio.create_task(self._until_newer(work))
        try:
            await asyncio.wait((turn, newer), return_when=asyncio.FIRST_COMPLETED)
            while journal.has_effect_under_way and not turn.done():
                await self._first_of(turn, journal)
            if turn.done():
                return turn.result()
            newer.result()
            raise Overtaken
        finally:
            turn.cancel()
            newer.cancel()
            await asyncio.gather(turn, newer, return_exceptions=True)

    async def _first_of(self, turn: asyncio.Task[T], journal: LeasedJournal) -> None:
        quiet = asyncio.create_task(journal.quiet())
        try:
            await asyncio.wait((turn, quiet), return_when=asyncio.FIRST_COMPLETED)
        finally:
            quiet.cancel()

    async def _until_newer(self, work: Work) -> None:
        """Return when the contact has written again.  Raises LeaseLost when somebody else answers."""
        asked = unanswered(work.records)
        with self._store.signals.listen(f"conversation:{self._lease.conversation_id}") as bell:
            await self._clock.sleep(_PAUSE_SECONDS)
            while await self._asked(asked) == asked:
                await self._pause(bell)

    async def _asked(self, before: tuple[Any, ...]) -> tuple[Any, ...]:
        with suppress(StorageError):  # then the turn's own commit finds out
            return unanswered((await self._store.read_work(self._lease)).records)
        return before

    async def _pause(self, bell: Bell) -> None:
        await bell.wait(_LOOK_SECONDS)
        await self._clock.sleep(_PAUSE_SECONDS)
