"""How well the stored passages fit a question: shared words and nearness of meaning, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.knowledge.embeddings import Embedder, EmbeddingCache, Vectors, encode_cached
from fondaco.knowledge.lexical import LexicalIndex
from fondaco.knowledge.scorers import Evidence
from fondaco.knowledge.units import Unit

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]

# Best over the development halves of XQuAD (en, de, zh), JaQuAD and a help page in five languages together.
_NEARNESS_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class PageViews:
    """What is said of one question; arrays have one number per passage."""

    evidence: Evidence
    fit: Scores  #: overlap and nearness together; the ranking
    overlap: Scores
    nearest: Scores
    known: float


class PassageScorers:
    """Stored passages with their terms and vectors; immutable after it is built."""

    def __init__(
        self, units: Sequence[Unit], embedder: Embedder | None, cache: EmbeddingCache | None
    ) -> None:
        texts = [unit.text for unit in units]
        self.entry_of = np.array([unit.entry for unit in units], dtype=np.int64)
        self.article_of = np.array([unit.article for unit in units], dtype=np.int64)
        self._lexical = LexicalIndex(texts)
        self._vectors: Vectors | None = (
            encode_cached(embedder, texts, cache) if embedder is not None else None
        )

    def near(self, vectors: Vectors) -> list[Scores | None]:
        """Return the cosines of each of these vectors to every passage; None without vectors."""
        if self._vectors is None:
            return [None] * len(vectors)
        return list(np.ascontiguousarray((self._vectors @ vectors.T).T))

    def view(self, question: str, cosines: Scores | None, *, words_count: bool) -> PageViews:
        """Return the fit of every passage; ``cosines`` are the question's, where there is an embedder."""
        lexical = self._lexical.scores(question)
        if cosines is None:
            nothing = np.zeros_like(lexical.values)
            return PageViews(Evidence.WORDS, lexical.values, lexical.values, nothing, lexical.known)
        evidence = Evidence.BOTH if words_count else Evidence.MEANING
        fit = lexical.values + np.float32(_NEARNESS_WEIGHT) * cosines
        return PageViews(evidence, fit, lexical.values, cosines, lexical.known)

    def features(self, views: PageViews, units: Sequence[int]) -> list[dict[str, float]]:
        """Return the numbers that the probability of a passage is learnt from, for each of ``units``."""
        places = np.array(units, dtype=np.int64)
        columns = (views.overlap[places], views.nearest[places], self._leads(views, places))
        return [
            {"overlap": overlap, "nearest": nearest, "lead": lead, "known": views.known}
            for overlap, nearest, lead in zip(*(column.tolist() for column in columns), strict=True)
        ]

    def _leads(self, views: PageViews, units: Labels) -> Scores:
        """Return how far each passage is above the best one of another entry."""
        first = views.fit.argmax()
        others = self.entry_of != self.entry_of[first]
        second = views.fit[others].max() if others.any() else views.fit[first]
        return np.asarray(views.fit[units] - np.where(others[units], views.fit[first], second))


def best_passages(views: PageViews, entry_of: NDArray[np.int64], limit: int = 10) -> list[int]:
    """Return the positions of the best passages, at most one per entry, best first."""
    best: dict[int, int] = {}
    order = np.argsort(-views.fit, kind="stable")[: 5 * limit]
    for entry, unit in zip(entry_of[order].tolist(), order.tolist(), strict=True):
        best.setdefault(entry, unit)
    return list(best.values())[:limit]
