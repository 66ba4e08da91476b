"""What a model is shown of an article: the text, or where its facts are to be had.

A stored text with slots is true only with a tool's values in them, and one with variants only where their
conditions are looked at.  A model that read it would fill the holes by itself.
"""

from __future__ import annotations

import msgspec

from fondaco.domain.articles import Passage
from fondaco.domain.tools import Effect
from fondaco.engine.local.library import Library
from fondaco.engine.model.prompting import HAND_OVER
from fondaco.engine.slots import slots_of
from fondaco.tools import Toolbox


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A passage as a model is shown it."""

    passage: Passage
    is_quotable: bool  #: its values are the shop's own words, so that they prove an answer


def readable(passage: Passage, library: Library, toolbox: Toolbox) -> Told:
    """Return the passage for a model; where tools decide what is true, only which ones they are."""
    entry = library.entry(passage.key, passage.language)
    variants = entry.variants if entry is not None else ()
    body = entry.body if entry is not None and entry.questions else ""  # a page may hold them elsewhere
    tools = dict.fromkeys(slot.tool for text in (passage.text, body) for slot in slots_of(text, variants))
    if not tools:
        return Told(passage=passage, is_quotable=True)
    hint = msgspec.structs.replace(passage, text=_hint(list(tools), toolbox))
    return Told(passage=hint, is_quotable=False)


def _hint(names: list[str], toolbox: Toolbox) -> str:
    found = [toolbox.get(name) for name in names]
    if all(tool is not None and tool.spec.effect is Effect.READ for tool in found):
        return f"What is true here is told by {', '.join(names)}: call it and answer from its result."
    return f"Only a person can do this: call {HAND_OVER}."
