"""Declares, checks, authorises, runs and journals tools."""

from fondaco.tools.caller import Binding, ToolCaller
from fondaco.tools.declare import PythonTool, tool
from fondaco.tools.http_tool import HttpTool
from fondaco.tools.opening import opened_sources
from fondaco.tools.options import (
    CodeOptions,
    HttpToolOptions,
    SourceToolOptions,
    ToolOptions,
    ToolSourceOptions,
    VerifierOptions,
    tool_name,
)
from fondaco.tools.toolbox import Tool, Toolbox, Verifier

__all__ = [
    "Binding",
    "CodeOptions",
    "HttpTool",
    "HttpToolOptions",
    "PythonTool",
    "SourceToolOptions",
    "Tool",
    "ToolCaller",
    "ToolOptions",
    "ToolSourceOptions",
    "Toolbox",
    "Verifier",
    "VerifierOptions",
    "opened_sources",
    "tool",
    "tool_name",
]
