"""What a parser returns: articles without ids, and what it could not take."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.domain.articles import Article, Variant
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language, detect


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text comes from, and which language is known without reading it."""

    name: str  #: the file's path as it was named; keys and sources are made of it
    language: Language | None = None  #: what was demanded, or what the file's name tells
    fallback: Language = Language.EN  #: where neither the file nor its text tells

    @property
    def stem(self) -> str:
        """The file's name without folders and endings."""
        return self.name.rpartition("/")[2].partition(".")[0] or "file"


class ArticleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it was read; ``line`` is where it begins."""

    key: str
    language: Language
    title: str
    body: str
    questions: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    rules: tuple[str, ...] = ()
    topic: str = ""
    source: str = ""
    line: int = 1


class ImportProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was left out, where it stands, and why."""

    file: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{place}: {self.reason}"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, in the order of the files, and what was not."""

    drafts: tuple[ArticleDraft, ...] = ()
    problems: tuple[ImportProblem, ...] = ()


def articles_from(drafts: Iterable[ArticleDraft], workspace_id: WorkspaceId, ids: IdMaker) -> list[Article]:
    """Return the drafts as articles; a registry finds stored ones by (key, language) and keeps their ids."""
    return [
        Article(
            id=ArticleId(ids.new("art")),
            workspace_id=workspace_id,
            key=draft.key,
            language=draft.language,
            title=draft.title,
            body=draft.body,
            questions=draft.questions,
            variants=draft.variants,
            rules=draft.rules,
            topic=draft.topic,
            source=draft.source,
        )
        for draft in drafts
    ]


def language_of(text: str, origin: Origin) -> Language:
    """Return the language that is known, else the one that the text tells, else the fallback."""
    return origin.language or detect(text, hint=origin.fallback).language
