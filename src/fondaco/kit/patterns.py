"""Finds which of many patterns a text holds, at about the cost of one.

Patterns are those of ``re``, and ``re`` has the last word.  RE2 (https://github.com/google/re2) reads all of
them in a single pass and names the few that may be there, which most texts have none of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import re2

#: A part of a pattern: something escaped, a class of signs, or one sign.
_PART = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LOOK = re.compile(r"\(\?<?[=!]")

# What ``re`` means by these holds for all scripts, what RE2 means for ASCII alone.  Each stands for at least
# as much as in ``re``, since whatever RE2 finds is looked at once more.
_WORD, _BLANK, _DIGIT = r"\p{L}\p{N}_", r"\s\p{Z}\x{1c}-\x{1f}\x{85}\v", r"\p{Nd}"
_CLASSES = {r"\w": _WORD, r"\s": _BLANK, r"\d": _DIGIT}
_ALONE = {
    r"\w": f"[{_WORD}]",
    r"\s": f"[{_BLANK}]",
    r"\d": f"[{_DIGIT}]",
    r"\W": "(?s:.)",
    r"\S": "(?s:.)",
    r"\D": "(?s:.)",
    r"\b": "(?:)",
    r"\B": "(?:)",
    r"\Z": r"\z",
    "$": r"(?:\n?\z)",
}
_NEGATED = {r"\W", r"\S", r"\D"}
_KNOWN_FLAGS = re.IGNORECASE | re.UNICODE | re.ASCII
_MEMORY_BYTES = 64 * 1024 * 1024  # at most, should patterns want so much


class Patterns:
    """Patterns in a fixed order, looked for together."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self._patterns = tuple(patterns)
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY_BYTES
        self._together = re2.Set.SearchSet(options)
        self._places: list[int] = []  #: of the patterns that RE2 knows
        self._others: list[int] = []  #: of those that it cannot tell about, such as one that repeats a group
        for place, pattern in enumerate(self._patterns):
            self._add(place, pattern)
        if self._places:
            self._together.Compile()

    def __len__(self) -> int:
        return len(self._patterns)

    def __iter__(self) -> Iterator[re.Pattern[str]]:
        return iter(self._patterns)

    def first(self, text: str) -> int | None:
        """Return the place of the first pattern that the text holds; None where it holds none."""
        return next((place for place in self._candidates(text) if self._patterns[place].search(text)), None)

    def may_be_in(self, text: str) -> list[int]:
        """Return the places of all patterns that the text may hold, in order; ``re`` is not asked.

        For patterns that are nothing but words, it certainly holds them.
        """
        return list(self._candidates(text))

    def found(self, text: str) -> bool:
        """Return whether the text holds any of the patterns."""
        return self.first(text) is not None

    def _candidates(self, text: str) -> Iterator[int] | list[int]:
        if not self._places:
            return self._others
        # ``re`` takes both Turkish letters for an i where case does not matter; RE2 takes neither.
        plain = text if text.isascii() else text.replace("\u0131", "i").replace("\u0130", "i")
        matched = self._together.Match(plain.encode("utf-8", "replace"))
        if not matched:
            return self._others
        return sorted([*(self._places[one] for one in matched), *self._others])

    def _add(self, place: int, pattern: re.Pattern[str]) -> None:
        widened = _widened(pattern)
        try:
            if widened is None:
                raise re2.error("it means something else there")
            self._together.Add(widened)
        except re2.error:
            self._others.append(place)
        else:
            self._places.append(place)


def _widened(pattern: re.Pattern[str]) -> str | None:
    """Return the pattern in RE2's words, matching wherever it matches and perhaps elsewhere.

    None where that is not certain.
    """
    if pattern.flags & ~_KNOWN_FLAGS or "{," in pattern.pattern:  # RE2 takes ``{,3}`` for five signs
        return None
    ascii_only = bool(pattern.flags & re.ASCII)
    parts = [_part(one, ascii_only=ascii_only) for one in _without_looks(_PART.findall(pattern.pattern))]
    if None in parts:
        return None
    case = "(?i)" if pattern.flags & re.IGNORECASE else ""
    return case + "".join(part for part in parts if part is not None)


def _without_looks(parts: list[str]) -> Iterator[str]:
    """Yield the parts but for what looks ahead or back, which only ever takes matches away."""
    depth = 0
    for place, part in enumerate(parts):
        if part == "(" and (depth or _LOOK.match("".join(parts[place : place + 4]))):
            depth += 1
        if not depth:
            yield part
        elif part == ")":
            depth -= 1
            if not depth:
                yield "(?:)"


def _part(part: str, *, ascii_only: bool) -> str | None:
    if part.startswith("[") and len(part) > 1:
        return _class(part, ascii_only=ascii_only)
    if part.startswith("\\u"):
        return rf"\x{{{part[2:]}}}"
    return _ALONE.get(part, part)


def _class(part: str, *, ascii_only: bool) -> str | None:
    if any(one in part for one in _NEGATED) or "[" in part[1:]:
        return None
    if part.startswith("[^") and r"\s" in part:  # RE2's blanks are more than those of ``re``
        return None
    if ascii_only and part.startswith("[^") and any(one in part for one in _CLASSES):
        return None  # what is no word for ASCII may be one for RE2
    return _ESCAPED.sub(lambda found: _in_class(found.group()), part)


def _in_class(escaped: str) -> str:
    if escaped.startswith("\\u"):
        return rf"\x{{{escaped[2:]}}}"
    return _CLASSES.get(escaped, escaped)
