"""Turns that search at the same moment are searched for together, and each gets its own result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from fondaco.domain.articles import Article
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.engine.local.searching import SearchesTogether
from fondaco.kit.language import Language
from fondaco.knowledge import KnowledgeIndex
from fondaco.knowledge.embeddings import Vectors


class CountingEmbedder:
    """Turns letters into vectors and keeps what it was asked for at once."""

    name = "letters"
    dimensions = 26

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(tuple(texts))
        counts = [[text.lower().count(chr(97 + place)) + 0.01 for place in range(26)] for text in texts]
        vectors = np.array(counts, dtype=np.float32).reshape(len(texts), 26)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def entry(key: str, *questions: str) -> Article:
    return Article(
        id=ArticleId(f"art_{key}"),
        workspace_id=WorkspaceId("wsp"),
        key=key,
        language=Language.EN,
        title=questions[0],
        body=f"This is about {key}.",
        questions=questions,
    )


def shop_index() -> tuple[KnowledgeIndex, CountingEmbedder]:
    embedder = CountingEmbedder()
    entries = [
        entry("shipping", "How much is shipping?", "What does delivery cost?"),
        entry("returns", "How long can I return it?", "What is the return period?"),
    ]
    index = KnowledgeIndex.build(entries, embedder)
    embedder.calls.clear()
    return index, embedder


async def test_each_turn_gets_what_it_would_have_found_alone() -> None:
    index, _ = shop_index()
    searches = SearchesTogether()

    shipping, returns = await asyncio.gather(
        searches.search(index, "How much is shipping?", Language.EN),
        searches.search(index, "What is the return period?", Language.EN),
    )

    alone = index.search("How much is shipping?", Language.EN)
    assert (shipping.decision, shipping.passages[0].key) == (alone.decision, "shipping")
    assert returns.passages[0].key == "returns"


async def test_questions_of_one_moment_are_embedded_at_once() -> None:
    index, embedder = shop_index()
    searches = SearchesTogether()

    await asyncio.gather(
        searches.search(index, "How much is shipping?", Language.EN),
        searches.search(index, "What is the return period?", Language.EN),
    )

    assert embedder.calls == [("How much is shipping?", "What is the return period?")]


async def test_more_than_sixteen_are_searched_for_in_groups() -> None:
    index, embedder = shop_index()
    searches = SearchesTogether()

    found = await asyncio.gather(
        *(
            searches.search(index, f"How much is shipping, {name}?", Language.EN)
            for name in "abcdefghijklmnopqrs"
        )
    )

    assert [len(call) for call in embedder.calls] == [16, 3]
    assert {search.passages[0].key for search in found} == {"shipping"}


async def test_a_newer_index_answers_those_who_come_with_it() -> None:
    older, _ = shop_index()
    newer = KnowledgeIndex.build([entry("hours", "When are you open?")], None)
    searches = SearchesTogether()

    first, second = await asyncio.gather(
        searches.search(older, "How much is shipping?", Language.EN),
        searches.search(newer, "When are you open?", Language.EN),
    )

    assert (first.passages[0].key, second.passages[0].key) == ("shipping", "hours")


async def test_a_turn_that_is_cancelled_takes_no_other_with_it() -> None:
    index, _ = shop_index()
    searches = SearchesTogether()
    gone = asyncio.create_task(searches.search(index, "How much is shipping?", Language.EN))
    staying = asyncio.create_task(searches.search(index, "What is the return period?", Language.EN))

    await asyncio.wait([gone], timeout=0)  # both have asked
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone

    assert (await staying).passages[0].key == "returns"
