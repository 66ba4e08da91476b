"""What others say of their tools is data: bounded, and without signs that could be taken for a marking."""

from __future__ import annotations

from typing import Any

from fondaco.kit.text import clean_message

_LONGEST_DESCRIPTION = 500
_LONGEST_NOTE = 200
_NOTES = frozenset({"title", "description", "$comment"})
_DEEPEST = 40


def told_of_tool(text: str) -> str:
    """Return a description in one line, bounded, for models and teammates."""
    return _plain(text, _LONGEST_DESCRIPTION)


def told_in_schema(schema: Any, depth: int = 0) -> Any:
    """Return a schema of others with its descriptions bounded.

    Raises ValueError for one that is nested beyond measure.
    """
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep")
    if isinstance(schema, list):
        return [told_in_schema(one, depth + 1) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _plain(one, _LONGEST_NOTE)
        if name in _NOTES and isinstance(one, str)
        else told_in_schema(one, depth + 1)
        for name, one in schema.items()
    }


def _plain(text: str, most: int) -> str:
    line = " ".join(clean_message(text, most * 4).split())
    return line.replace("<", "‹").replace(">", "›")[:most]
