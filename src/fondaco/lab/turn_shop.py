"""The shop that turns are measured in: the demo's entries in five languages, and what contacts ask.

Every question is tried on the index beforehand, so that it is known whether it will be answered or offered:
a conversation that ended with a person would answer no further message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import TypeVar

from fondaco.config import Settings, knowledge_options
from fondaco.domain.articles import Article
from fondaco.domain.ids import WorkspaceId
from fondaco.engine.phrasebook import any_language, phrases
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language, detect
from fondaco.knowledge import Decision, KnowledgeIndex
from fondaco.knowledge.importing import Origin, articles_from, read_text
from fondaco.lab.turn_processes import BenchFailed

T = TypeVar("T")

WORKSPACE_ID = WorkspaceId("bench")
OPTIONS = knowledge_options(Settings())  #: what the server that is measured also builds its index with
_ENTRIES = 22  # in five languages with nine phrasings each: about a thousand phrasings
_ORDER_STATUS = "order-status"
_TOO_CLOSE = 0.05  # to a threshold: another order of the articles moves a probability a little
_SLOT = re.compile(r"\{\w+\.")
_PERSONAL_FIRST = (_ORDER_STATUS, "order-details")

_GREETINGS = {
    Language.EN: ("Hello, ", "Hi there! ", ""),
    Language.DE: ("Guten Tag, ", "Hallo! ", ""),
    Language.ZH: ("您好，", "你好！", ""),
    Language.JA: ("こんにちは。", "すみません、", ""),
    Language.KO: ("안녕하세요, ", "저기요, ", ""),
}
_SMALL_TALK = {
    Language.EN: ("Hello", "Thank you!", "thanks a lot"),
    Language.DE: ("Guten Tag", "Vielen Dank!", "danke"),
    Language.ZH: ("您好", "谢谢", "谢谢！"),
    Language.JA: ("こんにちは", "ありがとうございます", "ありがとう"),
    Language.KO: ("안녕하세요", "감사합니다", "감사합니다!"),
}
_ORDER_QUESTIONS = {
    Language.EN: "Where is my order {number}? My postcode is {proof}.",
    Language.DE: "Wo bleibt meine Bestellung {number}? Meine Postleitzahl ist {proof}.",
    Language.ZH: "我的订单{number}到哪里了？邮编是{proof}。",
    Language.JA: "注文{number}はどこですか。郵便番号は{proof}です。",
    Language.KO: "제 주문 {number} 어디쯤 왔나요? 우편번호는 {proof}입니다.",
}
# Orders that the merchant system holds whatever its day and seed, each with the proof of its owner.
_ORDERS = (("RI-10482", "10115"), ("RI-10250", "200040"), ("RI-10311", "530-0001"), ("RI-10390", "04524"))


class Kind(StrEnum):
    """What a contact's message makes the assistant do."""

    ARTICLE = "article"  #: a stored answer, found by retrieval
    ORDER = "order status"  #: a stored answer with values of two tools over HTTP
    SMALL_TALK = "small talk"  #: a stored sentence without a search
    OFFER = "offer"  #: up to three entries to choose from


#: How many of twenty messages are of a kind.
MIX = {Kind.ARTICLE: 10, Kind.ORDER: 5, Kind.SMALL_TALK: 3, Kind.OFFER: 2}


@dataclass(frozen=True, slots=True)
class Questions:
    """What contacts ask, by language and kind."""

    asked: Mapping[Language, Mapping[Kind, Sequence[str]]]

    def scripts(self, chance: Chance, turns: int) -> Iterator[tuple[str, ...]]:
        """Yield for ever what one contact asks after the other in one language, ``turns`` messages each.

        Never two offers one after the other, since the second would end with a person.
        """
        deck = [kind for kind, count in MIX.items() for _ in range(count)]
        while True:
            asked = self.asked[_drawn(tuple(self.asked), chance)]
            kinds = [_drawn(deck, chance) for _ in range(turns)]
            for place in range(1, turns):
                if kinds[place - 1] is kinds[place] is Kind.OFFER:
                    kinds[place] = Kind.ARTICLE
            yield tuple(_drawn(asked[kind], chance) for kind in kinds)

    def of_kind(self, kind: Kind) -> list[tuple[Language, str]]:
        """Return every question of a kind with its language."""
        return [(language, text) for language, asked in self.asked.items() for text in asked[kind]]


def _drawn(values: Sequence[T], chance: Chance) -> T:
    return values[int(chance.fraction() * len(values))]


def bench_articles(clock: Clock, chance: Chance) -> list[Article]:
    """Return the entries: those on orders, and the first others that need no tool, in every language."""
    ids = IdMaker(clock, chance)
    found: list[Article] = []
    for language in Language:
        name = f"{language.value}.jsonl"
        text = resources.files("fondaco.demo").joinpath(f"content/articles/{name}").read_text("utf-8")
        drafts = read_text(text, ".jsonl", Origin(name=name, language=language)).drafts
        articles = articles_from(drafts, WORKSPACE_ID, ids)
        found += sorted(filter(_is_wanted, articles), key=_order_first)[:_ENTRIES]
    return sorted(found, key=lambda article: (article.key, article.language))  # as a registry lists them


def _order_first(article: Article) -> bool:
    return article.key not in _PERSONAL_FIRST


def _is_wanted(article: Article) -> bool:
    texts = (article.body, *(variant.body for variant in article.variants))
    return article.key in _PERSONAL_FIRST or not any(map(_SLOT.search, texts))


def count_phrasings(articles: Sequence[Article]) -> int:
    """Return how many stored questions there are."""
    return sum(len(article.questions) for article in articles)


def choose_questions(
    articles: Sequence[Article], index: KnowledgeIndex, chance: Chance, wanted: int
) -> Questions:
    """Return up to ``wanted`` questions of each searched kind in each language, each tried on the index.

    Raises BenchFailed where a language has none of a kind.
    """
    asked = {}
    for language in Language:
        spoken = [article for article in articles if article.language is language]
        asked[language] = _tried(spoken, index, chance, wanted) | {
            Kind.SMALL_TALK: [text for text in _SMALL_TALK[language] if phrases(language).small_talk(text)],
            Kind.ORDER: _order_questions(language, index),
        }
    lacking = [f"{kind} in {language}" for language in asked for kind in Kind if not asked[language][kind]]
    if lacking:
        raise BenchFailed(f"The demo's entries give no question of these kinds: {', '.join(lacking)}.")
    return Questions(asked)


def _tried(
    articles: Sequence[Article], index: KnowledgeIndex, chance: Chance, wanted: int
) -> dict[Kind, list[str]]:
    """Return questions that anybody may ask, by what the index makes of them."""
    open_to_all = [article for article in articles if article.key not in _PERSONAL_FIRST]
    found: dict[Kind, list[str]] = {Kind.ARTICLE: [], Kind.OFFER: []}
    for number in range(6 * wanted):
        article = _drawn(open_to_all, chance)
        text = _drawn(_GREETINGS[article.language], chance) + _asked(article, chance, halved=number % 3 == 0)
        kind = _kind_of(text, article.language, index)
        if kind is not None and text not in found[kind] and len(found[kind]) < wanted:
            found[kind].append(text)
    return found


def _asked(article: Article, chance: Chance, *, halved: bool) -> str:
    """Return a stored question, or half of it, which is often too little to be sure of."""
    question = _drawn(article.questions, chance)
    return question[: (len(question) + 1) // 2].strip() if halved else question


def _kind_of(text: str, language: Language, index: KnowledgeIndex) -> Kind | None:
    """Return what the assistant makes of a text; None where a person or a tool would have to answer."""
    unclear = detect(text, hint=language).language is not language or any(map(str.isdigit, text))
    books = any_language(language)
    if unclear or any(book.is_alarming(text) or book.wants_person(text) for book in books):
        return None
    search = index.search(text, language)
    if search.passages and search.passages[0].key in _PERSONAL_FIRST:
        return None
    limits = (search.plausible - OPTIONS.offer_at, search.confidence - OPTIONS.answer_at)
    if min(map(abs, limits)) < _TOO_CLOSE:
        return None
    return {Decision.ANSWER: Kind.ARTICLE, Decision.OFFER: Kind.OFFER}.get(search.decision)


def _order_questions(language: Language, index: KnowledgeIndex) -> list[str]:
    """Return the questions, if the index finds their entry when the values are taken out, as a turn does."""
    question = _ORDER_QUESTIONS[language]
    search = index.search(question.format(number="", proof=""), language)
    if search.decision is not Decision.ANSWER or search.passages[0].key != _ORDER_STATUS:
        return []
    return [question.format(number=number, proof=proof) for number, proof in _ORDERS]


def settings_text(storage_url: str, port: int) -> str:
    """Return the settings file of the server that is measured, the demo shop's tools included.

    Everything is as it comes, but for the limits of a key and the burst window, which would only wait, and
    the limit on guesses of one order's proof: here a thousand contacts prove the same four orders at once.
    """
    tools = resources.files("fondaco.demo").joinpath("fondaco-demo.toml").read_text("utf-8")
    tools = tools.replace("[verification]", "[verification]\nmax_tries_an_hour = 1_000_000", 1)
    states = resources.files("fondaco.demo").joinpath("content/states.json").read_text("utf-8")
    own: dict[str, dict[str, object]] = {
        "workspace": {"id": WORKSPACE_ID, "name": "Bench"},
        "server": {"port": port},
        "storage": {"url": storage_url},
        "inbox": {"burst_ms": 0},
        "limits.key": {"per_minute": 1e9, "burst": 1_000_000},
    }
    return "\n".join([tools, *tables(own), *tables(_state_tables(json.loads(states)))])


def _state_tables(states: dict[str, dict[str, dict[str, str]]]) -> dict[str, dict[str, str]]:
    return {
        f'state_names."{field}".{value}': names
        for field, values in states.items()
        for value, names in values.items()
    }


def tables(named: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Yield each table as TOML has it; a name in brackets of its own is an entry of a list."""
    for name, values in named.items():
        # Numbers and strings are written alike in JSON and TOML.
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        yield "\n".join([f"[{name}]", *lines])
