"""Tells which statement stands under which: bullets under their heading, details under their item."""

from __future__ import annotations

import re

from fondaco.engine.guard.statements import statements

_MARKDOWN = re.compile(r"\s*(#{1,6})\s")
_NUMBERED = re.compile(r"(\s*)(?:\*\*)?(?:\(?\d{1,2}[.)]|[①-⑳]|\d{1,2}、)")
_BULLET = re.compile(r"(\s*)[-*+•‣◦·–—・○●■□▪▸►✓✔☑](?!\*)")
_ROW = re.compile(r"\s*\|")
_PARAGRAPH = 10  # deeper than any heading with #
_LIST = 20  # deeper than any paragraph
_STEP = 2  # a bullet is deeper than a number of the same indentation


def scopes(text: str) -> tuple[int | None, ...]:
    """Return for each statement of a text the one whose subject holds for it too, by its place; None: none.

    That is the sentence before it in the same line, else the line above that is less deep.
    """
    found: list[int | None] = []
    open_lines: list[tuple[int, int]] = []  # depth and last statement of each line that may head others
    line_end = gap_end = -1
    for place, one in enumerate(statements(text)):
        if one.begin < line_end:
            found.append(place - 1)
            open_lines[-1] = (open_lines[-1][0], place)
            continue
        line_begin = max(text.rfind("\n", 0, one.begin) + 1, 0)
        line_end = text.find("\n", one.begin) % (len(text) + 1)
        depth = _depth(text[line_begin:line_end])
        after_gap = "\n\n" in text[gap_end:line_begin] if gap_end >= 0 else False
        while open_lines and _closes(open_lines[-1][0], depth, after_gap=after_gap):
            open_lines.pop()
        found.append(open_lines[-1][1] if open_lines else None)
        open_lines.append((depth, place))
        gap_end = one.end
    return tuple(found)


def _depth(line: str) -> int:
    if heading := _MARKDOWN.match(line):
        return len(heading[1])
    if numbered := _NUMBERED.match(line):
        return _LIST + _STEP * len(numbered[1].expandtabs(4))
    if bullet := _BULLET.match(line):
        return _LIST + _STEP * len(bullet[1].expandtabs(4)) + 1
    if _ROW.match(line):
        return _LIST
    indent = len(line) - len(line.lstrip())
    return _LIST + _STEP * indent if indent else _PARAGRAPH


def _closes(open_depth: int, depth: int, *, after_gap: bool) -> bool:
    """Return whether a line of ``depth`` is no part of an open one; a paragraph ends at an empty line."""
    if depth == open_depth == _PARAGRAPH:
        return after_gap
    return depth <= open_depth
