"""Starts the MCP server of the tests over HTTP, and opens sources."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fondaco.domain.tools import Effect
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.tools import SourceToolOptions, Tool, ToolSourceOptions, opened_sources
from fondaco.tools.toolbox import Absent

SERVER = str(Path(__file__).with_name("mcp_shop.py"))
COMMAND = (sys.executable, SERVER)


def chosen(operation: str, **more: Any) -> SourceToolOptions:
    return SourceToolOptions(operation=operation, **more)


def stdio(*tools: SourceToolOptions, **more: Any) -> ToolSourceOptions:
    return ToolSourceOptions(mcp_command=COMMAND, tools=tools, **more)


@asynccontextmanager
async def opened(source: ToolSourceOptions) -> AsyncIterator[dict[str, Tool]]:
    async with HttpClient() as client, opened_sources([source], client, lambda _: {}) as tools:
        yield {tool.spec.name: tool for tool in tools if not isinstance(tool, Absent)}


@asynccontextmanager
async def http_server() -> AsyncIterator[str]:
    """Serve the shop on loopback and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        *COMMAND, str(port), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _answering(port)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


async def _answering(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await SystemClock().sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError(f"nothing listens on {port}")


READ = Effect.READ
