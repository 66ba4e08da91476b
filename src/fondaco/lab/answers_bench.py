"""Measures the local answerer on public questions, through the same index that the product runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fondaco.domain.articles import Article
from fondaco.kit.language import Language, detect
from fondaco.knowledge.embeddings import Embedder, EmbeddingCache
from fondaco.knowledge.index import KnowledgeIndex
from fondaco.knowledge.units import shelve
from fondaco.lab.answers_data import (
    Asked,
    article,
    entries_of,
    read_faq,
    read_groups,
    read_labelled,
    read_pages,
)
from fondaco.lab.answers_measure import (
    Answered,
    accuracy,
    as_shipped,
    ask_all,
    ask_plain_bm25,
    right_at_wrong,
)
from fondaco.lab.gates import Figure, Gate, at_least

_MOST_WRONG = 2.0
_COST_PHRASINGS_PER_ENTRY = 13  # 77 entries of Banking77: 1,001 phrasings
_PASSAGE_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Ways:
    """The same questions asked in three ways: all views, words alone, and plain BM25."""

    full: list[Answered]
    words: list[Answered]
    bm25: list[Answered]


@dataclass(frozen=True, slots=True)
class AnswersBench:
    """The measurements; ``embedder`` None measures words alone everywhere."""

    data: Path
    embedder: Embedder | None
    _cache: EmbeddingCache = field(default_factory=dict)

    def _ask(self, articles: Sequence[Article], asked: Sequence[Asked], language: Language) -> Ways:
        full = KnowledgeIndex.build(articles, self.embedder, cache=self._cache)
        words = KnowledgeIndex.build(articles, None)
        return Ways(
            full=ask_all(full, asked, language),
            words=ask_all(words, asked, language),
            bm25=ask_plain_bm25(shelve(articles, _PASSAGE_CHARACTERS), asked),
        )

    def banking(self) -> Ways:
        """Banking77 with 1,000 questions that nothing answers (CLINC150, out of scope)."""
        asked = read_labelled(self.data / "banking77" / "test.jsonl")
        asked += read_labelled(self.data / "clinc150" / "oos_test.jsonl")
        stored = read_labelled(self.data / "banking77" / "train.jsonl")
        return self._ask(entries_of(stored), asked, Language.EN)

    def live_shop(self) -> Ways:
        """HINT3 sofmattress: what people really wrote to a shop; a third of it nothing answers."""
        folder = self.data / "hint3"
        asked = read_labelled(folder / "sofmattress_test.jsonl", unanswerable="NO_NODES_DETECTED")
        return self._ask(entries_of(read_labelled(folder / "sofmattress_train.jsonl")), asked, Language.EN)

    def across_languages(self) -> list[Figure]:
        """A help page stored in English with its answers, asked the same in other languages."""
        faq = read_faq(self.data / "faq5_bitcoin.jsonl")
        stored = [article(entry.key, Language.EN, [entry.en.q], entry.en.a) for entry in faq]
        figures = []
        for language in (Language.DE, Language.ZH, Language.JA, Language.KO):
            asked = [Asked(entry.pair(language).q, entry.key) for entry in faq]
            ways = self._ask(stored, asked, language)
            name = f"question in {language}, stored in en: first is right"
            figures += _three(name, ways, at_least(85))
        return figures

    def question_to_answer(self) -> list[Figure]:
        """A help page of which only the answers are stored, asked with its questions."""
        faq = read_faq(self.data / "faq5_bitcoin.jsonl")
        figures = []
        for language in Language:
            pairs = [(entry.key, entry.pair(language)) for entry in faq if len(entry.pair(language).a) > 5]
            stored = [article(key, language, body=pair.a) for key, pair in pairs]
            ways = self._ask(stored, [Asked(pair.q, key) for key, pair in pairs], language)
            figures += _three(f"question -> answer text, {language}: first is right", ways)
        return figures

    def passages(self) -> list[Figure]:
        """Encyclopedia pages asked with questions people wrote about them (XQuAD, JaQuAD)."""
        names = {
            Language.EN: "xquad_en",
            Language.DE: "xquad_de",
            Language.ZH: "xquad_zh",
            Language.JA: "jaquad_ja",
        }
        figures = []
        for language, name in names.items():
            pages = read_pages(self.data / "passages" / f"{name}.jsonl")
            stored = [article(str(at), language, body=passage) for at, (passage, _) in enumerate(pages)]
            asked = [Asked(text, str(at)) for at, (_, questions) in enumerate(pages) for text in questions]
            figures += _three(f"passage, {language}: first is right", self._ask(stored, asked, language))
        return figures

    def rewordings(self) -> list[Figure]:
        """Korean paraphrases: one of ten stored, two others asked (ParaKQC)."""
        groups: dict[str, list[Asked]] = {}
        for sentence in read_groups(self.data / "parakqc_ko.jsonl"):
            groups.setdefault(sentence.key, []).append(sentence)
        stored = entries_of([sentences[0] for sentences in groups.values()], Language.KO)
        asked = [sentence for sentences in groups.values() for sentence in sentences[4:6]]
        return _three("rewording, ko: first is right", self._ask(stored, asked, Language.KO))

    def languages(self) -> list[Figure]:
        """Short spoken commands, questions and titles in five languages, told apart without any hint."""
        faq = read_faq(self.data / "faq5_bitcoin.jsonl")
        figures = []
        for language in Language:
            texts = [entry.pair(language).q for entry in faq]
            if language is Language.KO:
                texts += [sentence.text for sentence in read_groups(self.data / "parakqc_ko.jsonl")]
            else:
                texts += [row.text for row in read_labelled(self.data / "xsid" / f"{language}_valid.jsonl")]
            right = sum(detect(text).language is language for text in texts)
            name = f"language {language} told, {len(texts):,} texts"
            figures.append(Figure(name=name, value=100 * right / len(texts), unit="%", gate=at_least(97)))
        return figures

    def cost(self) -> list[Figure]:
        """CPU for one index of about 1,000 phrasings and for asking it."""
        kept: dict[str, list[Asked]] = {}
        for question in read_labelled(self.data / "banking77" / "train.jsonl"):
            kept.setdefault(question.key, []).append(question)
        stored = entries_of([q for found in kept.values() for q in found[:_COST_PHRASINGS_PER_ENTRY]])
        asked = read_labelled(self.data / "banking77" / "test.jsonl")[:500]
        started = time.process_time()
        index = KnowledgeIndex.build(stored, self.embedder)
        built = time.process_time()
        ask_all(index, asked)
        searched = time.process_time()
        return [
            Figure(name="CPU to index 1,001 phrasings of 77 entries", value=built - started, unit="s"),
            Figure(name="CPU to search them once", value=1000 * (searched - built) / len(asked), unit="ms"),
        ]


def _three(name: str, ways: Ways, gate: Gate | None = None) -> list[Figure]:
    return [
        Figure(name=name, value=accuracy(ways.full), unit="%", gate=gate),
        Figure(name="  by words alone", value=accuracy(ways.words), unit="%"),
        Figure(name="  plain BM25", value=accuracy(ways.bm25), unit="%"),
    ]


def figures_of_banking(ways: Ways) -> list[Figure]:
    """Return the figures of ``AnswersBench.banking``."""
    return [
        *_three("Banking77: first is right, forced", ways, at_least(92)),
        *_right_at_wrong("Banking77 + 1,000 unanswerable", ways, at_least(60)),
        *_shipped("Banking77 + 1,000 unanswerable", ways.full),
    ]


def figures_of_live_shop(ways: Ways) -> list[Figure]:
    """Return the figures of ``AnswersBench.live_shop``."""
    return [
        *_three("sofmattress, live: first is right, forced", ways),
        Figure(
            name="sofmattress, live: right one among three, of answerable",
            value=accuracy(ways.full, first=3),
            unit="%",
            gate=at_least(94),
        ),
        *_right_at_wrong("sofmattress, live", ways, at_least(19)),
        *_shipped("sofmattress, live", ways.full),
    ]


def _right_at_wrong(name: str, ways: Ways, gate: Gate) -> list[Figure]:
    return [
        Figure(
            name=f"{name}: right at <= 2 % wrong",
            value=right_at_wrong(ways.full, _MOST_WRONG),
            unit="%",
            gate=gate,
        ),
        Figure(name="  by words alone", value=right_at_wrong(ways.words, _MOST_WRONG), unit="%"),
        Figure(name="  plain BM25", value=right_at_wrong(ways.bm25, _MOST_WRONG), unit="%"),
    ]


def _shipped(name: str, found: Sequence[Answered]) -> list[Figure]:
    shipped = as_shipped(found)
    return [
        Figure(name=f"{name}, as shipped: answered right", value=shipped.right, unit="%"),
        Figure(name="  answered wrong", value=shipped.wrong, unit="%"),
        Figure(name="  precision of answers", value=shipped.precision, unit="%"),
        Figure(name="  served of answerable, offers included", value=shipped.served, unit="%"),
        Figure(name="  unanswerable that saw an answer or offers", value=shipped.disturbed, unit="%"),
    ]
