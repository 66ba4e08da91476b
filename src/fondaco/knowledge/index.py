"""The index of everything the shop knows: one question in, the passages that answer it out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from fondaco.domain.articles import Article
from fondaco.kit.language import Language, detect
from fondaco.kit.patterns import Patterns
from fondaco.kit.text import clean_message, words
from fondaco.knowledge.blas import keep_to_one_thread
from fondaco.knowledge.candidates import Asked, Found, Told, merge
from fondaco.knowledge.confidence import ConfidenceModel, shipped_confidence
from fondaco.knowledge.decision import decide
from fondaco.knowledge.embeddings import Embedder, EmbeddingCache
from fondaco.knowledge.features import features, rank
from fondaco.knowledge.options import KnowledgeOptions
from fondaco.knowledge.pages import PassageScorers, best_passages
from fondaco.knowledge.quoting import passages_for
from fondaco.knowledge.result import Search, nothing
from fondaco.knowledge.scorers import Nearness, PhrasingScorers, Scores
from fondaco.knowledge.small_talk import is_small_talk
from fondaco.knowledge.units import Shelf, shelve

_log = structlog.get_logger(__name__)

#: Longer questions are compared by their beginning.
QUESTION_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class _Near:
    """How near a question's sentence vector is to everything stored; None where nothing of a kind is."""

    asked: Nearness | None
    told: Scores | None


_UNKNOWN = _Near(None, None)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it is searched for."""

    text: str
    language: Language
    ruled: int | None  #: the entry whose rule it matches
    near: _Near


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
        rules = _compiled_rules(shelf.articles, {key: entry for entry, key in enumerate(shelf.keys)})
        self._rules = Patterns(pattern for pattern, _ in rules)
        self._ruled_entries = [entry for _, entry in rules]

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

    @property
    def embedder(self) -> Embedder | None:
        """What made its vectors; None where words alone count."""
        return self._embedder

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
        return [self._searched(question, limit) for question in self._read(asked)]

    def _searched(self, question: _Question, limit: int) -> Search:
        if not words(question.text):
            return nothing("the message has no words")
        if not self._shelf.keys:
            return nothing("nothing is stored")
        found = self._find(question)
        candidates = merge(found, self._shelf)[:limit]
        passages = passages_for(candidates, self._shelf, found, question.language)
        return decide(candidates, passages, found, self._shelf, self._options, question.language)

    def explain(self, question: str, language: Language) -> Asked | None:
        """Return what the stored questions say of ``question`` in figures; None when none are stored."""
        [read] = self._read([(question, language)])
        return self._find(read).asked

    def _read(self, asked: Sequence[tuple[str, Language]]) -> list[_Question]:
        """Return the questions with what can be found out about all of them at once."""
        texts = [clean_message(question, QUESTION_CHARACTERS) for question, _ in asked]
        ruled = {text: self._ruled(text) for text in texts}
        near = self._near([text for text, entry in ruled.items() if entry is None and words(text)])
        return [
            _Question(text, language, ruled[text], near.get(text, _UNKNOWN))
            for text, (_, language) in zip(texts, asked, strict=True)
        ]

    def _near(self, texts: Sequence[str]) -> dict[str, _Near]:
        """Return how near each text is to everything stored; nothing where there is no embedder."""
        if self._embedder is None or not texts or not self._shelf.keys:
            return {}
        vectors = self._embedder.encode(texts)
        asked = self._asked.near(vectors) if self._asked is not None else [None] * len(texts)
        told = self._told.near(vectors) if self._told is not None else [None] * len(texts)
        return dict(zip(texts, map(_Near, asked, told), strict=True))

    def _find(self, question: _Question) -> Found:
        if question.ruled is not None:  # a rule is certain, and scoring would cost more than the turn
            return Found(ruled=question.ruled, word_for_word=None, asked=None, told=None)
        text = question.text
        words_count = self._stores_language_of(question)
        asked = self._ask(text, question.near.asked, words_count=words_count)
        small_talk = asked is not None and is_small_talk(
            text, asked.views.small_talk_nearest, float(asked.views.nearest.max())
        )
        return Found(
            ruled=None,
            word_for_word=self._word_for_word.get(_folded(text)),
            asked=asked,
            told=None if small_talk else self._tell(text, question.near.told, words_count=words_count),
        )

    def _stores_language_of(self, question: _Question) -> bool:
        if len(self._languages) == len(Language):  # whichever it is
            return True
        return detect(question.text, hint=question.language).language in self._languages

    def _ruled(self, text: str) -> int | None:
        place = self._rules.first(text)
        return None if place is None else self._ruled_entries[place]

    def _ask(self, text: str, near: Nearness | None, *, words_count: bool) -> Asked | None:
        if self._asked is None:
            return None
        views = self._asked.view(text, near, words_count=words_count)
        ranking = rank(views)
        numbers = features(text, views, ranking, self._asked)
        first = self._confidence.first[views.evidence].probability(numbers)
        three = self._confidence.three[views.evidence].probability(numbers)
        return Asked(views, ranking, numbers, first, max(first, three))

    def _tell(self, text: str, near: Scores | None, *, words_count: bool) -> Told | None:
        if self._told is None:
            return None
        views = self._told.view(text, near, words_count=words_count)
        best = best_passages(views, self._told.entry_of)
        model = self._confidence.passage[views.evidence]
        probabilities = map(model.probability, self._told.features(views, best))
        return Told(views, dict(zip(best, probabilities, strict=True)))


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
