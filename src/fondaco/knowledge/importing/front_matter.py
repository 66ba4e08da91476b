"""The lines between two ``---`` at the top of a Markdown file: names, texts and lists."""

from __future__ import annotations

import re

import msgspec

from fondaco.kit.language import Language

NAMES = ("key", "language", "title", "topic", "questions")
_LINE = re.compile(r"(\w+)\s*:\s*(.*)")


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself; ``lines`` is how many lines it takes, its fences with them."""

    key: str = ""
    language: Language | None = None
    title: str = ""
    topic: str = ""
    questions: tuple[str, ...] = ()
    lines: int = 0
    wrong: tuple[tuple[int, str], ...] = ()  #: line and reason of what could not be read


def front_matter(text: str) -> FrontMatter:
    """Return what the file says of itself; nothing where it does not begin with ``---``."""
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        return FrontMatter()
    values: dict[str, list[str]] = {}
    wrong: list[tuple[int, str]] = []
    name = ""
    for number, line in enumerate(lines[1:end], 2):
        item = line.strip()
        match = _LINE.fullmatch(item)
        if not item or item.startswith("#"):
            continue
        if item.startswith("- ") and name:
            values[name].append(_plain(item[2:]))
        elif match:
            name = match[1].lower()
            values[name] = _listed(match[2])
        else:
            wrong.append((number, "no name, no list item; write name: value"))
    return _read(values, wrong, end + 1)


def _read(values: dict[str, list[str]], wrong: list[tuple[int, str]], lines: int) -> FrontMatter:
    language = "".join(values.get("language", ())).lower()
    if language and language not in set(Language):
        wrong.append((1, f"the language {language!r} is none of {', '.join(Language)}"))
        language = ""
    return FrontMatter(
        key=" ".join(values.get("key", ())),
        language=Language(language) if language else None,
        title=" ".join(values.get("title", ())),
        topic=" ".join(values.get("topic", ())),
        questions=tuple(one for one in values.get("questions", ()) if one),
        lines=lines,
        wrong=tuple(wrong),
    )


def _listed(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [_plain(one) for one in value[1:-1].split(",")]
    return [_plain(value)] if value else []


def _plain(value: str) -> str:
    text = value.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text
