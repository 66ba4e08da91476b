"""Reads one field of a tool result: what kind of value it is, and what it proves.

Source of the units: the field's own name, such as ``delivery_days`` or ``weight_kg``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from fondaco.engine.guard.keys import Key, Loose, keys_of, plain_number
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.records import is_id_shaped, snake
from fondaco.engine.guard.words import Kind, Value
from fondaco.kit.money import Money

#: A value with the keys under which it is found.
Leaf = tuple[Kind, str, tuple[Key, ...]]

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_TIME = re.compile(r"(\d\d:\d\d)(?::\d\d)?(?:\+\d)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DIGIT = re.compile(r"\d")
_MINOR = re.compile(r"(?:^|_)(?:minor|minor_units|cents)$")
_SHARE = re.compile(r"(?:^|_)(?:percent|percentage|pct)$")
_RATE = re.compile(r"(?:^|_)(?:rate|share|ratio)$")
#: A number in such a field has a unit, which the field's name tells.
_UNITS = {
    "days": "P{}D", "day": "P{}D", "weeks": "P{}W", "months": "P{}M", "years": "P{}Y", "hours": "PT{}H",
    "minutes": "PT{}M", "seconds": "PT{}S",
    "kg": "{} kg", "g": "{} g", "grams": "{} g", "mm": "{} mm", "cm": "{} cm", "m": "{} m", "km": "{} km",
    "ml": "{} ml", "l": "{} l", "litres": "{} l", "gb": "{} GB", "mb": "{} MB", "tb": "{} TB",
    "w": "{} W", "watts": "{} W", "kwh": "{} kWh", "mah": "{} mAh",
}  # fmt: skip
_NOT_FREE = re.compile(r"(?:^|_)(?:id|number|no|nr|zip|postcode|postal_code|phone|four)$")
_COUNTS = frozenset("quantity qty count pieces units stock position".split())  #: never an amount of money
_LONGEST_STATE = 60


# The fields of results hold the same words again and again.
@lru_cache(maxsize=4096, typed=True)
def read_leaf(raw: str | float, field: str, currency: str, reader: Reader) -> tuple[Leaf, ...]:
    """Return what a field says; ``currency`` is that of the object around it, empty where none is told."""
    if isinstance(raw, bool):
        return (_leaf(Kind.STATE, str(raw).lower()),)
    key = snake(field)
    if isinstance(raw, str):
        return tuple(_read_string(raw, key, currency, reader))
    return tuple(_read_number(raw, key, currency))


# The fields of results hold the same words again and again.
@lru_cache(maxsize=2048)
def read_text(text: str, reader: Reader) -> tuple[Leaf, ...]:
    """Return the values of a text; a day without a year is also that of the year that brings it nearest."""
    return tuple(
        (value.kind, normal, keys_of(value.kind, normal))
        for value in reader.read(text)
        for reading in _surest(value)
        for normal in (reading, *_dated(value.kind, reading, reader.today))
    )


def _surest(value: Value) -> tuple[str, ...]:
    """Return the readings that prove something: 3日 in a text is rather three days than the third."""
    lengths = tuple(one for one in value.readings if one.startswith("P") and value.kind is Kind.DATE)
    return lengths or value.readings


def _dated(kind: Kind, normal: str, today: date | None) -> tuple[str, ...]:
    if kind is not Kind.DATE or today is None or not normal.startswith("--"):
        return ()
    years = (today.year - 1, today.year, today.year + 1)
    days = [day for year in years if (day := _day(f"{year}{normal[1:]}")) is not None]
    return (min(days, key=lambda day: abs(day - today)).isoformat(),) if days else ()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _leaf(kind: Kind, normal: str) -> Leaf:
    return kind, normal, keys_of(kind, normal)


def _read_number(raw: float | str, key: str, currency: str) -> Iterator[Leaf]:
    """Yield what a number of JSON says; minor units prove nothing but the amount."""
    number = plain_number(raw)
    last = key.rpartition("_")[2]
    if _MINOR.search(key):
        yield _amount(number, currency)
    elif _SHARE.search(key):
        yield _leaf(Kind.PERCENT, f"{number} %")
    elif last in _UNITS:
        normal = _UNITS[last].format(number)
        yield _leaf(Kind.DURATION if normal.startswith("P") else Kind.NUMBER, normal)
        if last == "days":  # of which kind is not told
            yield _leaf(Kind.DURATION, f"P{number}BD")
        yield _leaf(Kind.NUMBER, number)
    elif last in _COUNTS:
        yield _leaf(Kind.NUMBER, number)
    elif currency:
        yield _leaf(Kind.AMOUNT, f"{number} {currency}")
    else:
        yield Kind.NUMBER, number, ((Kind.NUMBER, number), (Loose.OPEN, number))
        if _RATE.search(key):
            yield _leaf(Kind.PERCENT, f"{plain_number(float(number) * 100)} %")


def _amount(minor: str, currency: str) -> Leaf:
    whole = plain_number(float(minor) / 10 ** Money(0, currency).digits)
    if currency:
        return _leaf(Kind.AMOUNT, f"{whole} {currency}")
    return Kind.NUMBER, whole, ((Kind.NUMBER, whole), (Loose.OPEN, whole))


def _read_string(raw: str, key: str, currency: str, reader: Reader) -> Iterator[Leaf]:
    if _DIGIT.search(raw) is None:
        yield from _read_words(raw, reader)
    elif day := _DATE.fullmatch(raw):
        yield _leaf(Kind.DATE, day[1])
        if day[2]:
            yield _leaf(Kind.TIME, day[2])
    elif time := _TIME.fullmatch(raw):
        yield _leaf(Kind.TIME, time[1])
    elif _NUMBER.fullmatch(raw):
        yield from _read_digits(raw, key, currency)
    else:
        yield from _read_mixed(raw, reader)


def _read_digits(raw: str, key: str, currency: str) -> Iterator[Leaf]:
    """Yield a number that is written as a text: an id, and where the field is none, a number too."""
    yield _leaf(Kind.ID, raw)
    if not _NOT_FREE.search(key) and not raw.startswith("0"):
        yield from _read_number(raw, key, currency)


def _read_mixed(raw: str, reader: Reader) -> Iterator[Leaf]:
    if " " not in raw:
        yield _leaf(Kind.ID, raw)
    if not is_id_shaped(raw):
        if len(raw) <= _LONGEST_STATE:
            yield _leaf(Kind.STATE, raw.casefold())
        yield from read_text(raw, reader)


def _read_words(raw: str, reader: Reader) -> Iterator[Leaf]:
    if len(raw) <= _LONGEST_STATE:
        yield _leaf(Kind.STATE, raw.casefold())
        if " " not in raw:
            yield _leaf(Kind.ID, raw)
    if "@" in raw or "." in raw:
        yield from read_text(raw, reader)
