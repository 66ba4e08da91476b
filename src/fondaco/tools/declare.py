"""Turns a Python function into a tool."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypedDict, Unpack

import msgspec

from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError, ToolError, ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import (
    BOUND_BY_SERVER,
    Effect,
    FieldKind,
    Parameter,
    ParameterSource,
    ToolSpec,
    Verification,
)
from fondaco.tools.signatures import Signature

#: Parameters of these names are bound by the server and never read from a text.
_BOUND = frozenset(BOUND_BY_SERVER)
_WHOLE_MESSAGE = "message"
_KEY = "idempotency_key"

ToolFunction = Callable[..., Awaitable[Any]]


class Promises(TypedDict, total=False):
    """What a declaration may say besides what the function says itself; see ``ToolSpec``."""

    fields: dict[str, FieldKind]
    effect: Effect
    verification: Verification
    timeout_seconds: float
    attempts: int
    at_once: int
    calls_per_minute: int
    cache_seconds: float
    fallback: tuple[str, ...]
    last_known_seconds: int
    examples: tuple[dict[str, Any], ...]
    contract: Contract


class PythonTool:
    """A tool that runs a coroutine function of this process."""

    def __init__(self, spec: ToolSpec, function: ToolFunction) -> None:
        self.spec = spec
        self._function = function
        self._kinds = Signature.of(function).kinds
        self._wants_key = _KEY in inspect.signature(function).parameters

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Call the function and return its result in the types of JSON, as the journal gives it back.

        Raises ToolRefused for arguments that are not of the annotated types, and ToolFailed or, where it
        may have changed something, ToolUncertain when it raises or returns anything but an object.
        """
        full = self._converted(arguments) | ({_KEY: idempotency_key} if self._wants_key else {})
        try:
            result = await self._function(**full)
        except ToolError:
            raise
        except Exception as error:  # the shop's own code may raise anything, and a turn must survive it
            raise self._doubt(f"raised {type(error).__name__}: {error}") from error
        if not isinstance(result, dict | msgspec.Struct):
            raise self._doubt(f"returned {type(result).__name__}; return a dictionary.")
        try:
            return msgspec.json.decode(msgspec.json.encode(result), type=dict[str, Any])
        except (TypeError, ValueError) as error:
            raise self._doubt(f"returned what is no JSON ({error}); return plain values.") from error

    def _converted(self, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return {
                name: msgspec.convert(value, self._kinds.get(name, Any)) for name, value in arguments.items()
            }
        except msgspec.ValidationError as error:
            raise ToolRefused(f"{self.spec.name}: {error}.") from error

    def _doubt(self, what: str) -> ToolError:
        doubt = ToolUncertain if self.spec.effect is Effect.WRITE else ToolFailed
        return doubt(f"{self.spec.name} {what}")


def tool(
    description: str, *, patterns: dict[str, str] | None = None, **promises: Unpack[Promises]
) -> Callable[[ToolFunction], PythonTool]:
    """Declare a coroutine function as a tool.

    The annotations become the JSON Schema of the arguments; that of the result follows from a return
    annotation that is a ``msgspec.Struct`` or a ``TypedDict``.  ``patterns`` maps a parameter to the regular
    expression that finds it in a message; without one, only models fill it.  ``fields`` maps a field of the
    result to how it is written.  Parameters that are named as in ``BOUND_BY_SERVER`` are bound by the
    server, ``message`` receives the contact's words, ``idempotency_key`` the key of the call.

    Raises ConfigurationError for a parameter with neither annotation nor pattern, an annotation that no JSON
    Schema expresses, a pattern that does not compile or belongs to no parameter, and a function that is no
    coroutine function.
    """

    def declared(function: ToolFunction) -> PythonTool:
        name = getattr(function, "__name__", "tool")
        if not inspect.iscoroutinefunction(function):
            raise ConfigurationError(f"Tool {name!r} is no coroutine function; declare it with 'async def'.")
        signature = Signature.of(function)
        spec = ToolSpec(
            name=name,
            description=description,
            parameters=_parameters(function, signature, patterns or {}),
            idempotent=_KEY in inspect.signature(function).parameters,
            definitions=signature.definitions,
            result_schema=signature.result,
            **promises,
        )
        return PythonTool(spec, function)

    return declared


def _parameters(
    function: ToolFunction, signature: Signature, patterns: dict[str, str]
) -> tuple[Parameter, ...]:
    declared = inspect.signature(function).parameters
    lost = sorted(patterns.keys() - declared.keys())
    if lost:
        raise ConfigurationError(
            f"patterns names {lost[0]!r}, which is no parameter; the function has: {', '.join(declared)}."
        )
    return tuple(_parameter(name, signature, patterns) for name in declared if name != _KEY)


def _parameter(name: str, signature: Signature, patterns: dict[str, str]) -> Parameter:
    required, schema = name in signature.required, signature.schemas.get(name, {})
    if name in _BOUND:
        return Parameter(
            name=name, source=ParameterSource.SERVER, server_value=name, required=required, schema=schema
        )
    if name == _WHOLE_MESSAGE:
        return Parameter(name=name, source=ParameterSource.TEXT, required=required)
    if name not in patterns and name not in signature.kinds:
        raise ConfigurationError(
            f"Parameter {name!r} has no source: annotate it, give patterns={{{name!r}: r'…'}}, "
            "or name it 'message'."
        )
    pattern = _checked(name, patterns.get(name, ""))
    return Parameter(name=name, pattern=pattern, ask=f"ask_{name}", required=required, schema=schema)


def _checked(name: str, pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(
            f"The pattern of {name!r} does not compile ({error}); write a regular expression of Python."
        ) from error
    return pattern
