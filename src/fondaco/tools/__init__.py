"""Declares, checks, authorises, runs and journals tools."""

from fondaco.tools.caller import Binding, ToolCaller
from fondaco.tools.declare import PythonTool, tool
from fondaco.tools.http_tool import HttpTool
from fondaco.tools.options import HttpToolOptions, VerifierOptions
from fondaco.tools.toolbox import Tool, Toolbox, Verifier

__all__ = [
    "Binding",
    "HttpTool",
    "HttpToolOptions",
    "PythonTool",
    "Tool",
    "ToolCaller",
    "Toolbox",
    "Verifier",
    "VerifierOptions",
    "tool",
]
