"""What a model is asked and what it answers, in words of no provider.

A provider's wire form is rendered anew from these at every attempt, so an answer may begin with one
provider and go on with another.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from fondaco.domain.usage import Usage


class Speaker(StrEnum):
    """Who said a part of the history."""

    CONTACT = "contact"
    ASSISTANT = "assistant"  #: teammates too: what the shop said


class Said(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag=True):
    """Words of the conversation."""

    by: Speaker
    text: str


class ToolWish(msgspec.Struct, frozen=True, kw_only=True):
    """A tool call that the model asks for; nothing has been done yet."""

    id: str  #: ours: at most 40 characters of ``[A-Za-z0-9_-]``
    name: str
    arguments: str  #: JSON as the model wrote it; whoever runs the tool checks it
    signature: str = ""  #: opaque, valid at the provider that sent it only; goes back with the call


class Wished(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The model's words together with the tools that it wants to be called."""

    text: str = ""
    wishes: tuple[ToolWish, ...]
    reasoning: str = ""  #: goes back to the same provider where its profile demands it, and nowhere else
    provider: str = ""  #: who sent it


class ToolAnswered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a tool call came to, as the model is told."""

    wish_id: str
    name: str
    content: str
    failed: bool = False


Entry = Said | Wished | ToolAnswered


class ToolOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the model may wish for."""

    name: str
    description: str
    parameters: dict[str, Any]  #: JSON Schema of an object


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a model is told.  Every ``Wished`` is followed by an answer to each of its wishes."""

    system: str
    plain_system: str = ""  #: in place of ``system`` for a model that takes no tools; empty: the same
    history: tuple[Entry, ...]
    tools: tuple[ToolOffer, ...] = ()
    max_output_tokens: int = 1024
    temperature: float | None = 0.2  #: None: whatever the provider does by itself
    stable: int = 0  #: so many entries of the history begin the next prompt of the conversation too
    stable_tokens: int = 0  #: of those entries, where somebody has counted them already; else 0


class Finish(StrEnum):
    """Why a model stopped."""

    STOP = "stop"  #: it had said everything
    TOOLS = "tools"  #: it wishes for tools; decided by the presence of wishes, not by the provider's word
    LENGTH = "length"  #: it ran into the limit of the output
    REFUSED = "refused"  #: the model or a filter of the provider declined


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer, its end proved by the provider's own marker."""

    text: str
    wishes: tuple[ToolWish, ...] = ()
    finish: Finish
    raw_finish: str = ""  #: the provider's own word
    usage: Usage | None = None  #: None where the provider gave no figures
    served_model: str = ""
    reasoning: str = ""


class TextCame(msgspec.Struct, frozen=True):
    """A piece of the answer's text."""

    text: str


class WorkCame(msgspec.Struct, frozen=True):
    """Progress without text, such as a piece of a tool call or of reasoning: proof that the model works."""


Progress = TextCame | WorkCame


def without_tools(prompt: Prompt) -> Prompt:
    """Return the prompt as a model is asked that takes no tools: none offered, and the rules without them."""
    system = prompt.plain_system or prompt.system
    if not prompt.tools and system == prompt.system:
        return prompt
    return msgspec.structs.replace(prompt, system=system, tools=())
