"""Holds the values of a tool against its JSON Schemas: arguments before a call, the result after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Parameter, ToolSpec

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

#: That there is no such thing is a result of every tool, whatever else it declares.
NOT_FOUND: Mapping[str, Any] = {"found": False}

_BACKTRACKS = 10_000  # of an expression over one text; a pattern from elsewhere may be an evil one
_LONGEST_FAULT = 300
_PLAIN_KINDS = frozenset({"integer", "number", "boolean"})


class Schemas:
    """What the arguments and the result of one tool must be.  Nothing is ever fetched from a network.

    Raises ConfigurationError where a schema is none, or points to something that is not there.
    """

    def __init__(self, spec: ToolSpec) -> None:
        self._spec = spec
        self._arguments = _compiled(arguments_schema(spec, spec.parameters), spec) if _typed(spec) else None
        self._result = (
            _compiled(with_definitions(spec.result_schema, spec), spec) if spec.result_schema else None
        )

    def argument_fault(self, arguments: Mapping[str, Any]) -> str:
        """Return what is wrong with the first wrong argument; empty where all are right.

        It names the argument and never quotes its value, which may be a secret.
        """
        if self._arguments is not None:
            return _first_fault(self._arguments, dict(arguments))
        wrong = [name for name, value in arguments.items() if not isinstance(value, str)]
        return f"{wrong[0]}: the value is no text" if wrong else ""

    def result_fault(self, result: dict[str, Any]) -> str:
        """Return what is wrong with the result; empty where nothing is."""
        if self._result is None or result == NOT_FOUND:
            return ""
        return _first_fault(self._result, result)


def arguments_schema(spec: ToolSpec, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these parameters of the tool, and no others."""
    schema = {
        "type": "object",
        "properties": {one.name: one.schema or {"type": "string"} for one in parameters},
        "required": [one.name for one in parameters if one.required],
        "additionalProperties": False,
    }
    return with_definitions(schema, spec)


def with_definitions(schema: dict[str, Any], spec: ToolSpec) -> dict[str, Any]:
    """Return the schema with what its references point to."""
    return schema | {"$defs": spec.definitions} if spec.definitions else schema


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """Return a text as the number or truth value that the schema wants; else the text as it is.

    What is read from a message, bound by the server or written in quotes by a model is a text.
    """
    wanted = _kinds(schema)
    if "string" in wanted or not wanted & _PLAIN_KINDS:
        return text
    try:
        value = msgspec.json.decode(text.strip())
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, bool | int | float) else text


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    kind = schema.get("type", [])
    kinds = frozenset([kind] if isinstance(kind, str) else kind)
    either = [_kinds(one) for one in schema.get("anyOf", ()) if isinstance(one, Mapping)]
    return kinds.union(*either)


def _typed(spec: ToolSpec) -> bool:
    return any(one.schema for one in spec.parameters)


def _compiled(schema: dict[str, Any], spec: ToolSpec) -> Draft202012Validator:
    # Imported where a tool declares a schema at all: most commands need none, and it costs 30 ms.
    from jsonschema_rs import (  # noqa: PLC0415
        Draft202012Validator,
        FancyRegexOptions,
        ReferencingError,
        ValidationError,
    )

    try:
        return Draft202012Validator(
            schema,
            validate_formats=True,
            mask="the value",
            pattern_options=FancyRegexOptions(backtrack_limit=_BACKTRACKS),
            offline=True,
        )
    except (ValidationError, ReferencingError, ValueError) as error:
        place = ".".join(str(part) for part in getattr(error, "instance_path", ()))
        what = str(getattr(error, "message", error)).partition("\n")[0]
        raise ConfigurationError(
            f"Tool {spec.name!r}: a schema is none ({place}{': ' if place else ''}{what}); "
            "write JSON Schema (2020-12)."
        ) from error


def _first_fault(validator: Draft202012Validator, value: dict[str, Any]) -> str:
    fault = next(iter(validator.iter_errors(value)), None)
    if fault is None:
        return ""
    place = ".".join(str(part) for part in fault.instance_path)
    return f"{place}{': ' if place else ''}{fault.message}"[:_LONGEST_FAULT]
