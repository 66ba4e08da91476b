"""Finds slots of articles that no declared tool can fill: their answers would become handoffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fondaco.domain.articles import Variant
from fondaco.domain.tools import FieldKind
from fondaco.engine.slots import Slot, slots_of
from fondaco.tools import ToolOptions


def slot_faults(body: str, variants: Iterable[Variant], tools: Mapping[str, ToolOptions]) -> list[str]:
    """Return what is wrong with each slot and condition of an article, and what is declared instead."""
    faults = (_fault(slot, tools) for slot in slots_of(body, variants))
    return [fault for fault in faults if fault]


def _fault(slot: Slot, declared: Mapping[str, ToolOptions]) -> str:
    written = f"{slot.tool}.{slot.field}"
    if slot.tool not in declared:
        return f"{written} names no declared tool (declared: {_listed(declared)})"
    fields = declared[slot.tool].fields
    if slot.field not in fields:
        return f"{written} names no declared field of {slot.tool} (declared: {_listed(fields)})"
    if slot.kind and slot.kind not in set(FieldKind):
        return f"{written}|{slot.kind} names no way to write a value (known: {_listed(FieldKind)})"
    return ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
