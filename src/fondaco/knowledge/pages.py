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

    def view(self, question: str, vector: Vectors | None, *, words_count: bool) -> PageViews:
        """Return the fit of every passage; ``vector`` is the question's, where there is an embedder."""
        lexical = self._lexical.scores(question)
        if self._vectors is None or vector is None:
            nothing = np.zeros_like(lexical.values)
            return PageViews(Evidence.WORDS, lexical.values, lexical.values, nothing, lexical.known)
        cosines = self._vectors @ vector
        evidence = Evidence.BOTH if words_count else Evidence.MEANING
        fit = lexical.values + np.float32(_NEARNESS_WEIGHT) * cosines
        return PageViews(evidence, fit, lexical.values, cosines, lexical.known)

    def features(self, views: PageViews, unit: int) -> dict[str, float]:
        """Return the numbers that the probability of a passage is learnt from."""
        return {
            "overlap": float(views.overlap[unit]),
            "nearest": float(views.nearest[unit]),
            "lead": self._lead(views, unit),
            "known": views.known,
        }

    def _lead(self, views: PageViews, unit: int) -> float:
        """Return how far a passage is above the best one of another entry."""
        best = int(views.fit.argmax())
        if self.entry_of[best] != self.entry_of[unit]:
            return float(views.fit[unit] - views.fit[best])
        others = views.fit[self.entry_of != self.entry_of[unit]]
        return float(views.fit[unit] - others.max()) if len(others) else 0.0


def best_passages(views: PageViews, entry_of: NDArray[np.int64], limit: int = 10) -> list[int]:
    """Return the positions of the best passages, at most one per entry, best first."""
    best: dict[int, int] = {}
    for unit in np.argsort(-views.fit, kind="stable")[: 5 * limit].tolist():
        best.setdefault(int(entry_of[unit]), unit)
    return list(best.values())[:limit]
