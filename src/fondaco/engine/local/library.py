"""The articles as the local assistant uses them: an index, entries to look up, rules to try first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fondaco.domain.articles import Article
from fondaco.kit.language import Language
from fondaco.kit.text import normalise
from fondaco.knowledge import KnowledgeIndex


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that chooses an entry before the index is asked."""

    pattern: re.Pattern[str]
    key: str
    language: Language


@dataclass(frozen=True, slots=True)
class Library:
    """One state of a workspace's knowledge base; never changes, only gets replaced."""

    index: KnowledgeIndex
    version: int = 0
    entries: Mapping[tuple[str, Language], Article] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, articles: Iterable[Article], index: KnowledgeIndex, version: int = 0) -> Library:
        """Arrange the articles that ``index`` was built from."""
        shelved = list(articles)
        return cls(
            index=index,
            version=version,
            entries={(article.key, article.language): article for article in shelved},
            rules=tuple(
                Rule(re.compile(rule, re.IGNORECASE), article.key, article.language)
                for article in shelved
                for rule in article.rules
            ),
        )

    def entry(self, key: str, language: Language) -> Article | None:
        """Return the entry in this language, else in English, else in any."""
        preferred = (language, Language.EN, *Language)
        return next(
            (self.entries[key, choice] for choice in preferred if (key, choice) in self.entries), None
        )

    def by_rule(self, texts: Sequence[str], language: Language) -> str | None:
        """Return the key of the entry whose rule matches: the first text first, this language first."""
        ordered = sorted(self.rules, key=lambda rule: rule.language is not language)
        for text in texts:
            found = normalise(text)
            key = next((rule.key for rule in ordered if rule.pattern.search(found)), None)
            if key is not None:
                return key
        return None


class Shelf:
    """Holds the newest library; a turn takes the one that lies there and keeps it to its end."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def put(self, library: Library) -> None:
        """Replace the library for all turns that begin from now on."""
        self.library = library
