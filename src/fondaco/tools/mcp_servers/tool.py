"""A tool of an MCP server."""

from __future__ import annotations

from typing import Any

from fondaco.domain.errors import ToolFailed, ToolUncertain
from fondaco.domain.tools import Effect, ToolSpec
from fondaco.tools.mcp_servers.connection import McpConnection
from fondaco.tools.mcp_servers.reading import result_of, text_of

_LONGEST_ERROR = 300


class McpTool:
    """Asks the server, and reads its structured result, or the JSON of its text, or the text itself."""

    def __init__(self, spec: ToolSpec, remote_name: str, connection: McpConnection) -> None:
        self.spec = spec
        self.origin = f"{connection.name} {remote_name}"
        self._remote_name = remote_name
        self._connection = connection

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Call the tool.  Raises ToolFailed or ToolUncertain."""
        try:
            result = await self._connection.call(self._remote_name, arguments, idempotency_key)
        except ToolUncertain as error:
            if self.spec.effect is Effect.READ:
                raise ToolFailed(str(error)) from error
            raise
        if result.is_error:
            # What the server did before it failed, nobody knows.
            doubt = ToolFailed if self.spec.effect is Effect.READ else ToolUncertain
            raise doubt(f"{self.spec.name}: {text_of(result)[:_LONGEST_ERROR] or 'it reports an error'}")
        return result_of(result)
