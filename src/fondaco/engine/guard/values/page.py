"""A text as the readers of values see it, and a value as they find it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language


class Page(NamedTuple):
    """A folded text; both forms have the same length, so that one place serves both."""

    text: str  #: letters as they were written
    low: str  #: small letters
    language: Language  #: decides what the spelling leaves open
    today: date | None
    words: frozenset[str]  #: all that is written in Latin small letters, so that most readers need not look
    is_eastern: bool  #: whether there is any Chinese, Japanese or Korean sign


class Found(NamedTuple):
    """One value, by its place in the folded text."""

    kind: Kind
    readings: tuple[str, ...]
    begin: int
    end: int
