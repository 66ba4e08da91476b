"""Reads the values of tool parameters out of what a contact wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from fondaco.domain.tools import Parameter, ParameterSource


def read_values(text: str, parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return the values found, by parameter; what one parameter has matched is not offered to the next.

    So in ``RI-10482, 10115`` the five digits of the order number are not taken for a postcode.
    """
    rest = unicodedata.normalize("NFKC", text)
    found: dict[str, str] = {}
    for parameter in parameters:
        if parameter.source is not ParameterSource.MESSAGE or not parameter.pattern:
            continue
        match = re.search(parameter.pattern, rest, re.IGNORECASE)
        if match is None:
            continue
        found[parameter.name] = _written(match, parameter)
        rest = f"{rest[: match.start()]}\n{rest[match.end() :]}"
    return found


def _written(match: re.Match[str], parameter: Parameter) -> str:
    if not parameter.form:
        return match.group().strip()
    groups = [group or "" for group in (match.group(), *match.groups())]
    return parameter.form.format(*groups)
