"""What a model is told of an episode: who said what, and what tools were called and told in between."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.tools import ToolCall, ToolSpec
from fondaco.engine.model.showing import show
from fondaco.kit.language import Language
from fondaco.llm.asking import Entry, Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.tools import Toolbox

_DIGEST = 12  # characters at the end of a call's id that tell it from all others of an episode


def past(records: Iterable[ev.Recorded], language: Language, toolbox: Toolbox) -> list[Entry]:
    """Return the episode as it was; calls that one request wished for together stay together."""
    entries: list[Entry] = []
    together: list[ToolCall] = []
    for record in records:
        event = record.event
        if isinstance(event, ev.ToolCalled):
            together.append(event.call)
            continue
        said = _said(event)
        if said is not None or isinstance(event, ev.ModelAsked):
            entries += _called(together, language, toolbox)
            together = []
        entries += [said] if said is not None else []
    return entries


def _said(event: ev.Event) -> Said | None:
    match event:
        case ev.MessageReceived(text=text):
            return Said(by=Speaker.CONTACT, text=unmarked(text))
        case ev.MessagePosted(text=text):
            return Said(by=Speaker.ASSISTANT, text=unmarked(text))
        case _:
            return None


def _called(calls: Iterable[ToolCall], language: Language, toolbox: Toolbox) -> list[Entry]:
    """Return calls with what they told; of a proof of identity only whether it was right."""
    known = [(call, tool.spec) for call in calls if (tool := toolbox.get(call.tool)) is not None]
    if not known:
        return []
    wishes = tuple(
        ToolWish(id=_id_of(call), name=call.tool, arguments=msgspec.json.encode(call.arguments).decode())
        for call, _ in known
    )
    answers = [
        ToolAnswered(
            wish_id=_id_of(call),
            name=call.tool,
            content=_content(call, spec, language, toolbox),
            failed=call.result is None,
        )
        for call, spec in known
    ]
    return [Wished(wishes=wishes), *answers]


def _content(call: ToolCall, spec: ToolSpec, language: Language, toolbox: Toolbox) -> str:
    verifier, code = toolbox.verifier, toolbox.code
    if verifier is not None and call.tool == verifier.tool:
        return _proof(call, verifier.matched_field)
    if code is not None and call.tool == code.check_tool:
        return _proof(call, code.matched_field)
    return show(call, spec, language)


def _proof(call: ToolCall, field: str) -> str:
    proven = (call.result or {}).get(field) is True
    return msgspec.json.encode({"proven": proven}).decode()


def _id_of(call: ToolCall) -> str:
    """Return the name that the model gave its wish, or a short one of ours: providers bound its length."""
    return call.wish_id or f"call_{call.id[-_DIGEST:]}"


def unmarked(text: str) -> str:
    """Return the text without angle brackets: neither an article nor a contact begins or ends a marking."""
    return text.replace("<", "‹").replace(">", "›")
