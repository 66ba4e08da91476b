"""A doorbell inside one process: says that something may have changed, never what is true."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """One listener's bell; rings that come while nobody waits are kept as one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_seconds: float) -> bool:
        """Wait for a ring; return whether one came before the time was over."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class SignalHub:
    """Rings every bell that hangs at a topic.

    A ring may be lost between processes or come twice; whoever listens reads the truth
    from the store and also looks by itself from time to time.
    """

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)

    def ring(self, topic: str) -> None:
        """Wake everyone who listens to ``topic``."""
        for bell in self._bells.get(topic, ()):
            bell.ring()

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Bell]:
        """Hang one bell at all these topics for as long as the block runs."""
        bell = Bell()
        for topic in topics:
            self._bells[topic].add(bell)
        try:
            yield bell
        finally:
            for topic in topics:
                self._bells[topic].discard(bell)
                if not self._bells[topic]:
                    del self._bells[topic]
