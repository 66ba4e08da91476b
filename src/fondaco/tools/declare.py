"""Turns a Python function into a tool."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from fondaco.domain.errors import ConfigurationError, ToolError, ToolFailed, ToolUncertain
from fondaco.domain.tools import Effect, FieldKind, Parameter, ParameterSource, ToolSpec, Verification

#: Parameters of these names are bound by the server and never read from a text.
_BOUND = frozenset({"contact_id", "subject", "workspace_id", "language"})
_WHOLE_MESSAGE = "message"

ToolFunction = Callable[..., Awaitable[dict[str, Any]]]


class PythonTool:
    """A tool that runs a coroutine function of this process."""

    def __init__(self, spec: ToolSpec, function: ToolFunction) -> None:
        self.spec = spec
        self._function = function
        self._wants_key = "idempotency_key" in inspect.signature(function).parameters

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Call the function and return its result in the types of JSON, as the journal gives it back.

        Raises ToolFailed or, where it may have changed something, ToolUncertain when it raises or returns
        anything but a dictionary.
        """
        key = {"idempotency_key": idempotency_key} if self._wants_key else {}
        try:
            result = await self._function(**arguments, **key)
        except ToolError:
            raise
        except Exception as error:  # the shop's own code may raise anything, and a turn must survive it
            raise self._doubt(f"raised {type(error).__name__}: {error}") from error
        if not isinstance(result, dict):
            raise self._doubt(f"returned {type(result).__name__}; return a dictionary.")
        try:
            return msgspec.json.decode(msgspec.json.encode(result), type=dict[str, Any])
        except (TypeError, ValueError) as error:
            raise self._doubt(f"returned what is no JSON ({error}); return plain values.") from error

    def _doubt(self, what: str) -> ToolError:
        doubt = ToolUncertain if self.spec.effect is Effect.WRITE else ToolFailed
        return doubt(f"{self.spec.name} {what}")


def tool(
    description: str,
    *,
    patterns: dict[str, str] | None = None,
    fields: dict[str, FieldKind] | None = None,
    effect: Effect = Effect.READ,
    verification: Verification = Verification.NONE,
    timeout_seconds: float = 5.0,
) -> Callable[[ToolFunction], PythonTool]:
    """Declare a coroutine function as a tool.

    ``patterns`` maps a parameter to the regular expression that finds it in a message; ``fields`` maps
    a field of the result to how it is written.  Parameters named ``contact_id``, ``subject``,
    ``workspace_id`` or ``language`` are bound by the server, ``message`` receives the contact's words,
    ``idempotency_key`` the key of the call.  Raises ConfigurationError for a parameter without a source,
    a pattern that does not compile or belongs to no parameter, and a function that is no coroutine function.
    """

    def declared(function: ToolFunction) -> PythonTool:
        name = getattr(function, "__name__", "tool")
        if not inspect.iscoroutinefunction(function):
            raise ConfigurationError(f"Tool {name!r} is no coroutine function; declare it with 'async def'.")
        spec = ToolSpec(
            name=name,
            description=description,
            parameters=_parameters(function, patterns or {}),
            effect=effect,
            verification=verification,
            fields=fields or {},
            timeout_seconds=timeout_seconds,
            idempotent="idempotency_key" in inspect.signature(function).parameters,
        )
        return PythonTool(spec, function)

    return declared


def _parameters(function: ToolFunction, patterns: dict[str, str]) -> tuple[Parameter, ...]:
    declared = inspect.signature(function).parameters
    lost = sorted(patterns.keys() - declared.keys())
    if lost:
        raise ConfigurationError(
            f"patterns names {lost[0]!r}, which is no parameter; the function has: {', '.join(declared)}."
        )
    return tuple(
        _parameter(name, patterns, required=parameter.default is inspect.Parameter.empty)
        for name, parameter in declared.items()
        if name != "idempotency_key"
    )


def _parameter(name: str, patterns: dict[str, str], *, required: bool) -> Parameter:
    if name in _BOUND:
        return Parameter(name=name, source=ParameterSource.SERVER, server_value=name, required=required)
    if name == _WHOLE_MESSAGE:
        return Parameter(name=name, source=ParameterSource.TEXT, required=required)
    if name not in patterns:
        raise ConfigurationError(
            f"Parameter {name!r} has no source: give patterns={{{name!r}: r'…'}} or name it 'message'."
        )
    try:
        re.compile(patterns[name])
    except re.error as error:
        raise ConfigurationError(
            f"The pattern of {name!r} does not compile ({error}); write a regular expression of Python."
        ) from error
    return Parameter(name=name, pattern=patterns[name], ask=f"ask_{name}", required=required)
