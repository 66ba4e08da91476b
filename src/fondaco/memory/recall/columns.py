"""What is known of the turns of a past whatever is asked, as arrays."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.meanings import Surroundings
from fondaco.memory.recall.vectors import Floats
from fondaco.memory.recall.views import Windows, by_sitting, standard

#: What a row of a turn's numbers holds: tokens, number of its sitting, terms, distinct terms, names and
#: numbers, whether the contact spoke, whether something is asked; the year, month and day last.
_TOKENS, SITTING, _TERMS, DISTINCT, _MARKS, _CONTACT, _ASKS, _DAY, ROW = 0, 1, 2, 3, 4, 5, 6, 7, 10
_MARK_WORTH = 12.0  #: a name or a number is as much as two words that stand nowhere else
_ASKING_WORTH = -3.0  #: a question tells nothing
_DAMPED_TOKENS = 5


def number_of(term: str) -> int:
    """Return a number for a term; no vocabulary is kept, and two terms of a past hardly ever share one."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


class Words:
    """Which terms stand in which turns."""

    def __init__(
        self, terms: NDArray[np.uint32], times: NDArray[np.uint32], distinct: NDArray[np.int64]
    ) -> None:
        self._known, self._terms = np.unique(terms, return_inverse=True)
        self._times = times.astype(np.float32)
        self._ends = np.cumsum(distinct)
        self._places = np.repeat(np.arange(len(distinct)), distinct)

    def count(self, asked: Sequence[str], until: int) -> Floats:
        """Return how often each term stands in each of the first ``until`` turns, a row a term."""
        counts = np.zeros((len(asked), until), dtype=np.float32)
        if until and asked:
            end = int(self._ends[until - 1])
            rows = self._rows_of(asked)[self._terms[:end]]
            found = np.flatnonzero(rows >= 0)
            counts[rows[found], self._places[found]] = self._times[found]
        return counts

    def _rows_of(self, asked: Sequence[str]) -> NDArray[np.int64]:
        """Return for each known term which of those that are asked for it is, -1 for none."""
        rows = np.full(len(self._known), -1, dtype=np.int64)
        numbers = np.array([number_of(term) for term in asked], dtype=np.uint32)
        near = np.minimum(np.searchsorted(self._known, numbers), len(self._known) - 1)
        there = np.flatnonzero(self._known[near] == numbers) if len(self._known) else near[:0]
        rows[near[there]] = there
        return rows

    def rarity(self) -> Floats:
        """Return for each turn how rare its terms are in this past, added up."""
        turns = len(self._ends)
        held = np.bincount(self._terms, minlength=len(self._known))
        rare = np.log(1 + turns / np.maximum(held, 1))[self._terms]
        summed = np.bincount(self._places, weights=rare, minlength=turns)
        return summed.astype(np.float32)


class Columns:
    """One number a turn, of each kind, and its words."""

    def __init__(self, table: NDArray[np.int64], words: Words, names: Sequence[str]) -> None:
        self.words = words
        self.tokens: NDArray[np.int64] = table[:, _TOKENS]
        self.sittings: NDArray[np.int64] = table[:, SITTING]
        self.lengths = table[:, _TERMS].astype(np.float32)
        self.by_contact = table[:, _CONTACT].astype(np.float32)
        self.asks = table[:, _ASKS].astype(np.float32)
        self.days = table[:, _DAY:].astype(np.int32)  #: year, month, day
        self.salience = self._salience(table[:, _MARKS])
        self.names = np.array([name.casefold() for name in names])
        self.middles = np.cumsum(self.tokens) - self.tokens / 2  #: tokens from the beginning
        self._start: Start | None = None

    def _salience(self, marks: NDArray[np.int64]) -> Floats:
        """Return how rare a turn's words are and how many names and numbers it has, by root of length."""
        told = self.words.rarity() + _MARK_WORTH * marks
        salience = told / np.sqrt(self.tokens + _DAMPED_TOKENS) + _ASKING_WORTH * self.asks
        return salience.astype(np.float32)

    def start(self, size: int) -> Start:
        """Return what follows of the first ``size`` turns alone; the last that was asked for is kept."""
        if self._start is None or self._start.size != size:
            self._start = Start(self, size)
        return self._start


class Start:
    """The first turns of a past, and what of their scores no question changes."""

    def __init__(self, columns: Columns, size: int) -> None:
        tokens = np.maximum(columns.tokens[:size], 1)
        self.size = size
        self.sittings = columns.sittings[:size]
        self.lengths = columns.lengths[:size]
        self.windows = Windows(columns.middles[:size], self.sittings)
        self.window_lengths = self.windows.sums(self.lengths)
        self.sitting_lengths = by_sitting(self.lengths, self.sittings)
        self.contact = columns.by_contact[:size]
        self.asks = columns.asks[:size] * (1 - self.contact)
        self.salience = standard(columns.salience[:size])
        over = np.maximum(np.log(tokens / np.median(tokens)), 0)
        self.oversize: Floats = over.astype(np.float32)
        self.middles = columns.middles[:size]

    @cached_property
    def surroundings(self) -> Surroundings:
        """What stands around each turn, by meaning."""
        return Surroundings(self.middles, self.sittings)
