"""How many event streams are open, whose they are, and how all of them end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fondaco.kit.signals import Bell
from fondaco.server.problem import BUSY, Refused, too_many

_WAIT_SECONDS = 5


class Streams:
    """Counts open streams and lets no more than so many in."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._owners: Counter[str] = Counter()
        self._bells: set[Bell] = set()
        self.closing = False  #: whether the server stops, so that every stream has to end

    def __len__(self) -> int:
        return len(self._bells)

    @contextmanager
    def one(self, owner: str, limit: int, bell: Bell) -> Iterator[None]:
        """Count one stream of ``owner`` for as long as the block runs; ``bell`` wakes it at the end.

        Raises Refused if this owner, or everybody together, has enough streams open, or the server stops.
        """
        self._demand_room(owner, limit)
        self._owners[owner] += 1
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)
            self._owners[owner] -= 1
            if not self._owners[owner]:
                del self._owners[owner]

    def close(self) -> None:
        """End every stream and let none in any more."""
        self.closing = True
        for bell in self._bells:
            bell.ring()

    def _demand_room(self, owner: str, limit: int) -> None:
        if self._owners.get(owner, 0) >= limit:
            raise too_many(_WAIT_SECONDS, f"open streams ({limit} may be open at once)")
        if len(self._bells) >= self._limit or self.closing:
            raise Refused(
                BUSY,
                "The server cannot hold another stream at the moment; try again.",
                headers=[("Retry-After", str(_WAIT_SECONDS))],
            )
