"""Reads the typed signature of a function as JSON Schema."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.domain.errors import ConfigurationError

_REFERENCE = "#/$defs/{name}"
_NO_TYPE = (inspect.Parameter.empty, Any)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives."""

    kinds: dict[str, Any]  #: parameter -> its annotation, where it has one that says something
    schemas: dict[str, dict[str, Any]]  #: parameter -> JSON Schema; empty for a plain text
    required: frozenset[str]
    result: dict[str, Any] = field(default_factory=dict)  #: empty where it may be any object
    definitions: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Signature:
        """Return the signature.  Raises ConfigurationError for what no JSON Schema expresses."""
        declared = inspect.signature(function).parameters
        hints = _hints(function)
        kinds = {name: hints[name] for name in declared if hints.get(name, Any) not in _NO_TYPE}
        given = hints.get("return")
        schemas, definitions = _schemas(function, [*kinds.values(), *([given] if _is_object(given) else [])])
        by_name = dict(zip(kinds, schemas, strict=False))
        return cls(
            kinds=kinds,
            schemas={
                name: {} if schema == {"type": "string"} else schema for name, schema in by_name.items()
            },
            required=frozenset(
                name for name, one in declared.items() if one.default is inspect.Parameter.empty
            ),
            result=schemas[-1] if _is_object(given) else {},
            definitions=definitions,
        )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise ConfigurationError(
            f"The annotations of {_name(function)!r} cannot be read ({error}); "
            "define its types at the top of the module."
        ) from error


def _schemas(
    function: Callable[..., Any], kinds: list[Any]
) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    try:
        return msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(
            f"An annotation of {_name(function)!r} cannot become a JSON Schema "
            f"({str(error).partition(chr(10))[0]}); "
            "write str, int, float, bool, Literal, a list of them or a msgspec.Struct."
        ) from error


def _is_object(kind: Any) -> bool:
    """Return whether a result of this annotation has named fields."""
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or typing.is_typeddict(kind))


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "tool")
