"""The articles as the local assistant uses them: an index to search and entries to look up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fondaco.domain.articles import Article
from fondaco.kit.language import Language
from fondaco.knowledge import KnowledgeIndex


@dataclass(frozen=True, slots=True)
class Library:
    """One state of a workspace's knowledge base; never changes, only gets replaced."""

    index: KnowledgeIndex
    version: int = 0
    entries: Mapping[tuple[str, Language], Article] = field(default_factory=dict)

    @classmethod
    def of(cls, articles: Iterable[Article], index: KnowledgeIndex, version: int = 0) -> Library:
        """Arrange the articles that ``index`` was built from."""
        shelved = list(articles)
        return cls(
            index=index,
            version=version,
            entries={(article.key, article.language): article for article in shelved},
        )

    def entry(self, key: str, language: Language) -> Article | None:
        """Return the entry in this language, else in English, else in any."""
        preferred = (language, Language.EN, *Language)
        return next(
            (self.entries[key, choice] for choice in preferred if (key, choice) in self.entries), None
        )


class Shelf:
    """Holds the newest library; a turn takes the one that lies there and keeps it to its end."""

    def __init__(self, library: Library | None = None) -> None:
        self._library = library
        self._ready = asyncio.Event()
        if library is not None:
            self._ready.set()

    @property
    def version(self) -> int | None:
        """The version of the articles that lie there; None before the first."""
        return None if self._library is None else self._library.version

    @property
    def here(self) -> Library | None:
        """The newest library; None right after a start."""
        return self._library

    async def take(self) -> Library:
        """Return the newest library; right after a start this waits until the first one is built."""
        await self._ready.wait()
        if self._library is None:  # the event says otherwise
            raise RuntimeError("the shelf is ready and empty")
        return self._library

    def put(self, library: Library) -> None:
        """Replace the library for all turns that begin from now on."""
        self._library = library
        self._ready.set()
