"""Says in the contact's language what an action would do, and what became of it; always in stored words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fondaco.domain.actions import contract_of
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.evidence import SlotValue
from fondaco.domain.tools import ParameterSource, ToolCall, ToolSpec
from fondaco.engine.phrasebook import phrases
from fondaco.engine.slots import SlotMissing, fill
from fondaco.engine.writing import write_money
from fondaco.kit.language import Language
from fondaco.kit.money import Money

#: Cuts a text once, so that a value which looks like a place is never taken for one.
_PLACE = re.compile(r"\{(?P<name>\w+)\}|\{\w+\.\w+(?:\|\w+)?\}")
LEFT = "the contact spoke of something else"  #: why an action was declined that nobody has turned down


class ActionTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one tool that changes something is spoken of, by language.

    Texts may name arguments (``{order_number}``), the amount (``{amount}``) and fields of tool results
    (``{cancellation_preview.refund|money}``); a text that lacks one of its values is not used.
    """

    title: dict[Language, str] = {}  #: the deed as a noun: ``Cancellation of an order``
    proposal: dict[Language, str] = {}  #: the question before the yes; empty: title and arguments
    receipt: dict[Language, str] = {}  #: what is said once it took effect; empty: the title
    refusals: dict[str, dict[Language, str]] = {}  #: reason of the preview -> language -> why it may not be
    labels: dict[str, dict[Language, str]] = {}  #: parameter -> language -> name, for texts we make ourselves


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A finished text, and which results its slots were bound to."""

    text: str
    slots: tuple[SlotValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """The shop's texts for its actions, with our own where it has none."""

    texts: Mapping[str, ActionTexts]  #: by tool
    specs: Mapping[str, ToolSpec]  #: all declared tools, by name

    def title(self, tool: str, language: Language) -> str:
        """Return the name of the deed; without one the tool's own name, readable at least."""
        return self._texts(tool).title.get(language) or tool.replace("_", " ")

    def proposal(self, action: Action, results: Mapping[str, ToolCall], language: Language) -> Said:
        """Return the question that a yes will answer, with every value that is going to be sent.

        ``results`` are the calls whose fields the text may name, such as the preview's.
        """
        told = self._filled(self._texts(action.tool).proposal.get(language), action, results, language)
        asked = told or Said(text=self._listed(action, language))
        book = phrases(language)
        trial = f"\n{book.say('action_dry_run_coming')}" if action.dry_run else ""
        return Said(text=f"{asked.text}{trial}\n{book.say('action_yes_or_no')}", slots=asked.slots)

    def outcome(
        self,
        action: Action,
        results: Mapping[str, ToolCall],
        language: Language,
        refusal: str = "action_refused",
    ) -> Said:
        """Return what became of the action; ``refusal`` is the key of the sentence for a refused one."""
        told = self._filled(self._own(action, language), action, results, language)
        if told is not None:
            return told
        return Said(text=self._sentence(_key_of(action, refusal), action, language))

    def _own(self, action: Action, language: Language) -> str | None:
        """Return the shop's own text for the end of an action, where it has one."""
        texts = self._texts(action.tool)
        match action.state:
            case ActionState.DONE | ActionState.RECONCILED if not action.dry_run:
                return texts.receipt.get(language)
            case ActionState.REFUSED:
                return texts.refusals.get(action.why, {}).get(language)
            case _:
                return None

    def _sentence(self, key: str, action: Action, language: Language) -> str:
        values = {"title": self.title(action.tool, language), "currency": action.currency}
        return phrases(language).say(key, **values, amount=_amount(action, language) or "")

    def _texts(self, tool: str) -> ActionTexts:
        return self.texts.get(tool, ActionTexts())

    def _filled(
        self, text: str | None, action: Action, results: Mapping[str, ToolCall], language: Language
    ) -> Said | None:
        """Return the shop's text with its values; None where there is no text or a value is missing."""
        bound: list[SlotValue] = []

        def value(match: re.Match[str]) -> str:
            if match["name"]:
                return self._value(match["name"], action, language)
            written, slots = fill(match.group(), results, self.specs, language)
            bound.extend(slots)
            return written

        try:
            return None if not text else Said(text=_PLACE.sub(value, text), slots=tuple(bound))
        except (SlotMissing, KeyError):
            return None

    def _value(self, name: str, action: Action, language: Language) -> str:
        amount = _amount(action, language) if name == "amount" else None
        return amount or written(action.arguments[name], language)

    def _listed(self, action: Action, language: Language) -> str:
        """Return a question of our own: the title, and line by line what will be sent."""
        asked = self._sentence("action_propose", action, language)
        return "\n".join([asked, *self._lines(action, language)])

    def _lines(self, action: Action, language: Language) -> Iterator[str]:
        spec, labels = self.specs[action.tool], self._texts(action.tool).labels
        unsaid = {one.name for one in spec.parameters if one.source is ParameterSource.SERVER}
        amount = _amount(action, language)
        if amount is not None:
            unsaid.add(contract_of(spec).amount)
        for name, value in action.arguments.items():
            if name not in unsaid:
                label = labels.get(name, {}).get(language) or name.replace("_", " ")
                yield f"{label}: {written(value, language)}"
        if amount is not None:
            yield f"{phrases(language).say('action_amount')}: {amount}"


def written(value: Any, language: Language) -> str:
    """Return an argument as people read it: money as such, the parts of an object or a list in a row."""
    match value:
        case {"amount_minor": int(minor), "currency": str(currency)}:
            return write_money(Money(minor, currency), language)
        case Mapping():
            return ", ".join(written(one, language) for one in value.values() if one not in (None, ""))
        case list() | tuple():
            return ", ".join(written(one, language) for one in value)
        case str():
            return " ".join(value.split())
        case _:
            return msgspec.json.encode(value).decode()


def _amount(action: Action, language: Language) -> str | None:
    if action.amount_minor is None:
        return None
    return write_money(Money(action.amount_minor, action.currency), language)


def _key_of(action: Action, refusal: str) -> str:
    """Return which sentence tells how far an action has come; one that still waits is asked for again."""
    match action.state:
        case ActionState.REFUSED:
            return refusal
        case ActionState.DONE if action.dry_run:
            return "action_dry_run"
        case ActionState.COMPENSATING:
            return "action_done"
        case ActionState.DECLINED if action.why == "expired":
            return "action_expired"
        case ActionState.DECLINED if action.why == LEFT:
            return "action_left"
        case ActionState.PROPOSED | ActionState.CHECKED | ActionState.CONFIRMED | ActionState.EXECUTING:
            return "action_unclear"
        case _:
            return f"action_{action.state.value}"
