"""Searches the knowledge base once a turn, for everybody who decides or answers in it."""

from __future__ import annotations

import re

from fondaco.domain import events as ev
from fondaco.domain.tools import Effect, Parameter, ParameterSource, ToolSpec
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.local.library import Library, Shelf
from fondaco.engine.local.reading import without_values
from fondaco.engine.local.searching import SearchesTogether
from fondaco.engine.local.small_talk import without_small_talk
from fondaco.engine.slots import tools_of
from fondaco.kit.language import Language
from fondaco.knowledge import Search
from fondaco.tools import Toolbox

_WORDS = re.compile(r"\w")


class Finder:
    """Knows what to search for, and where."""

    def __init__(self, shelf: Shelf, toolbox: Toolbox) -> None:
        self._shelf = shelf
        self._toolbox = toolbox
        self._searches = SearchesTogether()

    async def library(self) -> Library:
        """Return the newest library; right after a start this waits until the first one is built."""
        return await self._shelf.take()

    async def find(self, context: TurnContext, trace: Trace) -> Search:
        """Return what was found for the turn's question, searching and noting it down at first only."""
        if trace.found is not None:
            return trace.found
        asked = self.asked(context)
        library = await self._shelf.take()
        search = await self._searches.search(library.index, asked, context.language)
        trace.found = search
        trace.add(
            ev.PassagesFound(
                turn_id=context.turn_id,
                question=asked,
                passages=search.passages,
                confidence=search.confidence,
                reasons=search.reasons,
            )
        )
        return search

    async def find_part(self, context: TurnContext, trace: Trace) -> Search:
        """Return what was found for a part of the turn's question; what was found for the whole stays."""
        whole, trace.found = trace.found, None
        try:
            return await self.find(context, trace)
        finally:
            trace.found = whole

    def topic_of(self, found: Search, language: Language) -> str:
        """Return the topic of the entry that was found first; empty where none was."""
        library = self._shelf.here
        if library is None or not found.passages:
            return ""
        entry = library.entry(found.passages[0].key, language)
        return entry.topic if entry is not None else ""

    def needs_effect(self, key: str, language: Language) -> bool:
        """Return whether an entry needs a tool that changes something."""
        return any(spec.effect is Effect.WRITE for spec in self._specs(key, language))

    def reads_words(self, key: str, language: Language) -> bool:
        """Return whether an entry needs a tool that reads the contact's own words, such as a name."""
        parameters = (one for spec in self._specs(key, language) for one in spec.parameters)
        return any(one.source is ParameterSource.TEXT for one in parameters)

    def _specs(self, key: str, language: Language) -> list[ToolSpec]:
        library = self._shelf.here
        entry = library.entry(key, language) if library is not None else None
        tools = [self._toolbox.get(name) for name in (tools_of(entry) if entry is not None else ())]
        return [tool.spec for tool in tools if tool is not None]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All that the shop's tools may read out of a message."""
        return tuple(one for spec in self._toolbox.specs for one in spec.parameters)

    def asked(self, context: TurnContext) -> str:
        """Return what to search for: the question without greetings and order numbers, if that leaves any."""
        question = without_small_talk(context)
        bare = without_values(question, self.parameters)
        return bare if _WORDS.search(bare) else question
