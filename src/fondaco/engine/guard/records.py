"""Which thing of a tool result is which: records, and the traits that tell one from its like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from fondaco.engine.guard.keys import bare_id


class Trait(NamedTuple):
    """What tells a thing from others of its type: its number or its name."""

    type: str  #: such as ``order`` or ``order name``
    id: str  #: an id without gaps in capitals, a name in small letters


def is_within(inner: str, outer: str) -> bool:
    """Return whether one record is the other or a part of it, by their names."""
    if not inner.startswith(outer):
        return False
    return len(inner) == len(outer) or outer[-1:] == ":" or inner[len(outer)] == "."


class Record(msgspec.Struct, frozen=True, gc=False):
    """One thing of a source."""

    name: str  #: such as ``call_9:items.0``
    parent: str  #: the record around it; empty for the whole result
    traits: tuple[Trait, ...]


_ID_KEY = re.compile(
    r"(?:^|_)(?:id|ids|number|no|nr|nummer|code|sku|key|ref|reference|uuid|ean|isbn|handle|e?mail)$"
)
_NO_ID_KEY = re.compile(
    r"(?:^|_)(?:phone|fax|mobile|house|street|zip|postal|postcode|country|currency|language|status|state|error"
    r"|region|province|total|count|last_?four|tax|vat)(?:_|$)"
)
_NAME_KEYS = frozenset("name title label product product_name item_name full_name display_name".split())
_PERSON = ("first_name", "last_name")
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
#: Letters and digits in one word, as numbers of orders and parcels have them.
_ID_SHAPED = re.compile(r"#?(?=[A-Za-z_-]*\d)(?=\d*[A-Za-z_-])[A-Za-z\d]+(?:[_-][A-Za-z\d]+)*")
_NOT_ID_SHAPED = re.compile(r"\d{4}-\d\d(-\d\d)?(T.*)?|\d+[-_]?[a-zA-Z]+")
_LEAST_LETTERS = 4
_LEAST_DIGITS = 3
_LONGEST_ID, _LONGEST_NAME = 64, 80
_VERBS = frozenset(
    "get list find search fetch lookup look up read show track check create update cancel modify book by for "
    "of the details detail info data status result results all my".split()
)


@lru_cache(maxsize=1024)
def snake(key: str) -> str:
    """Return a field's name in small letters with ``_`` between its words."""
    return (_CAMEL.sub("_", key) if not key.islower() else key).replace("-", "_").replace(" ", "_").lower()


@lru_cache(maxsize=1024)
def type_of(name: str) -> str:
    """Return what a field, a list or a tool speaks of: ``orders``, ``order_id``, ``get_order``: ``order``."""
    words = _ID_KEY.sub("", snake(name)).split("_")
    told = [word for word in words if word not in _VERBS and word] or words
    last = told[-1]
    return "_".join([*told[:-1], last[:-1] if last.endswith("s") and not last.endswith("ss") else last])


class _Role(NamedTuple):
    """What a field's name says about it."""

    is_id: bool
    may_be_id: bool
    is_name: bool


@lru_cache(maxsize=1024)
def _role_of(key: str) -> _Role:
    name = snake(key)
    may_be = _NO_ID_KEY.search(name) is None
    return _Role(may_be and _ID_KEY.search(name) is not None, may_be, name in _NAME_KEYS)


def traits_of(thing: Mapping[str, Any], container: str) -> tuple[Trait, ...]:
    """Return the traits of an object that stands in a list or field called ``container``."""
    found: list[Trait] = []
    name = ""
    for key, raw in thing.items():
        if not isinstance(raw, str | int) or isinstance(raw, bool):
            continue
        role = _role_of(key)
        if role.may_be_id and _is_id(raw, role):
            found.append(Trait(type_of(key) or type_of(container), bare_id(str(raw))))
        if role.is_name and not name and isinstance(raw, str) and 1 < len(raw) <= _LONGEST_NAME:
            name = raw
    name = name or " ".join(one for key in _PERSON if isinstance(one := thing.get(key), str))
    if name:
        found.append(Trait(f"{found[0].type if found else type_of(container)} name", name.casefold()))
    return tuple(found)


def _is_id(raw: str | int, role: _Role) -> bool:
    if isinstance(raw, int):
        return role.is_id
    return 0 < len(raw) <= _LONGEST_ID and (role.is_id or _is_number_of(raw))


def _is_number_of(text: str) -> bool:
    """Return whether a text is the number of something, whatever its field is called; IPX4 is a quality."""
    return is_id_shaped(text) and sum(map(str.isdecimal, text)) >= _LEAST_DIGITS


def is_id_shaped(text: str) -> bool:
    """Return whether a text looks like the number of something: one word of letters and digits."""
    return (
        len(text) >= _LEAST_LETTERS
        and not text.isalpha()
        and _ID_SHAPED.fullmatch(text) is not None
        and _NOT_ID_SHAPED.fullmatch(text) is None
    )


def is_keyed(thing: Mapping[str, Any]) -> bool:
    """Return whether an object is a list in disguise: each of its fields is named by an id or a number."""
    return len(thing) > 0 and all(
        isinstance(inner, dict) and any(map(str.isdecimal, key)) for key, inner in thing.items()
    )
