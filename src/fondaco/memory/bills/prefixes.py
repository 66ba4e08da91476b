"""What a provider finds again of a conversation's prompts, without any text: sizes and places are enough.

The rule is that of every automatic cache: as much of a prompt is found as it shares with any earlier one from
the first byte on, in whole blocks, and not below a minimum (sources: ``memory.planning.sheets``).  It is
reckoned that nothing is forgotten between two requests and that other conversations help nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from fondaco.domain.usage import Usage
from fondaco.llm.prices import Rates
from fondaco.memory.planning.sheets import CacheHabit


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt that is the same as another one if their names are."""

    name: Hashable
    tokens: int


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the log, word for word: from this atom up to, and without, that one."""

    first: int
    end: int


Part = Piece | Span


class Read(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How a provider reads one prompt."""

    total: int  #: tokens
    found: int  #: that it has read before

    def usage(self, rates: Rates) -> Usage:
        """Return what the provider would report; its cache writes all that it has not found."""
        written = 0 if rates.cache_write_5m is None else self.total - self.found
        return Usage(input=self.total, output=0, cache_read=self.found, cache_write_5m=written)


class Prefixes:
    """Remembers the prompts of one conversation; ``tokens`` are those of the log's atoms."""

    def __init__(self, habit: CacheHabit, tokens: Sequence[int]) -> None:
        self._habit = habit
        self._upto = [0]
        for one in tokens:
            self._upto.append(self._upto[-1] + one)
        self._places: dict[Hashable, int] = {}
        self._ends: dict[tuple[int, int], int] = {}

    def between(self, first: int, end: int) -> int:
        """Return the tokens of a part of the log."""
        return self._upto[end] - self._upto[first]

    def read(self, parts: Iterable[Part]) -> Read:
        """Return how a prompt is read, and remember it."""
        whole = joined(parts)
        total = sum(self._size(part) for part in whole)
        if total < self._habit.minimum_tokens:
            return Read(total=total, found=0)
        return Read(total=total, found=self._habit.found(self._shared(whole)))

    def _shared(self, parts: Sequence[Part]) -> int:
        """Return how much of a prompt an earlier one began with, and learn the whole of it."""
        shared, at, is_known = 0, 0, True
        for part in parts:
            if isinstance(part, Span):
                known, place = self._known_span(at, part)
                shared += self.between(part.first, known) if is_known else 0
                is_known = is_known and known == part.end
            else:
                place = (at, part.name)
                is_known = is_known and place in self._places
                shared += part.tokens if is_known else 0
            at = self._places.setdefault(place, len(self._places) + 1)
        return shared

    def _known_span(self, at: int, span: Span) -> tuple[int, Hashable]:
        """Return up to where earlier prompts told the log from here on, and the name of the place behind."""
        key = (at, span.first)
        seen = self._ends.get(key, span.first)
        self._ends[key] = max(seen, span.end)
        return min(seen, span.end), (at, span.first, span.end)

    def _size(self, part: Part) -> int:
        return self.between(part.first, part.end) if isinstance(part, Span) else part.tokens


def joined(parts: Iterable[Part]) -> list[Part]:
    """Return the parts without empty ones, and neighbours of the log as one."""
    whole: list[Part] = []
    for part in parts:
        last = whole[-1] if whole else None
        if isinstance(part, Piece):
            whole += [part] if part.tokens else []
        elif isinstance(last, Span) and last.end == part.first:
            whole[-1] = Span(last.first, part.end)
        elif part.first < part.end:
            whole.append(part)
    return whole
