"""A published world: tables in memory, and tools that read and change them."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fondaco.domain.tools import Effect

Record = dict[str, Any]
Table = dict[str, Record]
Tables = dict[str, Table]


class Refused(Exception):  # not an error of ours: it is the published tool's answer
    """The tool changes nothing and says why."""


@dataclass(frozen=True, slots=True)
class WorldTool:
    """One published tool: a function of the tables and the arguments."""

    name: str
    effect: Effect
    run: Callable[..., object]
    ends: bool = False  #: the published environment ends the conversation with it


class World:
    """The tables of one run; a call changes them exactly as the published tool did."""

    def __init__(self, tables: Tables, tools: Iterable[WorldTool]) -> None:
        self.tables = tables
        self.tools: Mapping[str, WorldTool] = {tool.name: tool for tool in tools}
        self._snapshot = b""

    def fresh(self) -> World:
        """Return a world of its own with the tables that this one had when it was first asked."""
        # Many times faster than copying, and the tables hold nothing but what JSON holds.
        self._snapshot = self._snapshot or msgspec.json.encode(self.tables)
        return World(msgspec.json.decode(self._snapshot, type=Tables), self.tools.values())

    def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Return what the published tool returned, letter by letter; a refusal is a text that says so."""
        tool = self.tools.get(name)
        if tool is None:
            return f"Unknown action {name}"
        try:
            bound = inspect.signature(tool.run).bind(self.tables, **arguments)
            return spelt(tool.run(*bound.args, **bound.kwargs))
        except (Refused, LookupError, TypeError, msgspec.ValidationError) as refused:
            return f"Error: {refused}"


def spelt(result: object) -> str:
    """Return a result in the spelling of the recordings: texts as they are, all else as JSON of Python."""
    return result if isinstance(result, str) else json.dumps(result)


class Fingerprints:
    """Tells databases apart by the published hash; what did not change is put into words once."""

    def __init__(self, before: Tables) -> None:
        self._texts = {
            name: {key: _text(one) for key, one in table.items()} for name, table in before.items()
        }

    def of(self, tables: Tables, changed: Tables) -> str:
        """Return the hash: nested tuples, keys sorted, SHA-256 of Python's text form.

        ``changed`` are the records that differ from those before.
        """
        found = [
            f"({name!r}, {self._table(name, table, changed.get(name, {}))})"
            for name, table in sorted(tables.items())
        ]
        return hashlib.sha256(_tuple(found).encode()).hexdigest()

    def _table(self, name: str, table: Table, changed: Table) -> str:
        texts = self._texts.get(name, {})
        return _tuple(
            [
                f"({key!r}, {_text(record) if key in changed else texts[key]})"
                for key, record in sorted(table.items(), key=_by_key)
            ]
        )


def _by_key(row: tuple[str, Record]) -> str:
    return row[0]


def _tuple(parts: list[str]) -> str:
    """Return what Python writes for a tuple of these."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _text(record: Record) -> str:
    return str(_frozen(record))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _frozen(inner)) for key, inner in sorted(value.items()))
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def changed_records(before: Tables, after: Tables) -> Tables:
    """Return the records that are new or other than before, by table; tables without any are left out."""
    found = {
        name: {key: record for key, record in table.items() if record != before[name].get(key)}
        for name, table in after.items()
    }
    return {name: table for name, table in found.items() if table}
