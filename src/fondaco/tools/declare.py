"""Turns a Python function into a tool."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import Any

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
        """Call the function.  Raises ToolFailed when it raises or returns anything but a dictionary."""
        key = {"idempotency_key": idempotency_key} if self._wants_key else {}
        try:
            result = await self._function(**arguments, **key)
        except ToolError:
            raise
        except Exception as error:  # the shop's own code may raise anything, and a turn must survive it
            doubt = ToolUncertain if self.spec.effect is Effect.WRITE else ToolFailed
            raise doubt(f"{self.spec.name} raised {type(error).__name__}: {error}") from error
        if not isinstance(result, dict):
            raise ToolFailed(f"{self.spec.name} returned {type(result).__name__}; return a dictionary.")
        return result


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
    ``idempotency_key`` the key of the call.  Raises ConfigurationError for a parameter without a source.
    """

    def declared(function: ToolFunction) -> PythonTool:
        spec = ToolSpec(
            name=getattr(function, "__name__", "tool"),
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
    typing.get_type_hints(function)  # an annotation that cannot be read fails here, not at the first call
    signature = inspect.signature(function)
    return tuple(
        _parameter(name, patterns, required=parameter.default is inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
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
    return Parameter(name=name, pattern=patterns[name], ask=f"ask_{name}", required=required)
