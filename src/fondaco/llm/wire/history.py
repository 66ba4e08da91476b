"""Prepares a neutral history for a provider: what must alternate alternates, what is foreign is left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.llm.asking import Entry, Finish, Prompt, Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.targets import Target
from fondaco.llm.wire.complaints import UNREADABLE

#: Stands where a protocol demands words of the contact and there are none.
SILENCE = "…"

_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 64
_OWN_ID = "fw_"  # an id that we made up, since the provider gave none that is safe to use


@dataclass(slots=True)
class Side:
    """Everything that one side of the conversation said before the other one did."""

    by: Speaker
    texts: list[str] = field(default_factory=list)
    wishes: list[ToolWish] = field(default_factory=list)
    answers: list[ToolAnswered] = field(default_factory=list)  # in the order of their wishes
    reasoning: str = ""
    own: bool = False  # the wishes came from the provider that is asked now

    def text(self) -> str:
        """Return the words as one text."""
        return "\n\n".join(self.texts)


def sides(prompt: Prompt, target: Target) -> list[Side]:
    """Return the history in alternating sides, with ids that are unique in it.

    Signatures and reasoning of other providers are left out; a target that knows no tools is told the rounds
    of tool calls in words, marked as what was looked up.
    """
    entries: Iterable[Entry] = prompt.history
    if not target.profile.tools:
        entries = _in_words(entries)
    ids: dict[str, str] = {}
    taken: set[str] = set()
    order: dict[str, int] = {}
    result: list[Side] = []
    for entry in entries:
        if isinstance(entry, Said):
            if entry.text.strip():
                _side(result, entry.by).texts.append(entry.text)
        elif isinstance(entry, Wished):
            side = _side(result, Speaker.ASSISTANT)
            _add_wishes(side, entry, target.provider, ids, taken)
            order = {wish.id: place for place, wish in enumerate(side.wishes)}
        else:
            side = _side(result, Speaker.CONTACT)
            side.answers.append(_renamed(entry, ids))
            side.answers.sort(key=lambda answer: order.get(answer.wish_id, len(order)))
    return result


def opened_and_closed_by_contact(found: list[Side]) -> list[Side]:
    """Return the sides so that the contact begins and ends, as some protocols demand."""
    contact = Side(Speaker.CONTACT, [SILENCE])
    if not found:
        return [contact]
    first = [] if found[0].by is Speaker.CONTACT else [contact]
    last = [] if found[-1].by is Speaker.CONTACT else [contact]
    return [*first, *found, *last]


def arguments_of(text: str) -> dict[str, Any]:
    """Return a call's arguments as the object that protocols demand, whatever the model wrote.

    What is no JSON object goes as it is under ``unparsed``, so that the model sees its own mistake.
    """
    if not text.strip():
        return {}
    try:
        found = msgspec.json.decode(text)
    except UNREADABLE:
        found = None
    return found if isinstance(found, dict) else {"unparsed": text}


def is_whole(arguments: str) -> bool:
    """Return whether the text is whole JSON, so that nothing can follow; an empty one stands for ``{}``."""
    try:
        msgspec.json.decode(arguments or "{}")
    except UNREADABLE:
        return False
    return True


def whole_wishes(finish: Finish, wishes: tuple[ToolWish, ...]) -> tuple[Finish, tuple[ToolWish, ...]]:
    """Return why the model stopped, and which of its wishes count.

    Wishes decide, not the provider's word; but those of a refused answer are void, and the last one of an
    answer that ran into its limit may be cut in its arguments.
    """
    if finish is Finish.REFUSED:
        return finish, ()
    if finish is Finish.LENGTH:
        whole = tuple(wish for wish in wishes if is_whole(wish.arguments))
        return (finish if len(whole) < len(wishes) or not wishes else Finish.TOOLS), whole
    return (Finish.TOOLS if wishes else finish), wishes


def output_limit(prompt: Prompt, target: Target) -> int:
    """Return how many tokens the answer may have, at least one."""
    return max(1, min(prompt.max_output_tokens, target.max_output_tokens))


class WishIds:
    """Gives every tool call of one answer an id that is safe everywhere and unique in the answer."""

    def __init__(self, answer_id: str) -> None:
        self._answer_id = answer_id
        self._given: set[str] = set()

    def neutral(self, id_: str, name: str, arguments: str) -> str:
        """Return the provider's own id where it is safe and new, else one that is made of the call."""
        if _SAFE_ID.fullmatch(id_) and not id_.startswith(_OWN_ID) and id_ not in self._given:
            self._given.add(id_)
            return id_
        # Made of the answer and the call, for the same answer always has the same ids.
        parts = "\x00".join((self._answer_id, str(len(self._given)), id_, name, arguments))
        made = _OWN_ID + hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:24]
        self._given.add(made)
        return made


def is_made_up(id_: str) -> bool:
    """Return whether the id is ours, so that the provider has never seen it."""
    return id_.startswith(_OWN_ID)


def _side(result: list[Side], by: Speaker) -> Side:
    if not result or result[-1].by is not by:
        result.append(Side(by))
    return result[-1]


def _add_wishes(side: Side, entry: Wished, provider: str, ids: dict[str, str], taken: set[str]) -> None:
    own = bool(entry.provider) and entry.provider == provider
    if entry.text.strip():
        side.texts.append(entry.text)
    side.own = own
    side.reasoning = entry.reasoning if own else ""
    for wish in entry.wishes:
        unique, count = wish.id, 1
        while unique in taken:  # two rounds may have been given the same id
            count += 1
            unique = f"{wish.id[:36]}-{count}"
        taken.add(unique)
        ids[wish.id] = unique
        signature = wish.signature if own else ""
        side.wishes.append(
            msgspec.structs.replace(wish, id=unique, name=_safe_name(wish.name), signature=signature)
        )


def _renamed(entry: ToolAnswered, ids: dict[str, str]) -> ToolAnswered:
    unique = ids.get(entry.wish_id, entry.wish_id)
    return msgspec.structs.replace(entry, wish_id=unique, name=_safe_name(entry.name))


def _safe_name(name: str) -> str:
    """Return the name of a tool as every protocol takes it, even of one that the model has dreamt up."""
    return _UNSAFE.sub("_", name)[:_LONGEST_NAME] or "_"


def _in_words(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield one entry for each, so that what is stable of a history stays so."""
    wishes: dict[str, ToolWish] = {}
    for entry in entries:
        if isinstance(entry, Wished):
            wishes.update((wish.id, wish) for wish in entry.wishes)
            yield Said(by=Speaker.ASSISTANT, text=entry.text)
        elif isinstance(entry, ToolAnswered):
            yield Said(by=Speaker.CONTACT, text=_result_in_words(entry, wishes.get(entry.wish_id)))
        else:
            yield entry


def _result_in_words(answer: ToolAnswered, wish: ToolWish | None) -> str:
    """Return a result between marks that nothing inside of it can close."""
    asked = f" {wish.arguments}" if wish is not None and wish.arguments else ""
    told = f"{_safe_name(answer.name)}{asked}:\n{answer.content}".replace("<", "‹").replace(">", "›")
    return f"<tool_result>\n{told}\n</tool_result>"
