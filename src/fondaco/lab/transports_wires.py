"""The same few calls on each HTTP library, so that they can be compared on the same work.

A library is imported by name when it is asked for: only one of them is what fondaco runs on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any, Protocol

MAX_BODY_BYTES = 1_000_000
KEEP_ALIVE_SECONDS = 4.0
_CONNECTIONS = 2_000
_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer none"}


class TooLong(Exception):
    """The body is longer than the limit, and was not read to its end."""


class Wire(Protocol):
    """What a caller needs of an HTTP library."""

    def stream(self, url: str, body: bytes) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """POST ``body`` and give the pieces of the answer's body as they come."""
        ...

    def not_sent(self, error: Exception) -> bool:
        """Return whether the library says of a failure that no server can have seen the request."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


async def post(wire: Wire, url: str, body: bytes) -> int:
    """Return the size of the whole answer.  Raises TooLong, and whatever the library raises."""
    size = 0
    async with wire.stream(url, body) as pieces:
        async for piece in pieces:
            size += len(piece)
            if size > MAX_BODY_BYTES:
                raise TooLong
    return size


def wire_of(name: str, connect_seconds: float = 5.0) -> Wire:
    """Return the wire called ``name``, which waits so long for a connection.

    Raises ModuleNotFoundError where its library is not installed.
    """
    return WIRES[name](connect_seconds)


class Aiohttp:
    """aiohttp by itself, set up as fondaco needs it."""

    def __init__(self, connect_seconds: float) -> None:
        self._library = import_module("aiohttp")
        connector = self._library.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS)
        self._pool = self._library.ClientSession(
            connector=connector,
            timeout=self._library.ClientTimeout(total=None, connect=connect_seconds),
            cookie_jar=self._library.DummyCookieJar(),
        )

    @asynccontextmanager
    async def stream(self, url: str, body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
        """POST as the library documents it."""
        async with self._pool.post(url, data=body, headers=_HEADERS, allow_redirects=False) as answer:
            yield answer.content.iter_any()

    def not_sent(self, error: Exception) -> bool:
        """Go by the classes that the library documents for a connection that did not come about."""
        return isinstance(error, (self._library.ClientConnectorError, self._library.ConnectionTimeoutError))

    async def close(self) -> None:
        """Close the library's pool."""
        await self._pool.close()


class Pyreqwest:
    """pyreqwest by itself, set up as fondaco needs it."""

    def __init__(self, connect_seconds: float) -> None:
        self._errors = import_module("pyreqwest.exceptions")
        builder = import_module("pyreqwest.client").ClientBuilder()
        builder = builder.no_proxy().follow_redirects(enable=False).connect_timeout(_span(connect_seconds))
        self._pool = builder.pool_idle_timeout(_span(KEEP_ALIVE_SECONDS)).build()

    @asynccontextmanager
    async def stream(self, url: str, body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
        """POST as the library documents it, giving each piece when it comes."""
        request = self._pool.post(url).headers(_HEADERS).body_bytes(body)
        async with request.streamed_read_buffer_limit(0).build_streamed() as answer:
            yield self._pieces(answer.body_reader)

    async def _pieces(self, reader: Any) -> AsyncIterator[bytes]:
        while (piece := await reader.read_chunk()) is not None:
            yield piece

    def not_sent(self, error: Exception) -> bool:
        """Go by the classes that the library documents for a connection that did not come about."""
        return isinstance(error, (self._errors.ConnectError, self._errors.ConnectTimeoutError))

    async def close(self) -> None:
        """Close the library's pool."""
        await self._pool.close()


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


class PyreqwestByText(Pyreqwest):
    """pyreqwest, told apart by the English text of the Rust library underneath instead of by class."""

    def not_sent(self, error: Exception) -> bool:
        """Look for the words that hyper-util prints for a failure before there is a connection."""
        if isinstance(error, self._errors.ConnectTimeoutError):
            return True
        causes = getattr(error, "details", {}).get("causes") or []
        return any(cause["message"] == "client error (Connect)" for cause in causes)


class OfFondaco:
    """What fondaco itself calls out with."""

    def __init__(self, connect_seconds: float) -> None:
        self._library = import_module(
            "fondaco.kit.http"
        )  # by name too: the peer's interpreter has no aiohttp
        self._connect_seconds = connect_seconds
        self._client = self._library.HttpClient(connections=_CONNECTIONS)

    @asynccontextmanager
    async def stream(self, url: str, body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
        """POST through the one client."""
        async with self._client.stream(
            "POST", url, headers=_HEADERS, body=body, connect_seconds=self._connect_seconds
        ) as answer:
            yield answer.pieces()

    def not_sent(self, error: Exception) -> bool:
        """Go by fondaco's own two kinds of failure."""
        return isinstance(error, self._library.NotSent)

    async def close(self) -> None:
        """Close the pool."""
        await self._client.close()


WIRES: dict[str, Callable[[float], Wire]] = {
    "fondaco": OfFondaco,
    "aiohttp": Aiohttp,
    "pyreqwest": Pyreqwest,
    "pyreqwest by text": PyreqwestByText,
}
