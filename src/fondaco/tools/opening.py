"""Opens the sources that tools are taken from, for as long as a block runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fondaco.kit.http import HttpClient
from fondaco.tools.openapi.taking import StateNames, openapi_tools
from fondaco.tools.options import ToolSourceOptions
from fondaco.tools.toolbox import Tool


@asynccontextmanager
async def opened_sources(
    sources: Sequence[ToolSourceOptions], client: HttpClient, names: StateNames
) -> AsyncIterator[list[Tool]]:
    """Give the tools of every source.  Raises ConfigurationError."""
    tools: list[Tool] = []
    for at, source in enumerate(sources):
        tools += openapi_tools(source, client, names, f"tool_sources[{at}]")
    yield tools
