"""Keeps one MCP server connected: started when it is wanted, and again after it has died.

One task opens the connection and closes it, since the library's scopes must end in the task that began them;
calls come from any task.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any, Self, cast

import structlog
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolResult,
    RequestParamsMeta,
    Tool,
)

from fondaco.domain.errors import ToolFailed, ToolUncertain
from fondaco.tools.options import ToolSourceOptions, source_name

log = structlog.get_logger(__name__)

_MOST_TOOLS = 500
_MOST_PAGES = 50
_SILENT_CALLS = 3  # given up in a row, after which the connection counts as dead
_SAYS_NO = frozenset({INVALID_PARAMS, METHOD_NOT_FOUND})


class McpConnection:
    """One MCP server, over its standard streams or over HTTP."""

    def __init__(self, source: ToolSourceOptions) -> None:
        self._source = source
        self.name = source_name(source)
        self._client: Client | None = None
        self._wanted = asyncio.Event()
        self._changed = asyncio.Condition()
        self._over = asyncio.Event()
        self._tries = 0  #: how often a connection was begun
        self._why = ""  #: why the last one came to nothing
        self._silent = 0
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper

    async def tools(self) -> list[Tool]:
        """Return what the server has.  Raises ToolFailed."""
        client = await self._connected()
        found: list[Tool] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            try:
                page = await client.list_tools(cursor=cursor)
            except MCPError as error:
                raise ToolFailed(f"{self.name} does not list its tools ({error})") from error
            found += page.tools
            cursor = page.next_cursor
            if not cursor or len(found) > _MOST_TOOLS:
                break
        return found[:_MOST_TOOLS]

    async def call(self, name: str, arguments: dict[str, Any], idempotency_key: str) -> CallToolResult:
        """Return what the tool gave.

        Raises ToolFailed where nothing was sent, or the server knows no such call; ToolUncertain otherwise.
        """
        client = await self._connected()
        try:
            result = await client.call_tool(name, arguments, meta=_meta(idempotency_key))
        except MCPError as error:
            if error.code in _SAYS_NO:
                raise ToolFailed(f"{self.name} refuses {name} ({error})", is_final=True) from error
            self._suspect(client, dead=error.code == CONNECTION_CLOSED)
            raise ToolUncertain(f"{self.name} gave no answer to {name} ({error})") from error
        except asyncio.CancelledError:
            self._silent += 1
            self._suspect(client, dead=self._silent >= _SILENT_CALLS)
            raise
        except (OSError, RuntimeError, ValueError) as error:
            self._suspect(client, dead=True)
            raise ToolUncertain(f"{self.name} gave no usable answer to {name} ({error})") from error
        self._silent = 0
        return result

    def _suspect(self, client: Client, *, dead: bool) -> None:
        if client is self._client and (dead or self._source.mcp_url):
            self._over.set()

    async def _connected(self) -> Client:
        """Return the connection that stands, or the one that comes about now.  Raises ToolFailed."""
        if self._client is not None and not self._over.is_set():
            return self._client
        before = self._tries
        self._wanted.set()
        async with self._changed:
            await self._changed.wait_for(lambda: self._tries > before)
        if self._client is None:
            raise ToolFailed(f"{self.name} cannot be reached ({self._why})")
        return self._client

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._over.clear()
            try:
                await self._connection()
            except Exception as error:  # noqa: BLE001 (see tests/house/allowances.py)
                await self._settle(None, _innermost(error))
            self._client = None

    async def _connection(self) -> None:
        """Open the connection, hand it out, and close it when it is over."""
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self._source.connect_seconds):
                client = await self._opened(stack)
            self._silent = 0
            await self._settle(client, "")
            await self._over.wait()
            self._client = None
        log.warning("mcp_connection_over", server=self.name)

    async def _opened(self, stack: AsyncExitStack) -> Client:
        source = self._source
        if source.mcp_url:
            http = await stack.enter_async_context(create_mcp_http_client(headers=dict(source.headers)))
            return await stack.enter_async_context(
                Client(streamable_http_client(source.mcp_url, http_client=http), cache=None)
            )
        command, *rest = source.mcp_command
        started = StdioServerParameters(command=command, args=rest, env=dict(source.mcp_env))
        return await stack.enter_async_context(Client(started, cache=None))

    async def _settle(self, client: Client | None, why: str) -> None:
        """Tell everybody who waits what came of the try."""
        async with self._changed:
            self._client, self._why = client, why
            self._tries += 1
            self._changed.notify_all()


def _meta(idempotency_key: str) -> RequestParamsMeta:
    """Return what goes beside the arguments; a key of our own, as the protocol allows."""
    return cast("RequestParamsMeta", {"idempotency_key": idempotency_key})


def _innermost(error: BaseException) -> str:
    """Return what went wrong first, out of the groups of a task group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
