"""What the types of the settings of tool sources do not say."""

from __future__ import annotations

import re
from typing import NoReturn

from fondaco.config.reading import Path, Where, dotted
from fondaco.config.settings import Settings
from fondaco.domain.errors import ConfigurationError
from fondaco.tools.http_calls import places_of
from fondaco.tools.options import ToolSourceOptions, tool_name


def check_sources(settings: Settings, where: Where) -> None:
    """Raise ConfigurationError for the first source that cannot work."""
    names = [tool.name for tool in settings.tools]
    for at, source in enumerate(settings.tool_sources):
        path = ("tool_sources", str(at))
        _kind(source, path, where)
        for place, chosen in enumerate(source.tools):
            inner = (*path, "tools", str(place))
            name = tool_name(source, chosen.operation, chosen.name)
            if name in names:
                _refuse(inner, f"is the second tool called {name!r}", "give it a name of its own", where)
            names.append(name)
            for number, parameter in enumerate(chosen.parameters):
                _pattern(parameter.pattern, (*inner, "parameters", str(number), "pattern"), where)


def _kind(source: ToolSourceOptions, path: Path, where: Where) -> None:
    kinds = [name for name in ("openapi", "mcp_url", "mcp_command") if getattr(source, name)]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "neither a document nor a server"
        _refuse(path, f"names {found}", "write one of openapi, mcp_url and mcp_command", where)
    if source.openapi and not source.tools:
        _refuse(
            (*path, "tools"), "is empty", "write [[tool_sources.tools]] with an operation to choose", where
        )
    bound = [name for name, text in source.headers.items() if places_of(text)]
    if source.mcp_url and bound:
        _refuse(
            (*path, "headers", bound[0]),
            "has a place in braces, but the connection serves every contact",
            'bind a parameter of the tool with source = "server"',
            where,
        )
    for name in ("mcp_url", "base_url"):
        address = getattr(source, name)
        if address and not re.match(r"https?://", address):
            # The address itself may hold a secret, so it is not told.
            _refuse((*path, name), "is no address", "begin it with http:// or https://", where)


def _pattern(pattern: str, path: Path, where: Where) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        _refuse(path, f"does not compile ({error})", "write a regular expression of Python", where)


def _refuse(path: Path, wrong: str, write: str, where: Where) -> NoReturn:
    raise ConfigurationError(f"{where(path)}{dotted(path)} {wrong}; {write}.")
