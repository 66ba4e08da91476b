"""One HTTP client for everything that calls out: bounded answers, deadlines, and honest failures.

A caller must know whether a request can have been processed, so failures come in two kinds only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp

# Below the five seconds after which common servers close an idle connection: a request that meets the
# closing of its connection looks as if it might have been processed.
_KEEP_ALIVE_SECONDS = 4.0


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
            async with asyncio.timeout(timeout_seconds):
                return await self._exchange(method, url, headers, body)
        except aiohttp.ClientConnectorError as error:
            raise NotSent(f"{method} {_without_query(url)}: no connection ({error.os_error})") from error
        except aiohttp.InvalidURL as error:
            raise NotSent(f"{method}: {_without_query(url)} is no address") from error
        except TimeoutError as error:
            raise NoAnswer(
                f"{method} {_without_query(url)}: no answer within {timeout_seconds:g} s"
            ) from error
        except aiohttp.ClientError as error:
            raise NoAnswer(f"{method} {_without_query(url)}: {type(error).__name__}") from error

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | None
    ) -> HttpAnswer:
        async with self._opened().request(
            method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            text = await answer.content.read(self._max_body_bytes + 1)
            while len(text) <= self._max_body_bytes and (more := await answer.content.read(65_536)):
                text += more
            if len(text) > self._max_body_bytes:
                raise NoAnswer(f"{method} {_without_query(url)}: more than {self._max_body_bytes} bytes")
            return HttpAnswer(answer.status, answer.headers, text)

    def _opened(self) -> aiohttp.ClientSession:
        if self._pool is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE_SECONDS)
            # Deadlines are ours, per request; the library's own would double them.
            # No cookies: what one contact's request was given must never go out with another's.
            self._pool = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
            )
        return self._pool


def _without_query(url: str) -> str:
    """Return the address without its query, which may carry personal data."""
    return url.split("?", 1)[0]
