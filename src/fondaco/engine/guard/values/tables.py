"""What a language's table of words holds, and how the five are laid together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fondaco.engine.guard.words import Kind


class Unit(NamedTuple):
    """What a number counts or measures."""

    kind: Kind
    names: tuple[str, ...] = (
        "",
    )  #: currencies, a measure, or the length of time (``D``, ``BD``); empty: a count
    factor: str = "1"  #: how many of the normal unit one of this makes


class Table(NamedTuple):
    """The words of one language, in small letters."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]  #: Monday is 0
    short_weekdays: Mapping[str, int]  #: beside a date only
    days: Mapping[str, int]  #: words for a day by its distance from today
    hours: Mapping[str, str]  #: words for an hour of the day
    units: Mapping[str, Unit]


def money(names: str, words: str, factor: str = "1") -> dict[str, Unit]:
    """Return one unit of money under all its words."""
    unit = Unit(Kind.AMOUNT, tuple(names.split()), factor)
    return dict.fromkeys(words.split(), unit)


def time(name: str, words: str, factor: str = "1") -> dict[str, Unit]:
    """Return one length of time under all its words; ``|`` parts words that hold a space."""
    return dict.fromkeys(_words(words), Unit(Kind.DURATION, (name,), factor))


def share(words: str, factor: str = "1") -> dict[str, Unit]:
    """Return the hundredth under all its words."""
    return dict.fromkeys(_words(words), Unit(Kind.PERCENT, ("%",), factor))


def measure(name: str, words: str, factor: str = "1") -> dict[str, Unit]:
    """Return one measure under all its words."""
    return dict.fromkeys(_words(words), Unit(Kind.NUMBER, (name,), factor))


def count(words: str) -> dict[str, Unit]:
    """Return the nouns and the signs that are counted by."""
    return dict.fromkeys(_words(words), Unit(Kind.NUMBER))


def numbered(words: str, first: int = 1) -> dict[str, int]:
    """Return words by their place; ``/`` parts the spellings of one."""
    return {word: at for at, group in enumerate(words.split(), first) for word in group.split("/")}


def _words(words: str) -> list[str]:
    return [word.strip() for word in words.split("|")] if "|" in words else words.split()
