"""Tools of MCP servers, by the official package (``fondaco[mcp]``); imported where one is configured."""
