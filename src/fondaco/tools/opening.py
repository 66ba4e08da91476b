"""Opens the sources that tools are taken from, for as long as a block runs."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from fondaco.domain.errors import ConfigurationError, ToolFailed
from fondaco.kit.http import HttpClient
from fondaco.tools.openapi.taking import StateNames, openapi_tools
from fondaco.tools.options import ToolSourceOptions, source_name, tool_name
from fondaco.tools.toolbox import Absent, Tool

log = structlog.get_logger(__name__)


@asynccontextmanager
async def opened_sources(
    sources: Sequence[ToolSourceOptions], client: HttpClient, names: StateNames
) -> AsyncIterator[list[Tool | Absent]]:
    """Give the tools of every source; MCP servers stay connected until the block ends.

    Those of an optional source that cannot be reached are given as absent.

    Raises ConfigurationError, and ToolFailed for a server that cannot be reached and is not optional.
    """
    tools: list[Tool | Absent] = []
    async with AsyncExitStack() as stack:
        for at, source in enumerate(sources):
            place = f"tool_sources[{at}]"
            if source.openapi:
                tools += openapi_tools(source, client, names, place)
            else:
                tools += await _of_server(stack, source, names, place)
        yield tools


async def _of_server(
    stack: AsyncExitStack, source: ToolSourceOptions, names: StateNames, place: str
) -> list[Tool | Absent]:
    if importlib.util.find_spec("mcp") is None:
        raise ConfigurationError(
            f"{place} names an MCP server, which needs the package of the protocol; install fondaco[mcp]."
        )
    # An extra, and half a second of imports.
    from fondaco.tools.mcp_servers.connection import McpConnection  # noqa: PLC0415
    from fondaco.tools.mcp_servers.taking import mcp_tools  # noqa: PLC0415

    connection = await stack.enter_async_context(McpConnection(source))
    try:
        offered = await connection.tools()
    except ToolFailed as error:
        if not source.optional:
            raise
        log.warning("tool_source_left_out", source=source_name(source), why=str(error))
        return [Absent(tool_name(source, one.operation, one.name)) for one in source.tools]
    return list(mcp_tools(source, offered, connection, names, place))
