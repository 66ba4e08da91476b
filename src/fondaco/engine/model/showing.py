"""How a tool result is shown to a model: already written in the contact's language, with its evidence.

A model that sees ``24. November 2026`` copies it; one that sees ``2026-11-24`` has to convert, and errs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.tools import CallState, FieldKind, ToolCall, ToolSpec
from fondaco.engine.ageing import age_note
from fondaco.engine.slots import SlotMissing, write
from fondaco.engine.writing import value_of
from fondaco.kit.language import Language

_MINOR = "amount_minor"  #: of ``Money``
_NOTE = "_note"  #: what is said of the result, beside its fields
_MOST_CHARACTERS = 16_000  # of one result; what is beyond is left out and said to be


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A tool result as the model reads it, and what it proves."""

    content: str
    evidence: tuple[Evidence, ...]


def show(call: ToolCall, spec: ToolSpec, language: Language) -> Shown:
    """Return a finished call for the model; a failure says no word of the backend's own."""
    if call.state is not CallState.DONE:
        return Shown(content='{"error": "the tool gave no result"}', evidence=())
    result, evidence = call.result or {}, []
    told: dict[str, Any] = {}
    for name, raw in result.items():
        kind = spec.fields.get(name)
        text = written_value(raw, kind, spec, name, language)
        told[name] = raw if text is None else text
        evidence += list(_proofs(call, name, raw, text))
    note = age_note([call], language)
    if note is not None:
        told[_NOTE], evidence = note.text, [*evidence, *note.evidence]
    content = msgspec.json.encode(told).decode()
    if len(content) > _MOST_CHARACTERS:
        left_out = len(content) - _MOST_CHARACTERS
        content = f"{content[:_MOST_CHARACTERS]} … {left_out} more characters are left out"
    return Shown(content=content.replace("<", "‹").replace(">", "›"), evidence=tuple(evidence))


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


def _proofs(call: ToolCall, name: str, raw: Any, text: str | None) -> Iterator[Evidence]:
    """Yield what a field proves: its written form, and every value in it that the model was shown as it is.

    Minor units prove nothing: 4990 cents are not 4990 euros, and a model takes them for that.
    """
    value = value_of(raw)
    if value is None:
        return
    if text is not None and text != value:
        yield _evidence(call, name, text, value)
        if isinstance(raw, dict | list):
            return
    for path, leaf in _leaves(name, raw):
        yield _evidence(call, path, leaf, leaf)


def _leaves(path: str, raw: Any) -> Iterator[tuple[str, str]]:
    match raw:
        case dict():
            for key, inner in raw.items():
                if key == _MINOR:
                    continue
                yield from _leaves(f"{path}.{key}", inner)
        case list():
            for place, inner in enumerate(raw):
                yield from _leaves(f"{path}.{place}", inner)
        case None | bool():
            return
        case _:
            yield path, str(raw)


def _evidence(call: ToolCall, path: str, text: str, value: str) -> Evidence:
    return Evidence(written=text, value=value, source=EvidenceSource.TOOL, reference=call.id, field=path)
