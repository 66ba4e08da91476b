"""Finds the line of a TOML file on which a key stands; the standard library's parser does not tell."""

from __future__ import annotations

import re
from collections import Counter

Path = tuple[str, ...]

_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_TABLE = re.compile(rf"^\s*\[\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_ARRAY = re.compile(rf"^\s*\[\[\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]")
_KEY = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_ONE_PART = re.compile(_PART)


def line_of(text: str, path: Path) -> int | None:
    """Return the line, counted from 1, of the key or of the nearest one above it; None if neither shows."""
    lines = places(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def places(text: str) -> dict[Path, int]:
    """Return the line of every table and every key that begins a line; items of an array count from 0."""
    found: dict[Path, int] = {}
    seen: Counter[Path] = Counter()
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if array := _ARRAY.match(line):
            name = _indexed(_parts(array[1]), seen)
            table = (*name, str(seen[name]))
            seen[name] += 1
            found.setdefault(name, number)
            found.setdefault(table, number)
        elif header := _TABLE.match(line):
            table = _indexed(_parts(header[1]), seen)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def _parts(written: str) -> Path:
    return tuple(part.strip("\"'") for part in _ONE_PART.findall(written))


def _indexed(name: Path, seen: Counter[Path]) -> Path:
    """Return the name with the number of the current item behind every array that it leads through."""
    full: Path = ()
    for part in name[:-1]:
        full = (*full, part)
        if seen[full]:
            full = (*full, str(seen[full] - 1))
    return (*full, name[-1])
