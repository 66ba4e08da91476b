"""Reads the values of tool parameters out of what a contact wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from fondaco.domain.tools import Parameter, ParameterSource
from fondaco.kit.patterns import Patterns

# ASCII: Chinese characters are no part of a word, so a number may stand directly behind one.
_FLAGS = re.IGNORECASE | re.ASCII


def read_values(text: str, parameters: Iterable[Parameter], wanted: str = "") -> dict[str, str]:
    """Return the values found, by parameter; what one parameter has matched is not offered to the next.

    So in ``RI-10482, 10115`` the five digits of the order number are not taken for a postcode; nor are those
    of a second order number, which nobody has asked for.
    The parameter that was ``wanted``, because we asked for it, may also be given in a shorter form.
    """
    rest = unicodedata.normalize("NFKC", text)
    found: dict[str, str] = {}
    others: list[tuple[int, int]] = []  # where further values of the parameters read so far stand
    for parameter in _readable(parameters):
        match = _first(parameter.pattern, rest, others)
        if match is None and parameter.name == wanted and parameter.answer_pattern:
            match = _first(parameter.answer_pattern, rest, others)
        if match is None:
            continue
        found[parameter.name] = _written(match, parameter)
        others += [one.span() for one in _matches(parameter.pattern, rest)]
        rest = rest[: match.start()] + "\n" * len(match.group()) + rest[match.end() :]
    return found


def several(text: str, parameter: Parameter) -> bool:
    """Return whether the text gives more than one value for the parameter."""
    whole = unicodedata.normalize("NFKC", text)
    found = {_written(match, parameter) for match in _matches(parameter.pattern, whole)}
    return bool(parameter.pattern) and len(found) > 1


def without_values(text: str, parameters: Iterable[Parameter]) -> str:
    """Return the text with every value taken out, which is what the question is about.

    Order numbers and postcodes would mislead rules and embeddings alike.
    """
    rest = unicodedata.normalize("NFKC", text)
    for parameter in _readable(parameters):
        if _sought(parameter.pattern).may_be_in(rest):
            rest = re.sub(parameter.pattern, " ", rest, flags=_FLAGS)
    return " ".join(rest.split())


def _first(pattern: str, text: str, others: Iterable[tuple[int, int]]) -> re.Match[str] | None:
    """Return the first match that is no mere part of another value."""
    return next((one for one in _matches(pattern, text) if not _is_part(one, others)), None)


def _matches(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(pattern, text, _FLAGS) if _sought(pattern).may_be_in(text) else iter(())


# Most messages hold no value, and this says so at a fraction of the cost.
@lru_cache(maxsize=256)
def _sought(pattern: str) -> Patterns:
    return Patterns((re.compile(pattern, _FLAGS),))


def _is_part(match: re.Match[str], others: Iterable[tuple[int, int]]) -> bool:
    begin, end = match.span()
    return any(first <= begin and end <= last and (begin, end) != (first, last) for first, last in others)


def _readable(parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    return (one for one in parameters if one.source is ParameterSource.MESSAGE and one.pattern)


def _written(match: re.Match[str], parameter: Parameter) -> str:
    if not parameter.form:
        return match.group().strip()
    groups = [group or "" for group in (match.group(), *match.groups())]
    return parameter.form.format(*groups)
