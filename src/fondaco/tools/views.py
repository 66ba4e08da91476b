"""What the operator is shown of a tool, and how it is tried without a contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable
from urllib.parse import SplitResult, parse_qsl, urlsplit

import msgspec

from fondaco.domain.contracts import Contract
from fondaco.domain.errors import InvalidInput
from fondaco.domain.tools import Effect, FieldKind, Parameter, ParameterSource, ToolSpec, Verification
from fondaco.tools.http_calls import HttpRequest, as_text
from fondaco.tools.schemas import typed
from fondaco.tools.toolbox import Tool, Toolbox

MASK = "•••"
_OPEN_HEADERS = frozenset({"accept", "content-type", "idempotency-key"})
_STAND_INS = {
    "contact_id": "contact",
    "workspace_id": "default",
    "language": "en",
    "subject": "subject",
    "challenge": "cod_trial",
}


@runtime_checkable
class Previews(Protocol):
    """A tool that can say which request it would send."""

    def request(self, arguments: dict[str, Any], idempotency_key: str) -> HttpRequest:
        """Return what would be sent.  Raises ToolRefused."""
        ...


class ToolView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a tool promises and demands."""

    name: str
    origin: str  #: where it comes from
    description: str
    effect: Effect
    verification: Verification
    parameters: tuple[Parameter, ...]
    fields: dict[str, FieldKind]
    fallback: tuple[str, ...]
    last_known_seconds: int
    cache_seconds: float
    timeout_seconds: float
    attempts: int
    idempotent: bool
    at_once: int
    calls_per_minute: int
    contract: Contract | None  #: None for a tool that only looks something up
    result_schema: dict[str, Any]
    examples: int  #: how many there are
    proves: bool  #: it is one of the tools that prove who writes


def view_of(tool: Tool, toolbox: Toolbox) -> ToolView:
    """Return what the operator is shown of a tool; a WRITE without a contract has the one of the defaults."""
    spec = tool.spec
    return ToolView(
        name=spec.name,
        origin=getattr(tool, "origin", "python"),
        description=spec.description,
        effect=spec.effect,
        verification=spec.verification,
        parameters=spec.parameters,
        fields=spec.fields,
        fallback=spec.fallback,
        last_known_seconds=spec.last_known_seconds,
        cache_seconds=spec.cache_seconds,
        timeout_seconds=spec.timeout_seconds,
        attempts=spec.attempts,
        idempotent=spec.idempotent,
        at_once=spec.at_once,
        calls_per_minute=spec.calls_per_minute,
        contract=(spec.contract or Contract()) if spec.effect is Effect.WRITE else None,
        result_schema=spec.result_schema,
        examples=len(spec.examples),
        proves=spec.name in toolbox.proving,
    )


def tried_with(spec: ToolSpec, toolbox: Toolbox, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call that no contact makes; what is bound by the server has a stand-in.

    Raises InvalidInput for an argument that is missing, wrong, or none of the tool's.
    """
    unknown = given.keys() - {one.name for one in spec.parameters}
    if unknown:
        there = ", ".join(one.name for one in spec.parameters) or "none"
        raise InvalidInput(f"{spec.name} has no parameter {min(unknown)}; it has: {there}.")
    found = {one.name: _given(one, given) for one in spec.parameters}
    missing = [one.name for one in spec.parameters if one.required and found[one.name] is None]
    if missing:
        raise InvalidInput(f"{spec.name} needs {', '.join(missing)}; give each with --argument name=value.")
    full = {name: value for name, value in found.items() if value is not None}
    fault = toolbox.schemas(spec.name).argument_fault(full)
    if fault:
        raise InvalidInput(f"{spec.name}: {fault}.")
    return full


def _given(parameter: Parameter, given: Mapping[str, Any]) -> Any:
    value = given.get(parameter.name)
    if value is None and parameter.source is ParameterSource.SERVER:
        return _STAND_INS[parameter.server_value]
    if not isinstance(value, str):
        return value
    return _nested(value) if parameter.schema and value[:1] in "{[" else typed(value, parameter.schema)


def _nested(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def masked(request: HttpRequest, arguments: Mapping[str, Any]) -> HttpRequest:
    """Return the request without the secrets that the operator has put into it; arguments are shown."""
    shown = {as_text(value) for value in arguments.values()}
    headers = {
        name: value if name.lower() in _OPEN_HEADERS or value in shown else MASK
        for name, value in request.headers.items()
    }
    return msgspec.structs.replace(request, url=_masked_url(request.url, shown), headers=headers)


def _masked_url(url: str, shown: set[str]) -> str:
    parts = urlsplit(url)
    queries = [
        f"{name}={value if value in shown or set(value.split(',')) <= shown else MASK}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    host = re.sub(r"^.*@", f"{MASK}@", parts.netloc)
    return SplitResult(parts.scheme, host, parts.path, "&".join(queries), parts.fragment).geturl()
