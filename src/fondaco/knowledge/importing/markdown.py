"""Markdown files: one entry, or a page with questions among its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from fondaco.kit.language import Language
from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem, Origin, language_of
from fondaco.knowledge.importing.front_matter import FrontMatter, front_matter
from fondaco.knowledge.importing.keys import key_of
from fondaco.knowledge.importing.sections import Block, drafts_of

_BREAKS = ("softbreak", "hardbreak")
_TEXTS = ("inline", "fence", "code_block")
_OPEN = {"bullet_list_open": "- ", "ordered_list_open": "{number}. ", "table_open": ""}
_CLOSE = ("bullet_list_close", "ordered_list_close", "table_close")
_LANGUAGE_END = re.compile(rf"[._-](?:{'|'.join(Language)})$")


def parse_markdown(text: str, origin: Origin) -> Imported:
    """Return the file's articles as plain text.

    With ``questions`` in the front matter the whole file answers them; else every heading below the
    first level that ends in a question mark is an entry, and the rest is one page.
    """
    head = front_matter(text)
    known = msgspec.structs.replace(origin, language=head.language or origin.language)
    rest = "\n".join(text.split("\n")[head.lines :])
    problems = [ImportProblem(file=origin.name, line=line, reason=reason) for line, reason in head.wrong]
    try:
        blocks = list(_blocks(MarkdownIt().enable("table").parse(rest), head.lines))
    except (RecursionError, ValueError, IndexError) as error:
        reason = f"this Markdown cannot be read ({type(error).__name__})"
        return Imported(problems=(*problems, ImportProblem(file=origin.name, reason=reason)))
    path = head.key or path_of(origin)
    if head.questions:
        return Imported(drafts=(_whole(blocks, head, known, path),), problems=tuple(problems))
    drafts = drafts_of(blocks, known, path=path, title=head.title, topic=head.topic)
    return Imported(drafts=tuple(drafts), problems=tuple(problems))


def path_of(origin: Origin) -> str:
    """Return the file's path without its ending, and without a language in it: translations share a key."""
    stem = origin.name.rpartition(".")[0] or origin.name
    parts = [part for part in stem.split("/") if part not in ("", ".", "..", *Language)]
    return _LANGUAGE_END.sub("", "/".join(parts)) or origin.stem


def _whole(blocks: Sequence[Block], head: FrontMatter, origin: Origin, path: str) -> ArticleDraft:
    titled = next((block.text for block in blocks if block.level == 1), "")
    body = "\n\n".join(block.text for block in blocks if block.level != 1)
    return ArticleDraft(
        key=key_of(path),
        language=language_of(" ".join((*head.questions, body)), origin),
        title=head.title or titled or head.questions[0],
        body=body,
        questions=head.questions,
        topic=head.topic,
        source=origin.name,
    )


class _Lists:
    """The lists and tables that the reader is inside of, and their lines so far."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self._numbers: list[int] = []
        self._lines: list[str] = []

    def see(self, token: Token) -> Iterator[Block]:
        """Step in or out; yield the lines when the outermost one ends."""
        if token.type in _OPEN:
            self.signs.append(_OPEN[token.type])
            self._numbers.append(0)
        elif token.type in _CLOSE:
            self.signs.pop()
            self._numbers.pop()
            if self._lines and not self.signs:
                yield Block(text="\n".join(self._lines))
                self._lines.clear()

    def add(self, text: str) -> None:
        """Write an item or a cell down."""
        self._numbers[-1] += 1
        sign = self.signs[-1].format(number=self._numbers[-1])
        self._lines.append(f"{'  ' * (len(self.signs) - 1)}{sign}{text}")


def _blocks(tokens: Sequence[Token], skipped: int) -> Iterator[Block]:
    """Yield headings and paragraphs; the items of a list and the rows of a table stay together."""
    lists = _Lists()
    level = 0
    for token in tokens:
        yield from lists.see(token)
        if token.type == "heading_open":
            level = int(token.tag[1])
        text = _text(token).strip() if token.type in _TEXTS else ""
        if text and lists.signs:
            lists.add(text)
        elif text:
            line = skipped + (token.map[0] if token.map else 0) + 1
            yield Block(text=text, level=level, line=line)
            level = 0


def _text(token: Token) -> str:
    """Return what a reader sees; a link is followed by its address."""
    if token.children is None:
        return token.content
    parts: list[str] = []
    address = ""
    for child in token.children:
        if child.type == "link_open":
            address = str(child.attrGet("href") or "")
        elif child.type == "link_close":
            shown = parts[-1] if parts else ""
            parts.append(f" ({address})" if address.startswith("http") and address != shown else "")
        elif child.type in _BREAKS:
            parts.append("\n")
        elif child.type in {"text", "code_inline"}:
            parts.append(child.content)
    return "".join(parts)
