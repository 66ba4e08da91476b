"""Four views of how well a question fits each entry: nearest phrasing, shared words, and two regressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fondaco.kit.text import mask_values
from fondaco.knowledge.embeddings import Embedder, EmbeddingCache, Vectors, encode_cached
from fondaco.knowledge.lexical import LexicalIndex, LexicalScores
from fondaco.knowledge.ngrams import NgramSpace
from fondaco.knowledge.small_talk import SMALL_TALK
from fondaco.knowledge.softmax import SoftmaxRegression, fit
from fondaco.knowledge.units import Unit

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]

_MEANING_PENALTY, _MEANING_ITERATIONS = 0.05, 60
_WORDS_PENALTY, _WORDS_ITERATIONS = 0.1, 40


class Evidence(StrEnum):
    """Which views can see a question."""

    BOTH = "both"  #: words and meaning
    MEANING = "meaning"  #: nothing is stored in the question's language, so its words say nothing
    WORDS = "words"  #: no sentence vectors on this machine


@dataclass(frozen=True, slots=True)
class Views:
    """What each view says of one question; arrays have one number per entry."""

    evidence: Evidence
    meaning: Scores  #: log share of each entry by the regression over sentence vectors
    words: Scores  #: log share of each entry by the regression over words and letter groups
    nearest: Scores  #: cosine to the nearest phrasing of each entry
    overlap: Scores  #: BM25 of the best phrasing of each entry, near 1 when all terms are there
    known: float  #: weighted share of the question's terms that any phrasing has
    small_talk_nearest: float  #: cosine to the nearest sentence of small talk
    small_talk_meaning: float  #: log share of small talk by the regression over sentence vectors
    small_talk_words: float  #: the same by the regression over words
    best_unit: Labels  #: for each entry the position of its best phrasing


@dataclass(frozen=True, slots=True)
class Nearness:
    """What the stored vectors say of one question."""

    cosines: Scores  #: to every phrasing, then to every sentence of small talk
    shares: Scores  #: log share of each entry by the regression over sentence vectors, then of small talk


class PhrasingScorers:
    """The four views, learnt from stored phrasings; immutable after it is built."""

    def __init__(
        self, units: Sequence[Unit], entries: int, embedder: Embedder | None, cache: EmbeddingCache | None
    ) -> None:
        texts = [unit.text for unit in units]
        self.entries = entries
        self.entry_of = np.array([unit.entry for unit in units], dtype=np.int64)
        self.phrasings_of = np.bincount(self.entry_of, minlength=entries)
        learnt_from = [mask_values(text) or text for text in texts] + list(SMALL_TALK)
        labels = np.concatenate([self.entry_of, np.full(len(SMALL_TALK), entries)])
        row_weights = self._row_weights()
        self._lexical = LexicalIndex(texts)
        self._space = NgramSpace(learnt_from)
        self._by_words = fit(self._space.matrix(), labels, row_weights, _WORDS_PENALTY, _WORDS_ITERATIONS)
        self._vectors: Vectors | None = None
        self._by_meaning: SoftmaxRegression | None = None
        if embedder is not None:
            self._vectors = encode_cached(embedder, texts + list(SMALL_TALK), cache)
            self._by_meaning = fit(self._vectors, labels, row_weights, _MEANING_PENALTY, _MEANING_ITERATIONS)
        self.closeness = self._closeness()
        self._nowhere = Nearness(
            np.full(len(labels), -1, dtype=np.float32), np.zeros(entries + 1, dtype=np.float32)
        )

    def _row_weights(self) -> Scores:
        # Every entry weighs the same however many phrasings it has: a shop writes more of them where it
        # found more words, not where more people ask.  Small talk weighs as much as two entries.
        present = self.phrasings_of[self.phrasings_of > 0]
        mean = float(present.mean())
        each = mean / self.phrasings_of[self.entry_of]
        small_talk = np.full(len(SMALL_TALK), 2 * mean / len(SMALL_TALK))
        return np.concatenate([each, small_talk]).astype(np.float32)

    def _closeness(self) -> Scores:
        """Return how near each entry's phrasings are to each other: mean cosine to the nearest sibling."""
        closeness = np.zeros(self.entries, dtype=np.float32)
        if self._vectors is None:
            return closeness
        for entry in range(self.entries):
            rows = self._vectors[np.flatnonzero(self.entry_of == entry)]
            if len(rows) > 1:
                cosines = rows @ rows.T - 2 * np.eye(len(rows), dtype=np.float32)
                closeness[entry] = cosines.max(axis=1).mean()
        return closeness

    def near(self, vectors: Vectors) -> list[Nearness | None]:
        """Return what the stored texts' vectors say of each of these; None without vectors.

        The stored vectors are too many for the processor's cache, so they are read once for all questions.
        """
        if self._vectors is None or self._by_meaning is None:
            return [None] * len(vectors)
        cosines = np.ascontiguousarray((self._vectors @ vectors.T).T)
        return [*map(Nearness, cosines, self._by_meaning.log_shares(vectors))]

    def view(self, question: str, near: Nearness | None, *, words_count: bool) -> Views:
        """Return what the views say of ``question``, whose sentence vector is so ``near``.

        ``words_count`` is False for a question in a language nothing is stored in.
        """
        masked = mask_values(question) or question
        lexical = self._lexical.scores(masked)
        by_words = self._by_words.sparse_log_shares(self._space.vector(masked))
        if near is None:
            return self._views(Evidence.WORDS, by_words, lexical, self._nowhere)
        return self._views(Evidence.BOTH if words_count else Evidence.MEANING, by_words, lexical, near)

    def _views(self, evidence: Evidence, by_words: Scores, lexical: LexicalScores, near: Nearness) -> Views:
        units = len(self.entry_of)
        cosines, by_meaning = near.cosines[:units], near.shares
        return Views(
            evidence=evidence,
            meaning=by_meaning[:-1],
            words=by_words[:-1],
            nearest=self._best(cosines, -1.0),
            overlap=self._best(lexical.values, 0.0),
            known=lexical.known,
            small_talk_nearest=float(near.cosines[units:].max()),
            small_talk_meaning=float(by_meaning[-1]),
            small_talk_words=float(by_words[-1]),
            best_unit=self._best_unit(cosines + lexical.values),
        )

    def _best(self, per_unit: Scores, lowest: float) -> Scores:
        best = np.full(self.entries, lowest, dtype=np.float32)
        np.maximum.at(best, self.entry_of, per_unit)
        return best

    def _best_unit(self, per_unit: Scores) -> Labels:
        highest = self._best(per_unit, -np.inf)
        units = np.flatnonzero(per_unit == highest[self.entry_of])
        best = np.zeros(self.entries, dtype=np.int64)
        best[self.entry_of[units]] = units  # the last write wins: of equal ones the last
        return best
