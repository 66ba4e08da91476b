"""Splits a text that is cut by headings into questions with their answers, and the page that is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.knowledge.importing.draft import ArticleDraft, Origin, language_of
from fondaco.knowledge.importing.keys import key_of

_QUESTION_MARKS = ("?", "？")
_BULLET = "- "


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A heading (level 1 to 6), a paragraph (level 0), or a question that its element marks (``asks``)."""

    text: str
    level: int = 0
    line: int = 1
    asks: bool = False


class _Question(msgspec.Struct):
    text: str
    level: int
    line: int
    paragraphs: list[str]


def drafts_of(
    blocks: Sequence[Block], origin: Origin, *, path: str, title: str = "", topic: str = ""
) -> list[ArticleDraft]:
    """Return an entry for every heading that asks, and one page of everything else.

    A question's answer reaches to the next heading of its level or above.
    ``path`` begins every key; ``title`` is the page's, else its first heading is, else the file's name.
    """
    told = " ".join((title, *(block.text for block in blocks)))
    known = msgspec.structs.replace(origin, language=language_of(told, origin))
    questions, page = _sorted(blocks)
    if not title and page and page[0].level:
        title = page.pop(0).text
    entries = [_entry(question, known, path, topic) for question in questions]
    return [*entries, *_page(_joined(block.text for block in page), title or origin.stem, known, path, topic)]


def _sorted(blocks: Iterable[Block]) -> tuple[list[_Question], list[Block]]:
    """Return the questions with their answers, and whatever belongs to none."""
    questions: list[_Question] = []
    page: list[Block] = []
    current: _Question | None = None
    for block in blocks:
        if current is not None and block.level and block.level <= current.level:
            current = None
        if block.asks or (block.level > 1 and block.text.endswith(_QUESTION_MARKS)):
            current = _Question(block.text, block.level, block.line, [])
            questions.append(current)
        elif current is not None:
            current.paragraphs.append(block.text)
        else:
            page.append(block)
    return questions, page


def _entry(question: _Question, origin: Origin, path: str, topic: str) -> ArticleDraft:
    return ArticleDraft(
        key=key_of(path, question.text),
        language=origin.language or origin.fallback,
        title=question.text,
        body=_joined(question.paragraphs),
        questions=(question.text,),
        topic=topic,
        source=origin.name,
        line=question.line,
    )


def _page(body: str, title: str, origin: Origin, path: str, topic: str) -> list[ArticleDraft]:
    language = origin.language or origin.fallback
    page = ArticleDraft(
        key=key_of(path), language=language, title=title, body=body, topic=topic, source=origin.name
    )
    return [page] if body.strip() else []


def _joined(paragraphs: Iterable[str]) -> str:
    """Return the paragraphs with an empty line between them, but none between the items of a list."""
    text, before = "", ""
    for paragraph in paragraphs:
        in_list = paragraph.startswith(_BULLET) and before.startswith(_BULLET)
        text += ("\n" if in_list else "\n\n" if text else "") + paragraph
        before = paragraph
    return text
