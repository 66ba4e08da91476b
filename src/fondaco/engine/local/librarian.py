"""Keeps the shelf at the newest state of the knowledge base."""

from __future__ import annotations

import structlog

from fondaco.domain.articles import Article
from fondaco.domain.errors import StorageError
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.engine.local.library import Library, Shelf
from fondaco.kit.clock import Clock
from fondaco.kit.threads import aside
from fondaco.knowledge import EmbeddingCache, KnowledgeIndex, KnowledgeOptions, load_embedder

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 2.0


class Librarian:
    """Rebuilds the index, in a thread, when an article has changed."""

    def __init__(
        self,
        workspace_id: WorkspaceId,
        registry: Registry,
        shelf: Shelf,
        options: KnowledgeOptions,
        clock: Clock,
    ) -> None:
        self._workspace_id = workspace_id
        self._registry = registry
        self._shelf = shelf
        self._options = options
        self._clock = clock
        self._vectors: EmbeddingCache = {}

    async def run(self) -> None:
        """Look for changed articles until cancelled."""
        while True:
            try:
                await self.refresh()
            except StorageError as error:
                log.warning("articles_not_read", error=str(error))
            await self._clock.sleep(_LOOK_SECONDS)

    async def refresh(self) -> bool:
        """Build and shelve a new library if an article has changed; return whether one had."""
        version = await self._registry.articles_version(self._workspace_id)
        if version == self._shelf.version:
            return False
        articles = await self._registry.articles(self._workspace_id)
        started = self._clock.monotonic_ms()
        index = await aside(lambda: self._built(articles), "fondaco-index")
        self._shelf.put(Library.of(articles, index, version))
        log.info(
            "articles_indexed",
            articles=len(articles),
            version=version,
            duration_ms=round(self._clock.monotonic_ms() - started),
        )
        return True

    def _built(self, articles: list[Article]) -> KnowledgeIndex:
        embedder = load_embedder() if self._options.embeddings else None
        return KnowledgeIndex.build(articles, embedder, self._options, self._vectors)
