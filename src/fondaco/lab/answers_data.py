"""Reads the public question sets that the local answerer is trained and measured on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fondaco.domain.articles import Article
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.kit.language import Language

#: The label of a question that no entry answers.
UNANSWERABLE = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the key of the entry that answers it."""

    text: str
    key: str


class _Labelled(msgspec.Struct, frozen=True):
    text: str
    label: str


class _Page(msgspec.Struct, frozen=True):
    passage: str
    questions: list[str]


class _Pair(msgspec.Struct, frozen=True):
    q: str
    a: str


class _Group(msgspec.Struct, frozen=True):
    group: int
    text: str


class FaqEntry(msgspec.Struct, frozen=True):
    """One question and answer of a help page in five languages."""

    key: str
    en: _Pair
    de: _Pair
    zh: _Pair
    ja: _Pair
    ko: _Pair

    def pair(self, language: Language) -> _Pair:
        """Return question and answer in ``language``."""
        found: _Pair = getattr(self, language.value)
        return found


def read_labelled(path: Path, unanswerable: str = "oos") -> list[Asked]:
    """Return the questions of a file with a label each; the label ``unanswerable`` becomes no key."""
    rows = msgspec.json.decode(_as_array(path), type=list[_Labelled])
    return [Asked(row.text, UNANSWERABLE if row.label == unanswerable else row.label) for row in rows]


def read_pages(path: Path) -> list[tuple[str, list[str]]]:
    """Return passages with the questions they answer."""
    return [(row.passage, row.questions) for row in msgspec.json.decode(_as_array(path), type=list[_Page])]


def read_faq(path: Path) -> list[FaqEntry]:
    """Return the entries of a help page in five languages."""
    return msgspec.json.decode(_as_array(path), type=list[FaqEntry])


def read_groups(path: Path) -> list[Asked]:
    """Return sentences keyed by the group of paraphrases they belong to."""
    return [
        Asked(row.text, str(row.group)) for row in msgspec.json.decode(_as_array(path), type=list[_Group])
    ]


def _as_array(path: Path) -> bytes:
    return b"[" + b",".join(line for line in path.read_bytes().splitlines() if line.strip()) + b"]"


def entries_of(asked: Iterable[Asked], language: Language = Language.EN) -> list[Article]:
    """Return one article per key with its questions; the answer says no more than the key."""
    questions: dict[str, list[str]] = {}
    for question in asked:
        questions.setdefault(question.key, []).append(question.text)
    return [article(key, language, questions=found) for key, found in questions.items()]


def article(key: str, language: Language, questions: Sequence[str] = (), body: str = "") -> Article:
    """Return an article for measuring: no title, so that nothing but the data is matched."""
    return Article(
        id=ArticleId(f"art_{key}_{language}"),
        workspace_id=WorkspaceId("wsp_bench"),
        key=key,
        language=language,
        title="",
        body=body,
        questions=tuple(questions),
    )
