"""Reads what an MCP server says of its tools; all of it is data of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from mcp.types import CallToolResult, TextContent, Tool

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Parameter
from fondaco.tools.foreign import told_in_schema

_MOST_BYTES = 100_000  # of one tool's schemas
_OLD, _NEW, _RESULT = "#/definitions/", "#/$defs/", "#/$defs/result_"


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """The schemas of one tool."""

    parameters: tuple[Parameter, ...]
    result_schema: dict[str, Any]
    definitions: dict[str, Any]


def promised(tool: Tool) -> Promised:
    """Return the parameters and the result of a tool.  Raises ConfigurationError for what cannot be used."""
    if len(msgspec.json.encode([tool.input_schema, tool.output_schema])) > _MOST_BYTES:
        raise ConfigurationError(f"its schemas are larger than {_MOST_BYTES} bytes")
    try:
        taken, given = told_in_schema(tool.input_schema), told_in_schema(tool.output_schema or {})
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"its schemas cannot be used ({error})") from error
    properties = _pointing(taken.get("properties") or {}, _NEW)
    needed = set(taken.get("required") or ())
    definitions = _pointing(_definitions(taken), _NEW)
    results = {f"result_{name}": _pointing(one, _RESULT) for name, one in _definitions(given).items()}
    body = {name: one for name, one in given.items() if name not in ("$defs", "definitions", "$schema")}
    return Promised(
        parameters=tuple(
            Parameter(name=name, schema=schema if isinstance(schema, dict) else {}, required=name in needed)
            for name, schema in properties.items()
        ),
        result_schema=_pointing(body, _RESULT) if body.get("type") == "object" else {},
        definitions=definitions | results,
    )


def result_of(result: CallToolResult) -> dict[str, Any]:
    """Return the object of a result: the structured one, or the one that its text is; else the text."""
    if isinstance(result.structured_content, dict):
        return result.structured_content
    text = text_of(result)
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        found = None
    if isinstance(found, dict):
        return found
    return {"items": found} if isinstance(found, list) else {"text": text}


def text_of(result: CallToolResult) -> str:
    """Return the words of a result; pictures, sounds and files are left out."""
    return "\n".join(one.text for one in result.content if isinstance(one, TextContent))


def _definitions(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**(schema.get("definitions") or {}), **(schema.get("$defs") or {})}


def _pointing(schema: Any, to: str) -> Any:
    """Return the schema with its references to definitions of its own pointing to where they are now."""
    if isinstance(schema, list):
        return [_pointing(one, to) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return dict(_moved(schema, to))


def _moved(schema: Mapping[str, Any], to: str) -> Iterator[tuple[str, Any]]:
    for name, value in schema.items():
        if name == "$ref" and isinstance(value, str):
            for old in (_OLD, _NEW):
                if value.startswith(old):
                    yield name, to + value.removeprefix(old)
                    break
            else:
                yield name, value
        else:
            yield name, _pointing(value, to)
