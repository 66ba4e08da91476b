"""A client that keeps what it hears, so that a probe can look at it a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fondaco.kit.http import HttpClient, HttpStream

_MOST_BYTES = 1_000_000  # a probe's answer is short; what is longer is no answer


@dataclass(slots=True)
class Heard:
    """One answer as it came."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)  #: names in lower case
    body: bytearray = field(default_factory=bytearray)


class ListeningClient(HttpClient):
    """Keeps the latest answer."""

    def __init__(self) -> None:
        super().__init__(connections=1)
        self.heard = Heard()

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        connect_seconds: float = 5.0,
    ) -> AsyncIterator[HttpStream]:
        """Send one request as ``HttpClient`` does, and keep what comes."""
        self.heard = Heard()
        opened = super().stream(method, url, headers=headers, body=body, connect_seconds=connect_seconds)
        async with opened as answer:
            self.heard.status = answer.status
            self.heard.headers = {name.lower(): value for name, value in answer.headers.items()}
            yield _Kept(answer, self.heard)


class _Kept(HttpStream):
    __slots__ = ("_answer", "_heard")

    def __init__(self, answer: HttpStream, heard: Heard) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self._answer = answer
        self._heard = heard

    def pieces(self) -> AsyncIterator[bytes]:
        return self._kept()

    async def _kept(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.pieces():
            if len(self._heard.body) < _MOST_BYTES:
                self._heard.body += piece
            yield piece
