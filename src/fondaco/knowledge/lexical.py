"""BM25 over words, parts of long words and CJK pairs: finds by words alone, in any script."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.kit.text import index_terms, query_terms

Scores = NDArray[np.float32]

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.2.
_SATURATION = 1.2  # k1
_LENGTH_WEIGHT = 0.5  # b: stored questions differ little in length


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """How well each stored text fits a question by its words."""

    values: Scores  #: BM25 divided by the weight of all the question's terms: near 1 when every term is there
    known: float  #: 0 to 1, weighted share of the question's terms that are stored anywhere


class LexicalIndex:
    """Stored texts by their terms; immutable after it is built."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        self._unknown_weight = math.log(1 + (self.size + 0.5) / 0.5)
        self._weights: dict[str, float] = {}
        self._postings: dict[str, tuple[NDArray[np.int64], Scores]] = {}
        counts = [Counter(index_terms(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / max(self.size, 1) or 1.0
        found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, count in enumerate(counts):
            norm = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths[position] / mean)
            for term, times in count.items():
                found[term].append((position, times * (_SATURATION + 1) / (times + norm)))
        for term, postings in found.items():
            self._add(term, postings)

    def _add(self, term: str, postings: list[tuple[int, float]]) -> None:
        weight = math.log(1 + (self.size - len(postings) + 0.5) / (len(postings) + 0.5))
        positions, saturations = zip(*postings, strict=True)
        self._weights[term] = weight
        self._postings[term] = (
            np.array(positions, dtype=np.int64),
            np.array(saturations, dtype=np.float32) * np.float32(weight),
        )

    def scores(self, question: str) -> LexicalScores:
        """Return the fit of every stored text to ``question``."""
        terms = dict.fromkeys(query_terms(question))
        found = [term for term in terms if term in self._weights]
        if not found:
            return LexicalScores(np.zeros(self.size, dtype=np.float32), 0.0)
        known = sum(self._weights[term] for term in found)
        ideal = known + (len(terms) - len(found)) * self._unknown_weight
        positions, saturations = zip(*(self._postings[term] for term in found), strict=True)
        values = np.bincount(np.concatenate(positions), np.concatenate(saturations), minlength=self.size)
        return LexicalScores((values / ideal).astype(np.float32), known / ideal)
