"""Harvests facts: every leaf of a tool result or of a call's arguments, every value of a text.

Each fact of a tool result names its record, the nearest thing around it that has an identity of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from fondaco.domain.evidence import EvidenceSource
from fondaco.domain.tools import CallState, ToolCall
from fondaco.engine.guard.keys import Key, bare_id, keys_of
from fondaco.engine.guard.leaves import read_leaf, read_text
from fondaco.engine.guard.reader import Reader
from fondaco.engine.guard.records import Record, Trait, is_keyed, traits_of, type_of
from fondaco.engine.guard.words import Fact, Kind


class Harvest(msgspec.Struct, frozen=True):
    """What one source proves."""

    found: Mapping[Key, list[Fact]] = {}  #: facts under the keys by which they are found
    facts: tuple[Fact, ...] = ()  #: each once, in the order of the source
    records: tuple[Record, ...] = ()


# The same articles are cited in many turns.
@lru_cache(maxsize=256)
def harvest_text(text: str, source: EvidenceSource, reference: str, reader: Reader) -> Harvest:
    """Return what a text proves; it has no records."""
    found: dict[Key, list[Fact]] = {}
    facts: list[Fact] = []
    for kind, normal, keys in read_text(text, reader):
        facts.append(Fact(kind=kind, normal=normal, source=source, reference=reference))
        for key in keys:
            found.setdefault(key, []).append(facts[-1])
    return Harvest(found=found, facts=tuple(facts))


class Harvests:
    """Harvests of calls, each made once; the oldest ones are forgotten."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: dict[tuple[str, Reader], tuple[ToolCall, Harvest]] = {}

    def of(self, call: ToolCall, reader: Reader) -> Harvest:
        """Return what a call proves."""
        key = (call.id, reader)
        kept = self._kept.get(key)
        if kept is not None and (kept[0] is call or kept[0] == call):
            return kept[1]
        found = harvest_call(call, reader)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (call, found)
        return found


def harvest_call(call: ToolCall, reader: Reader) -> Harvest:
    """Return what a call proves: its result, and its arguments where it succeeded."""
    if call.state is not CallState.DONE or call.result is None:
        return Harvest()
    walk = _Walk(call.id, reader, f"{call.id}:")
    succeeded = call.result.get("found") is not False and not call.result.get("error")
    about = traits_of(call.arguments, call.tool) if succeeded else ()
    own = traits_of(call.result, call.tool)
    walk.records.append(Record(walk.root, "", tuple(dict.fromkeys((*own, *about)))))
    walk.object(call.result, "", walk.root, call.tool)
    if succeeded:
        walk.object(call.arguments, "arguments", walk.root, call.tool)
    return Harvest(found=walk.found, facts=tuple(walk.facts), records=tuple(walk.records))


@dataclass(slots=True)
class _Walk:
    """Goes through one result."""

    call_id: str
    reader: Reader
    root: str
    found: dict[Key, list[Fact]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def object(self, raw: dict[str, Any], path: str, record: str, container: str, currency: str = "") -> None:
        """Collect the facts of an object that stands at ``path`` in a list or field called ``container``."""
        currency = _currency_of(raw) or currency
        if path and is_keyed(raw):
            self._keyed(raw, path, record, container, currency)
            return
        for key, inner in raw.items():
            inner_path = f"{path}.{key}" if path else key
            if isinstance(inner, dict):
                self.object(inner, inner_path, self._nested(inner, inner_path, record, key), key, currency)
            elif isinstance(inner, list):
                self._list(inner, inner_path, record, key, currency)
            elif inner is not None:
                self._leaf(inner, inner_path, record, key, currency)

    def _keyed(self, raw: dict[str, Any], path: str, record: str, container: str, currency: str) -> None:
        """Collect the facts of a list in disguise, whose keys are the ids of its things."""
        self._count(len(raw), path, record)
        for key, inner in raw.items():
            inner_path = f"{path}.{key}"
            own = Trait(type_of(container), bare_id(key))
            traits = dict.fromkeys((own, *traits_of(inner, key)))
            inner_record = self._record(inner_path, record, tuple(traits))
            self._add(Kind.ID, key, inner_path, inner_record, keys_of(Kind.ID, key))
            self.object(inner, inner_path, inner_record, container, currency)

    def _list(self, raw: list[Any], path: str, record: str, container: str, currency: str) -> None:
        self._count(len(raw), path, record)
        for place, inner in enumerate(raw):
            inner_path = f"{path}.{place}"
            if isinstance(inner, dict):
                own = self._record(inner_path, record, traits_of(inner, container))
                self.object(inner, inner_path, own, container, currency)
            elif isinstance(inner, list):
                self._list(inner, inner_path, self._record(inner_path, record, ()), container, currency)
            elif inner is not None:
                self._leaf(inner, inner_path, record, container, currency)

    def _leaf(self, raw: str | float, path: str, record: str, key: str, currency: str) -> None:
        for kind, normal, keys in read_leaf(raw, key, currency, self.reader):
            self._add(kind, normal, path, record, keys)

    def _nested(self, raw: dict[str, Any], path: str, record: str, key: str) -> str:
        """Return the record of an object inside another: its own only where it has an identity."""
        traits = traits_of(raw, key)
        return self._record(path, record, traits) if traits else record

    def _record(self, path: str, parent: str, traits: tuple[Trait, ...]) -> str:
        name = f"{self.root}{path}"
        self.records.append(Record(name, parent, traits))
        return name

    def _count(self, count: int, path: str, record: str) -> None:
        self._add(Kind.NUMBER, str(count), f"{path}.length", record, keys_of(Kind.NUMBER, str(count)))

    def _add(self, kind: Kind, normal: str, path: str, record: str, keys: tuple[Key, ...]) -> None:
        fact = Fact(
            kind=kind,
            normal=normal,
            source=EvidenceSource.TOOL,
            reference=self.call_id,
            field=path,
            record=record,
        )
        self.facts.append(fact)
        for key in keys:
            self.found.setdefault(key, []).append(fact)


def _currency_of(thing: Mapping[str, Any]) -> str:
    raw = thing.get("currency") or thing.get("currency_code")
    return raw.upper() if isinstance(raw, str) and len(raw) == 3 else ""
