"""How a tool result is shown to a model: already written in the contact's language.

A model that sees ``24. November 2026`` copies it; one that sees ``2026-11-24`` has to convert, and errs.
"""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.domain.tools import CallState, FieldKind, ToolCall, ToolSpec
from fondaco.engine.ageing import age_note
from fondaco.engine.slots import SlotMissing, write
from fondaco.kit.language import Language

_NOTE = "_note"  #: what is said of the result, beside its fields


def show(call: ToolCall, spec: ToolSpec, language: Language) -> str:
    """Return a finished call for the model; a failure says no word of the backend's own."""
    if call.state is not CallState.DONE:
        return '{"error": "the tool gave no result"}'
    told: dict[str, Any] = {}
    for name, raw in (call.result or {}).items():
        text = written_value(raw, spec.fields.get(name), spec, name, language)
        told[name] = raw if text is None else text
    note = age_note([call], language)
    if note is not None:
        told[_NOTE] = note.text
    content = msgspec.json.encode(told).decode()
    return content.replace("<", "‹").replace(">", "›")


def written_value(
    raw: Any, kind: FieldKind | None, spec: ToolSpec, name: str, language: Language
) -> str | None:
    """Return a declared field as the contact would read it; None where it is not declared or empty."""
    if kind is None or raw is None:
        return None
    try:
        return write(raw, kind, language, spec.state_names.get(name, {}))
    except SlotMissing:
        return None
