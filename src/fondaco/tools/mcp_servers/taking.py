"""Takes the tools of an MCP server: the chosen ones, or all that it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import structlog
from mcp.types import Tool as Offered

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Effect, ToolSpec, Verification
from fondaco.tools.declared_parameters import demand_proof, laid_over
from fondaco.tools.foreign import told_of_tool
from fondaco.tools.mcp_servers.connection import McpConnection
from fondaco.tools.mcp_servers.reading import promised
from fondaco.tools.mcp_servers.tool import McpTool
from fondaco.tools.options import SourceToolOptions, ToolSourceOptions, tool_name, with_options
from fondaco.tools.schemas import Schemas

log = structlog.get_logger(__name__)

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_SHOWN = 10


def mcp_tools(
    source: ToolSourceOptions,
    offered: list[Offered],
    connection: McpConnection,
    names: Callable[[str], dict[str, dict[str, dict[str, str]]]],
    place: str,
) -> Iterator[McpTool]:
    """Yield the tools that the operator has chosen, or all.

    What the server says of a tool (``readOnlyHint`` and its like) is a hint of a stranger: each changes
    something, under a contract that only tries it dry, unless the operator says otherwise.  A tool that
    nobody has chosen and that cannot be used is left out with a warning.  Raises ConfigurationError, naming
    ``place``, for a chosen one.
    """
    known = {one.name: one for one in offered}
    for at, chosen in enumerate(source.tools):
        if chosen.operation not in known:
            there = ", ".join(list(known)[:_SHOWN]) or "none"
            raise ConfigurationError(
                f"{place}.tools[{at}].operation names {chosen.operation!r}, which {connection.name} does not "
                f"have; it has: {there}."
            )
        yield _tool(source, chosen, known[chosen.operation], connection, names, f"{place}.tools[{at}]")
    for one in [] if source.tools else offered:
        chosen = SourceToolOptions(operation=one.name)
        try:
            yield _tool(source, chosen, one, connection, names, place)
        except ConfigurationError as error:
            log.warning("mcp_tool_left_out", server=connection.name, tool=one.name[:64], why=str(error))


def _tool(
    source: ToolSourceOptions,
    chosen: SourceToolOptions,
    one: Offered,
    connection: McpConnection,
    names: Callable[[str], dict[str, dict[str, dict[str, str]]]],
    place: str,
) -> McpTool:
    name = tool_name(source, one.name, chosen.name)
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{place}: {name[:64]!r} is no name for a tool; write name = … for it.")
    try:
        told = promised(one)
    except ConfigurationError as error:
        raise ConfigurationError(f"{place}: {one.name[:64]} cannot be used: {error}.") from error
    personal = chosen.verification is not Verification.NONE
    parameters = laid_over(told.parameters, chosen.parameters, (), place, personal=personal)
    demand_proof(parameters, chosen.verification, place)
    spec = ToolSpec(
        name=name,
        description=chosen.description or told_of_tool(one.description or one.title or one.name),
        parameters=parameters,
        effect=chosen.effect or Effect.WRITE,
        state_names=names(name),
        result_schema=told.result_schema,
        definitions=told.definitions,
    )
    Schemas(spec)  # a schema that is none is found here, where the tool can still be left out
    return McpTool(with_options(spec, chosen), one.name, connection)
