"""Lets turns that search at the same moment search together, which costs each of them less."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from fondaco.kit.language import Language
from fondaco.knowledge import KnowledgeIndex, Search

_MOST = 16  # more of them cost each no less, and would keep everybody else waiting
_PASSAGES = 4  # three to offer and one that has been tried already; each is written down with every turn


@dataclass(slots=True)
class _Group:
    """Questions that are searched for at once, as soon as everything that can run now has run."""

    index: KnowledgeIndex
    asked: list[tuple[str, Language]] = field(default_factory=list)
    begun: bool = False

    async def run(self) -> list[Search]:
        self.begun = True
        return self.index.search_all(self.asked, _PASSAGES)

    def takes(self, index: KnowledgeIndex) -> bool:
        return self.index is index and not self.begun and len(self.asked) < _MOST


class SearchesTogether:
    """Searches as an index does; a turn that is alone is searched for alone and at once."""

    def __init__(self) -> None:
        self._group: _Group | None = None
        self._found: asyncio.Task[list[Search]] | None = None

    async def search(self, index: KnowledgeIndex, question: str, language: Language) -> Search:
        """Return what ``index`` finds for the question."""
        group, found = self._group, self._found
        if group is None or found is None or not group.takes(index):
            group = _Group(index)
            found = asyncio.create_task(group.run())
            self._group, self._found = group, found
        place = len(group.asked)
        group.asked.append((question, language))
        # A turn that is cancelled does not take the others' search with it.
        return (await asyncio.shield(found))[place]
