"""The same request twice, one effect and the same answer (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from fondaco.domain.errors import InvalidInput
from fondaco.domain.ports import Registry
from fondaco.kit.clock import Clock
from fondaco.server.answer import Answer, Header

HEADER = "Idempotency-Key"
REPLAYED: Header = (b"idempotent-replayed", b"true")


def read_key(headers: Mapping[bytes, bytes], pattern: re.Pattern[str]) -> str:
    """Return the request's key, or nothing.  Raises InvalidInput for one that cannot be kept."""
    given = headers.get(b"idempotency-key")
    if given is None:
        return ""
    key = given.decode("latin-1")
    if not pattern.fullmatch(key):
        raise InvalidInput(f"{HEADER} must match {pattern.pattern}.", field=HEADER)
    return key


def request_hash(operation: str, path: Mapping[str, str], body: bytes) -> str:
    """Return what tells one request from another under the same key."""
    digest = hashlib.sha256(operation.encode())
    for name in sorted(path):
        digest.update(f"\n{name}={path[name]}".encode())
    digest.update(b"\n\n" + body)
    return digest.hexdigest()


class Replies:
    """Keeps the answers that were given to keys."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._working: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    async def once(self, owner: str, key: str, request: str, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """Act, or return what came of it when this key came before.

        An answer that is an error is not kept: whoever tries again may do better.
        Raises InvalidInput where the key came with another request.
        """
        async with self._alone(owner, key):
            kept = await self._registry.recall_reply(owner, key)
            if kept is not None:
                return _replayed(kept, request)
            answer = await act()
            reply = b"%d\n%s" % (answer.status, answer.body)
            await self._registry.remember_reply(owner, key, request, reply, self._clock.now_ms())
            return answer

    @asynccontextmanager
    async def _alone(self, owner: str, key: str) -> AsyncIterator[None]:
        """Let the same key's second request wait for the first."""
        name = (owner, key)
        lock, waiting = self._working.get(name, (asyncio.Lock(), 0))
        self._working[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._working.pop(name)
            if waiting > 1:
                self._working[name] = (lock, waiting - 1)


def _replayed(kept: tuple[str, bytes], request: str) -> Answer:
    before, reply = kept
    if before != request:
        raise InvalidInput(
            f"This {HEADER} came before with another request; use a new key for a new request.", field=HEADER
        )
    status, _, body = reply.partition(b"\n")
    return Answer(status=int(status), body=body, headers=(REPLAYED,))
