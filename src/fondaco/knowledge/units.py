"""Articles taken apart into the texts that a question is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fondaco.domain.articles import Article
from fondaco.kit.text import normalise
from fondaco.knowledge.passages import split_passages


@dataclass(frozen=True, slots=True)
class Unit:
    """One text of an article: a way of asking, or a stretch of its body."""

    entry: int  #: position of the article's key among the keys
    article: int  #: position of the article
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All articles with their keys, phrasings (questions and titles) and passages (bodies)."""

    articles: tuple[Article, ...]
    keys: tuple[str, ...]
    phrasings: tuple[Unit, ...]
    passages: tuple[Unit, ...]
    by_entry: tuple[tuple[int, ...], ...]  #: for each key the positions of its articles
    passages_of: tuple[tuple[int, ...], ...]  #: for each article the positions of its passages
    is_answer: tuple[bool, ...]  #: for each key whether questions are stored with it; else it is a page
    has_phrasings: tuple[bool, ...]  #: for each key whether anything is stored that it may be asked with


def shelve(articles: Sequence[Article], passage_characters: int) -> Shelf:
    """Return ``articles`` taken apart; entries in order of first appearance, equal phrasings once."""
    keys = tuple(dict.fromkeys(article.key for article in articles))
    entry_of = {key: entry for entry, key in enumerate(keys)}
    placed = list(enumerate(articles))
    phrasings = [Unit(entry_of[a.key], at, text) for at, a in placed for text in _phrasings(a)]
    passages = [
        Unit(entry_of[a.key], at, text)
        for at, a in placed
        for text in split_passages(a.body, passage_characters)
    ]
    answers = {article.key for article in articles if article.questions}
    asked = {unit.entry for unit in phrasings}
    return Shelf(
        articles=tuple(articles),
        keys=keys,
        phrasings=tuple(phrasings),
        passages=tuple(passages),
        by_entry=_grouped((entry_of[article.key] for article in articles), len(keys)),
        passages_of=_grouped((unit.article for unit in passages), len(articles)),
        is_answer=tuple(key in answers for key in keys),
        has_phrasings=tuple(entry in asked for entry in range(len(keys))),
    )


def _grouped(owners: Iterable[int], groups: int) -> tuple[tuple[int, ...], ...]:
    """Return for each group the positions at which it is the owner."""
    members: list[list[int]] = [[] for _ in range(groups)]
    for position, owner in enumerate(owners):
        members[owner].append(position)
    return tuple(map(tuple, members))


def _phrasings(article: Article) -> list[str]:
    distinct = {normalise(text): text for text in (*article.questions, article.title)}
    return [text for folded, text in distinct.items() if folded]
