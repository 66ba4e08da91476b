"""The index of everything the shop knows: one question in, the passages that answer it out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import structlog

from fondaco.domain.articles import Article
from fondaco.kit.language import Language, detect
from fondaco.kit.text import clean_message, words
from fondaco.knowledge.blas import keep_to_one_thread
from fondaco.knowledge.candidates import Asked, Found, Told, merge
from fondaco.knowledge.confidence import ConfidenceModel, shipped_confidence
from fondaco.knowledge.decision import decide
from fondaco.knowledge.embeddings import Embedder, EmbeddingCache, Vectors
from fondaco.knowledge.features import features, rank
from fondaco.knowledge.options import KnowledgeOptions
from fondaco.knowledge.pages import PassageScorers, best_passages
from fondaco.knowledge.quoting import passages_for
from fondaco.knowledge.result import Search, nothing
from fondaco.knowledge.scorers import PhrasingScorers
from fondaco.knowledge.small_talk import is_small_talk
from fondaco.knowledge.units import Shelf, shelve

_log = structlog.get_logger(__name__)

#: Longer questions are compared by their beginning.
QUESTION_CHARACTERS = 1_000


class KnowledgeIndex:
    """Articles made searchable.  Immutable once built, so any number of threads may search it."""

    def __init__(
        self,
        shelf: Shelf,
        asked: PhrasingScorers | None,
        told: PassageScorers | None,
        embedder: Embedder | None,
        options: KnowledgeOptions,
        confidence: ConfidenceModel,
    ) -> None:
        self._shelf = shelf
        self._asked = asked
        self._told = told
        self._embedder = embedder
        self._options = options
        self._confidence = confidence
        self._languages = frozenset(article.language for article in shelf.articles)
        self._word_for_word = _word_for_word(shelf)
        self._rules = _compiled_rules(shelf.articles, {key: entry for entry, key in enumerate(shelf.keys)})

    @classmethod
    def build(
        cls,
        articles: Sequence[Article],
        embedder: Embedder | None,
        options: KnowledgeOptions | None = None,
        cache: EmbeddingCache | None = None,
        confidence: ConfidenceModel | None = None,
    ) -> KnowledgeIndex:
        """Return the index of ``articles``.

        Takes seconds of CPU for a thousand phrasings: call it in a thread.  Deterministic.  ``cache`` keeps
        the vectors of unchanged texts for the next build.  ``confidence`` replaces the shipped weights.
        """
        keep_to_one_thread()
        options = options or KnowledgeOptions()
        if not options.embeddings:
            embedder = None
        shelf = shelve(articles, options.passage_characters)
        asked = (
            PhrasingScorers(shelf.phrasings, len(shelf.keys), embedder, cache) if shelf.phrasings else None
        )
        told = PassageScorers(shelf.passages, embedder, cache) if shelf.passages else None
        return cls(shelf, asked, told, embedder, options, confidence or shipped_confidence())

    def search(self, question: str, language: Language, limit: int = 5) -> Search:
        """Return up to ``limit`` passages for ``question``, best first and one per entry.

        Texts come in ``language`` where the entry has it, else in a language that it has.
        """
        [search] = self.search_all([(question, language)], limit)
        return search

    def search_all(self, asked: Sequence[tuple[str, Language]], limit: int = 5) -> list[Search]:
        """Search for several questions at once, each with its language; see ``search``.

        Together they cost less than one by one, since each weight is read once for all.
        Beyond the sixth digit a score may depend on which questions come together.
        """
        texts = [clean_message(question, QUESTION_CHARACTERS) for question, _ in asked]
        vectors = self._vectors(texts)
        return [
            self._searched(text, language, vectors.get(text), limit)
            for text, (_, language) in zip(texts, asked, strict=True)
        ]

    def _searched(self, text: str, language: Language, vector: Vectors | None, limit: int) -> Search:
        if not words(text):
            return nothing("the message has no words")
        if not self._shelf.keys:
            return nothing("nothing is stored")
        found = self._find(text, language, vector)
        candidates = merge(found, self._shelf)[:limit]
        passages = passages_for(candidates, self._shelf, found, language)
        return decide(candidates, passages, found, self._shelf, self._options, language)

    def explain(self, question: str, language: Language) -> Asked | None:
        """Return what the stored questions say of ``question`` in figures; None when none are stored."""
        text = clean_message(question, QUESTION_CHARACTERS)
        return self._find(text, language, self._vectors([text]).get(text)).asked

    def _vectors(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the sentence vectors of the texts that need one; none where there is no embedder."""
        worded = list(dict.fromkeys(text for text in texts if words(text) and self._ruled(text) is None))
        if self._embedder is None or not worded or not self._shelf.keys:
            return {}
        return dict(zip(worded, self._embedder.encode(worded), strict=True))

    def _find(self, text: str, language: Language, vector: Vectors | None) -> Found:
        ruled = self._ruled(text)
        if ruled is not None:  # an entry's rule is certain, and scoring it would cost more than the turn
            return Found(ruled=ruled, word_for_word=None, asked=None, told=None)
        words_count = detect(text, hint=language).language in self._languages
        asked = self._ask(text, vector, words_count=words_count)
        small_talk = asked is not None and is_small_talk(
            text, asked.views.small_talk_nearest, float(asked.views.nearest.max())
        )
        return Found(
            ruled=None,
            word_for_word=self._word_for_word.get(_folded(text)),
            asked=asked,
            told=None if small_talk else self._tell(text, vector, words_count=words_count),
        )

    def _ruled(self, text: str) -> int | None:
        return next((entry for pattern, entry in self._rules if pattern.search(text)), None)

    def _ask(self, text: str, vector: Vectors | None, *, words_count: bool) -> Asked | None:
        if self._asked is None:
            return None
        views = self._asked.view(text, vector, words_count=words_count)
        ranking = rank(views)
        numbers = features(text, views, ranking, self._asked)
        first = self._confidence.first[views.evidence].probability(numbers)
        three = self._confidence.three[views.evidence].probability(numbers)
        return Asked(views, ranking, numbers, first, max(first, three))

    def _tell(self, text: str, vector: Vectors | None, *, words_count: bool) -> Told | None:
        if self._told is None:
            return None
        views = self._told.view(text, vector, words_count=words_count)
        model = self._confidence.passage[views.evidence]
        best = best_passages(views, self._told.entry_of)
        return Told(views, {unit: model.probability(self._told.features(views, unit)) for unit in best})


def _folded(text: str) -> str:
    return " ".join(words(text))


def _word_for_word(shelf: Shelf) -> dict[str, int]:
    """Return the entry of each stored phrasing; words that stand under two entries prove nothing."""
    entries: dict[str, set[int]] = {}
    for unit in shelf.phrasings:
        entries.setdefault(_folded(unit.text), set()).add(unit.entry)
    return {text: owners.pop() for text, owners in entries.items() if text and len(owners) == 1}


def _compiled_rules(
    articles: Sequence[Article], entry_of: Mapping[str, int]
) -> list[tuple[re.Pattern[str], int]]:
    rules = []
    for article in articles:
        for rule in article.rules:
            try:
                rules.append((re.compile(rule, re.IGNORECASE), entry_of[article.key]))
            except re.error as reason:
                _log.warning("rule_ignored", article=article.key, rule=rule, reason=str(reason))
    return rules
