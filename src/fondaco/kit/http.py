"""One HTTP client for everything that calls out: bounded answers, deadlines, and honest failures.

A caller must know whether a request can have been processed, so failures come in two kinds only.
The library is aiohttp; ``python -m fondaco.lab.transports`` shows why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from math import inf
from types import TracebackType
from typing import Self

import aiohttp

# Below the five seconds after which common servers close an idle connection: a request that meets the
# closing of its connection looks as if it might have been processed.
_KEEP_ALIVE_SECONDS = 4.0

# A request that is still without a connection shortly before its deadline fails as not sent; at the deadline
# itself nobody could tell any more.
_CONNECT_SHARE = 0.9


class HttpFault(Exception):
    """A request got no usable answer."""


class NotSent(HttpFault):
    """The request certainly was not processed: no connection came about."""


class NoAnswer(HttpFault):
    """The request may have been processed: the connection broke, or time ran out, after it was sent."""


class HttpAnswer:
    """Status, headers and the whole body of an answer."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class HttpStream:
    """Status and headers (found in any case) of an answer, and its body as it comes."""

    __slots__ = ("_content", "_what", "headers", "status")

    def __init__(self, answer: aiohttp.ClientResponse, what: str) -> None:
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self._content = answer.content
        self._what = what

    def pieces(self) -> AsyncIterator[bytes]:
        """Return the body's bytes as they come; asking again goes on where the last one stopped.

        The iteration raises NoAnswer where the connection breaks before the end of the body.
        """
        return _Pieces(self._content, self._what)


class _Pieces:
    """An iterator and no generator: one that is left early needs nobody to finish it."""

    __slots__ = ("_content", "_what")

    def __init__(self, content: aiohttp.StreamReader, what: str) -> None:
        self._content = content
        self._what = what

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await self._content.readany()
        except aiohttp.ClientError as error:
            raise NoAnswer(f"{self._what}: {type(error).__name__}") from error
        if not piece:
            raise StopAsyncIteration
        return piece


class HttpClient:
    """A pool of connections that is opened at the first request and closed with ``close``."""

    def __init__(self, *, connections: int = 100, max_body_bytes: int = 1_000_000) -> None:
        self._connections = connections
        self._max_body_bytes = max_body_bytes
        self._pool: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; the client opens new ones if it is used again."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_seconds: float = 5.0,
    ) -> HttpAnswer:
        """Send one request, follow no redirect, and read the answer up to the size limit.

        Raises NotSent or NoAnswer; a status of 400 and more is an answer, not a failure.
        """
        try:
            async with (
                asyncio.timeout(timeout_seconds),
                self.stream(
                    method,
                    url,
                    headers=headers,
                    body=body,
                    connect_seconds=timeout_seconds * _CONNECT_SHARE,
                ) as answer,
            ):
                return HttpAnswer(answer.status, answer.headers, await self._whole(answer, method, url))
        except TimeoutError as error:
            raise NoAnswer(f"{_said(method, url)}: no answer within {timeout_seconds:g} s") from error

    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        connect_seconds: float = 5.0,
    ) -> AbstractAsyncContextManager[HttpStream]:
        """Send one request, follow no redirect, and give the answer while its body is still coming.

        Leaving the block before the end of the body closes the connection at once, without anything to wait
        for, so that no cancellation can interrupt it.  How long an answer may take is the caller's to say,
        with ``asyncio.timeout`` around the block.  ``connect_seconds`` bounds only the wait for a connection,
        a free one of the pool included.

        Raises NotSent or NoAnswer; a status of 400 and more is an answer, not a failure.
        """
        opening = self._opened().request(
            method,
            url,
            headers=headers,
            data=body,
            allow_redirects=False,
            timeout=_within(connect_seconds),
        )
        return _Exchange(opening, _said(method, url))

    async def _whole(self, answer: HttpStream, method: str, url: str) -> bytes:
        pieces, size = [], 0
        async for piece in answer.pieces():
            pieces.append(piece)
            size += len(piece)
            if size > self._max_body_bytes:
                raise NoAnswer(f"{_said(method, url)}: more than {self._max_body_bytes} bytes")
        return b"".join(pieces)

    def _opened(self) -> aiohttp.ClientSession:
        if self._pool is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE_SECONDS)
            # No cookies: what one contact's request was given must never go out with another's.
            self._pool = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True
            )
        return self._pool


class _Exchange(AbstractAsyncContextManager[HttpStream]):
    """One request and its answer; a class, since a generator costs more than the rest of this file."""

    __slots__ = ("_answer", "_opening", "_what")

    def __init__(self, opening: Awaitable[aiohttp.ClientResponse], what: str) -> None:
        self._opening = opening
        self._what = what
        self._answer: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> HttpStream:
        """Tell the library's failures before the body apart: without a connection, or after it was used."""
        what = self._what
        try:
            self._answer = answer = await self._opening
        except aiohttp.ClientConnectorError as error:
            raise NotSent(f"{what}: no connection ({error.os_error})") from error
        except aiohttp.ConnectionTimeoutError as error:
            raise NotSent(f"{what}: no connection in time") from error
        except aiohttp.InvalidURL as error:
            raise NotSent(f"{what} is no address") from error
        except ValueError as error:  # such as credentials in the address and in a header
            raise NotSent(f"{what} is no request that can be sent; look at its headers") from error
        except aiohttp.ClientError as error:
            raise NoAnswer(f"{what}: {type(error).__name__}") from error
        return HttpStream(answer, what)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._answer is not None:
            self._answer.close()


@lru_cache(maxsize=64)
def _within(connect_seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect_seconds, ceil_threshold=inf)


def _said(method: str, url: str) -> str:
    """Return the request without its query, which may carry personal data."""
    return f"{method} {url.split('?', 1)[0]}"
