"""What the server knows of who asks, and how it becomes the arguments of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fondaco.domain.errors import ToolRefused
from fondaco.domain.ids import ContactId, TurnId, WorkspaceId
from fondaco.domain.tools import Parameter, ParameterSource, ToolSpec, Verification
from fondaco.kit.language import Language
from fondaco.tools.schemas import typed

_EMPTY = (None, "")


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """What the server knows about who asks; no word of it comes from the contact's text."""

    turn_id: TurnId
    workspace_id: WorkspaceId
    contact_id: ContactId
    language: Language
    verification: Verification
    subject: str = ""  #: whom the merchant's system knows; empty without verification
    by_code: bool = False  #: a one-time code of this subject came back, and still counts
    challenge: str = ""  #: names the sending of a one-time code, for the two tools that deal with it
    message: str = ""  #: the contact's words, for parameters that take the whole text


def authorise(spec: ToolSpec, binding: Binding) -> None:
    """Raise ToolRefused where the contact is not verified enough for the tool."""
    ranks = list(Verification)
    if spec.verification is Verification.CODE:  # who is signed in need not be who sits there
        enough = binding.by_code
    else:
        enough = ranks.index(binding.verification) >= ranks.index(spec.verification)
    if not enough:
        raise ToolRefused(
            f"{spec.name} demands verification {spec.verification.value!r}, "
            f"but the contact has {binding.verification.value!r}."
        )


def bound(spec: ToolSpec, arguments: Mapping[str, Any], binding: Binding) -> dict[str, Any]:
    """Return everything that the tool is called with; what is not declared is dropped.

    Raises ToolRefused where something that is required is missing.
    """
    known: dict[str, Any] = {}
    for parameter in spec.parameters:
        value = _value(parameter, arguments, binding)
        if value not in _EMPTY or (value == "" and parameter.schema):  # a model may mean an empty text
            known[parameter.name] = typed(value, parameter.schema) if isinstance(value, str) else value
        elif parameter.required:
            raise ToolRefused(f"{spec.name}: {parameter.name} is missing.")
    return known


def _value(parameter: Parameter, arguments: Mapping[str, Any], binding: Binding) -> Any:
    match parameter.source:
        case ParameterSource.SERVER:
            return str(getattr(binding, parameter.server_value))
        case ParameterSource.TEXT:
            return binding.message
        case ParameterSource.MESSAGE:
            return arguments.get(parameter.name)
