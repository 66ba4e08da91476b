"""Lays what the operator says of parameters over what a source says of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import BOUND_BY_SERVER, Parameter, ParameterSource, Verification


def laid_over(
    found: Iterable[Parameter], said: Iterable[Parameter], used: Iterable[str], place: str, *, personal: bool
) -> tuple[Parameter, ...]:
    """Return the parameters of a tool: the source's schemas, and the operator's word on who fills them.

    ``used`` names what stands in header templates: these places may be parameters that the source does not
    know, and those that the server binds need not be declared; a ``personal`` tool cannot do without them.
    Raises ConfigurationError, naming ``place``.
    """
    known = {one.name: one for one in found}
    for one in said:
        if one.name not in known and one.name not in used:
            there = ", ".join(known) or "none"
            raise ConfigurationError(
                f"{place}.parameters names {one.name!r}, which the operation does not have; it has: {there}."
            )
        known[one.name] = _merged(known.get(one.name), one)
    for name in used:
        if name not in known and name not in BOUND_BY_SERVER:
            raise ConfigurationError(f"{place}: a header names {name!r}; declare it as a parameter.")
        if name not in known:
            known[name] = Parameter(
                name=name, source=ParameterSource.SERVER, server_value=name, required=personal
            )
    return tuple(known.values())


def demand_proof(parameters: Iterable[Parameter], verification: Verification, place: str) -> None:
    """Raise ConfigurationError where a tool is told who is proven and demands no proof."""
    bound = any(one.server_value == "subject" and one.required for one in parameters)
    if bound and verification is Verification.NONE:
        raise ConfigurationError(
            f"{place}.verification is 'none'; write \"matched\": only then is there a subject to bind."
        )


def _merged(found: Parameter | None, said: Parameter) -> Parameter:
    if said.source is ParameterSource.SERVER and said.server_value not in BOUND_BY_SERVER:
        raise ConfigurationError(
            f"Parameter {said.name!r}: server_value is {said.server_value!r}; "
            f"write one of {', '.join(BOUND_BY_SERVER)}."
        )
    if found is None:
        return said
    required = said.required if said.source is ParameterSource.SERVER else found.required
    return msgspec.structs.replace(said, schema=said.schema or found.schema, required=required)
