"""Builds the settings tree from plain values, and says exactly what is wrong with which key."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import Enum
from typing import Any, NoReturn, TypeVar

import msgspec

from fondaco.domain.errors import ConfigurationError

S = TypeVar("S", bound=msgspec.Struct)
Path = tuple[str, ...]
#: Says where a key was written, such as ``fondaco.toml line 7``.
Where = Callable[[Path], str]

_WANTED = {
    bool: "true or false",
    int: "a whole number, such as 8080",
    float: "a number, such as 2.5",
    str: 'a text in quotes, such as "Europe/Berlin"',
    date: "a date, such as 2026-12-24",
    time: "a time of day, such as 09:00:00",
}


class Override(str):
    """A value that an environment variable gives; it is text, whatever its key wants."""

    __slots__ = ("variable",)

    def __new__(cls, value: str, variable: str) -> Override:
        made = super().__new__(cls, value)
        made.variable = variable
        return made

    variable: str


def build(kind: type[S], value: Any, where: Where, path: Path = ()) -> S:
    """Return the struct made of a table.  Raises ConfigurationError naming key, place and what to write."""
    table = _decoded(value, where, path)
    if not isinstance(table, Mapping):
        _refuse(path, where, table, f"a table [{dotted(path)}] with keys of its own")
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, given in table.items():
        if name not in fields:
            _unknown((*path, name), given, list(fields), where)
    missing = [name for name, field in fields.items() if field.required and name not in table]
    if missing:
        raise ConfigurationError(
            f"{where(path)}{dotted((*path, missing[0]))} is missing; write {missing[0]} = "
            f"{_example(fields[missing[0]].type)}."
        )
    made = {name: _value(fields[name].type, given, where, (*path, name)) for name, given in table.items()}
    return kind(**made)


def dotted(path: Path) -> str:
    """Return the key as people write it, such as ``tools[0].url``."""
    written = ""
    for part in path:
        if part.isdecimal():
            written += f"[{part}]"
        else:
            written += f".{part}" if written else part
    return written


def _value(kind: Any, value: Any, where: Where, path: Path) -> Any:
    struct = _struct_of(kind)
    if struct is not None:
        return build(struct, value, where, path)
    item = _items_of(kind)
    if item is None:
        return _leaf(kind, value, where, path)
    values = _decoded(value, where, path)
    if not isinstance(values, list | tuple):
        _refuse(path, where, values, "a list of tables")
    return tuple(build(item, one, where, (*path, str(place))) for place, one in enumerate(values))


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    options = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    return next((one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _items_of(kind: Any) -> type[msgspec.Struct] | None:
    return _struct_of(typing.get_args(kind)[0]) if typing.get_origin(kind) is tuple else None


def _leaf(kind: Any, value: Any, where: Where, path: Path) -> Any:
    given = value
    if isinstance(value, Override):
        given = _decoded(value, where, path) if typing.get_origin(kind) else str(value)
        given = f"{given}:00" if kind is time and str(given).count(":") == 1 else given
    try:
        return msgspec.convert(given, kind, strict=not isinstance(value, Override))
    except msgspec.ValidationError as error:
        _refuse(path, where, value, _example(kind), str(error))


def _decoded(value: Any, where: Where, path: Path) -> Any:
    """Return a list or table that an environment variable gives as JSON; anything else as it is."""
    if not isinstance(value, Override):
        return value
    try:
        return msgspec.json.decode(str(value))
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            f"{where(path)}{value.variable} is no JSON ({error}); write a list or a table as JSON."
        ) from error


def _refuse(path: Path, where: Where, found: Any, wanted: str, detail: str = "") -> NoReturn:
    place = f"{found.variable}: " if isinstance(found, Override) else where(path)
    # The detail names the item of a list or table that is meant; a plain value says it all itself.
    inner = f" ({detail})" if " - at " in detail else ""
    raise ConfigurationError(f"{place}{dotted(path)} is {shown(found)}{inner}; write {wanted}.")


def shown(value: Any) -> str:
    """Return what was found, short and with its kind."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        dict: "a table",
        list: "a list",
    }
    kind = next((name for one, name in names.items() if type(value) is one), "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Override) or not kind:
        return repr(str(value))[:80]
    if isinstance(value, dict | list):
        return kind
    return f"{kind} ({value!r:.60})"


def _example(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f'"{member.value}"' for member in kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return f"a list; each item is {_example(arguments[0])}"
    if origin is dict:
        return f"a table; each key is {_example(arguments[0])}, each value {_example(arguments[1])}"
    return _WANTED.get(kind, "a table")


def _unknown(path: Path, given: Any, known: list[str], where: Where) -> NoReturn:
    near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "known are: " + ", ".join(known) + "."
    while isinstance(given, dict) and given:
        given = next(iter(given.values()))
    place = f"{given.variable}: " if isinstance(given, Override) else where(path)
    raise ConfigurationError(f"{place}{dotted(path)} is no setting; {hint}")
