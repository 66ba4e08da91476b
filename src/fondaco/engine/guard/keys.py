"""Under which keys a fact is found, and which keys a value asks for.

A fact proves a value of another kind only where the meaning allows it: a JSON number whose unit nobody told
may be an amount, a share or a weight; an amount is never proven by a number that has a unit of its own.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from fondaco.engine.guard.words import Kind, Value


class Loose(StrEnum):
    """Kinds of keys beside the kinds of values."""

    OPEN = "open"  #: a JSON number whose unit is unknown


Key = tuple[str, str]

_NAMED_UNIT = re.compile(r"P(?:(?P<y>\d+)Y)?(?:(?P<m>\d+)M)?(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?(?:T(?P<t>.+))?")
_CLOCK_UNIT = re.compile(r"(\d+(?:\.\d+)?)([HMS])")
_SECONDS = {"H": 3600, "M": 60, "S": 1}
_DAY_SECONDS, _WEEK_DAYS, _YEAR_MONTHS = 86_400, 7, 12
_LONGEST_CODE = 3  # digits of a country's telephone code


def plain_number(number: Decimal | float | str) -> str:
    """Return a number without sign, exponent and needless zeros; empty where it is none."""
    try:
        exact = abs(Decimal(str(number)))
    except InvalidOperation:
        return ""
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def bare_id(text: str) -> str:
    """Return the letters and digits of an id, in capitals: ``#ri-10482`` is ``RI10482``."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))


@lru_cache(maxsize=1024)
def plain_duration(normal: str) -> str:
    """Return a duration by its length, so that 24 hours are a day; one that is no ISO 8601 stays as it is."""
    found = _NAMED_UNIT.fullmatch(normal)
    if found is None:
        return normal
    months = int(found["y"] or 0) * _YEAR_MONTHS + int(found["m"] or 0)
    seconds = (int(found["w"] or 0) * _WEEK_DAYS + int(found["d"] or 0)) * _DAY_SECONDS
    clock = sum(float(count) * _SECONDS[unit] for count, unit in _CLOCK_UNIT.findall(found["t"] or ""))
    return f"{months}/{seconds + clock:g}"


def keys_of(kind: Kind, normal: str) -> tuple[Key, ...]:
    """Return every key under which a fact is to be found."""
    match kind:
        case Kind.AMOUNT:
            return (kind, normal), (Kind.NUMBER, normal.partition(" ")[0])
        case Kind.DATE:
            return _date_keys(normal)
        case Kind.DURATION:
            return ((kind, plain_duration(normal)),)
        case Kind.ID:
            bare = bare_id(normal)
            return ((kind, bare), (Kind.NUMBER, bare)) if bare.isdecimal() else ((kind, bare),)
        case Kind.PHONE:
            return _phone_keys(normal)
        case _:
            return ((kind, normal),)


def _date_keys(normal: str) -> tuple[Key, ...]:
    """Return the keys of a day: it is also told without its year, or by its month alone."""
    if normal.count("-") == 2 and not normal.startswith("-"):
        return (Kind.DATE, normal), (Kind.DATE, f"-{normal[4:]}"), (Kind.DATE, normal[:7])
    return ((Kind.DATE, normal),)


def _phone_keys(normal: str) -> tuple[Key, ...]:
    digits = normal.lstrip("+")
    if not normal.startswith("+"):
        return (Kind.PHONE, digits), (Kind.NUMBER, digits), (Kind.ID, digits)
    without_code = ((Kind.PHONE, f"0{digits[code:]}") for code in range(1, _LONGEST_CODE + 1))
    return (Kind.PHONE, normal), (Kind.PHONE, digits), *without_code


def wanted_keys(value: Value) -> tuple[Key, ...]:
    """Return every key under which a fact that proves the value may stand, the strictest first."""
    return tuple(key for reading in value.readings for key in _wanted(value.kind, reading))


def _wanted(kind: Kind, reading: str) -> tuple[Key, ...]:
    match kind:
        case Kind.AMOUNT | Kind.PERCENT:
            return (kind, reading), (Loose.OPEN, reading.partition(" ")[0])
        case Kind.NUMBER:
            number, _, unit = reading.partition(" ")
            return ((kind, reading), (Loose.OPEN, number)) if unit else ((kind, reading),)
        case Kind.DURATION:
            return ((kind, plain_duration(reading)),)
        case Kind.ID:
            bare = bare_id(reading)
            return ((kind, bare), (Kind.NUMBER, bare)) if bare.isdecimal() else ((kind, bare),)
        case Kind.PHONE:
            return (kind, reading), (kind, reading.lstrip("+")), (Kind.ID, bare_id(reading))
        case _:
            return ((kind, reading),)
