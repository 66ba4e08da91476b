"""Slots: places of a stored text that only a tool result can fill."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from fondaco.domain.articles import Article, Variant
from fondaco.domain.evidence import SlotValue
from fondaco.domain.tools import CallState, FieldKind, ToolCall, ToolSpec
from fondaco.engine.writing import value_of, write_date, write_money, write_number
from fondaco.kit.language import Language
from fondaco.kit.money import Money

_SLOT = re.compile(r"\{(?P<tool>\w+)\.(?P<field>\w+)(?:\|(?P<kind>\w+))?\}")


class SlotMissing(Exception):
    """A stored text needs a value that the tool result does not hold."""


def tools_of(article: Article) -> tuple[str, ...]:
    """Return the tools whose results the article's texts need, in the order of their first slot."""
    texts = [article.body, *(variant.body for variant in article.variants)]
    named = [match.group("tool") for text in texts for match in _SLOT.finditer(text)]
    named += [slot.split(".")[0] for variant in article.variants for slot in variant.when]
    return tuple(dict.fromkeys(named))


class Slot(msgspec.Struct, frozen=True):
    """What a slot or a variant's condition names."""

    tool: str
    field: str
    kind: str = ""  #: how the value is written; empty: as the tool declares it


def slots_of(body: str, variants: Iterable[Variant]) -> tuple[Slot, ...]:
    """Return everything that an article's texts and conditions name, each once."""
    kept = tuple(variants)
    texts = (body, *(variant.body for variant in kept))
    found = [
        Slot(match["tool"], match["field"], match["kind"] or "")
        for text in texts
        for match in _SLOT.finditer(text)
    ]
    conditions = [name.partition(".") for variant in kept for name in variant.when]
    return tuple(dict.fromkeys([*found, *(Slot(tool, field) for tool, _, field in conditions)]))


def choose_text(article: Article, results: Mapping[str, ToolCall]) -> str:
    """Return the text of the first variant whose conditions hold, else the article's body."""
    for variant in article.variants:
        if all(_compared(results, slot) == wanted for slot, wanted in variant.when.items()):
            return variant.body
    return article.body


def _compared(results: Mapping[str, ToolCall], slot: str) -> str | None:
    """Return a field as a condition writes it: ``true`` and ``5`` as in JSON; None where it has no value."""
    tool, _, field = slot.partition(".")
    call = results.get(tool)
    raw = None if call is None or call.result is None else call.result.get(field)
    return value_of(raw)


def fill(
    text: str, calls: Mapping[str, ToolCall], specs: Mapping[str, ToolSpec], language: Language
) -> tuple[str, tuple[SlotValue, ...]]:
    """Return the text with its slots filled, and what each was bound to.

    Raises SlotMissing when a result lacks the value: a stored text is never sent with a hole or a guess.
    """
    bound: list[SlotValue] = []

    def value(match: re.Match[str]) -> str:
        slot = _bind(match, calls, specs, language)
        bound.append(slot)
        return slot.written

    return _SLOT.sub(value, text), tuple(bound)


def _bind(
    match: re.Match[str], calls: Mapping[str, ToolCall], specs: Mapping[str, ToolSpec], language: Language
) -> SlotValue:
    tool, field = match.group("tool"), match.group("field")
    call = calls.get(tool)
    raw = None if call is None or call.state is not CallState.DONE else (call.result or {}).get(field)
    if call is None or raw is None:
        raise SlotMissing(f"{tool}.{field} has no value")
    spec = specs[tool]
    kind = _kind(match.group("kind") or spec.fields.get(field, FieldKind.TEXT))
    return SlotValue(
        slot=match.group()[1:-1],
        written=write(raw, kind, language, spec.state_names.get(field, {})),
        value=value_of(raw) or "",
        call_id=call.id,
        field=field,
    )


def _kind(name: str) -> FieldKind:
    try:
        return FieldKind(name)
    except ValueError as error:
        raise SlotMissing(f"{name!r} is no way to write a value") from error


def write(raw: Any, kind: FieldKind, language: Language, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return a tool's value as the language writes it.  Raises SlotMissing when it is not of its kind."""
    try:
        match kind:
            case FieldKind.DATE:
                return write_date(_day(str(raw)), language)
            case FieldKind.MONEY:
                return write_money(msgspec.convert(raw, Money), language)
            case FieldKind.NUMBER:
                return write_number(msgspec.convert(raw, int | float), language)
            case FieldKind.STATE:
                return names[str(raw)][language.value]
            case FieldKind.TEXT:
                return _text(raw)
    except (ValueError, KeyError, msgspec.ValidationError) as error:
        raise SlotMissing(f"{raw!r} is no {kind.value}") from error


def _day(text: str) -> date:
    day, time = text[:10], text[10:]
    if time and time[0] not in "T ":
        raise ValueError(text)
    return date.fromisoformat(day)


def _text(raw: Any) -> str:
    """Return a text or a number word for word; anything else, and nothing visible, is no text."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or not str(raw).strip():
        raise ValueError(raw)
    return str(raw)
