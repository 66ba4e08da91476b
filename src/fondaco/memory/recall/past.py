"""The turns of an episode by their terms; grows by a turn in microseconds."""

from __future__ import annotations

import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fondaco.llm.asking import Speaker
from fondaco.memory.recall.dates import day_of
from fondaco.memory.recall.meanings import Meanings
from fondaco.memory.recall.question import Question, ask
from fondaco.memory.recall.terms import terms
from fondaco.memory.recall.turns import PastTurn
from fondaco.memory.recall.vectors import Floats, Meaning

#: After so long a pause something new begins.
SITTING_PAUSE_MS = 60 * 60 * 1000
_READ_CHARACTERS = 50_000  # of one turn; a tool's result of megabytes is found by its beginning
_MARK = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+|\d+")
_MARK_WORTH, _ASKING_WORTH = 2.0, -3.0
_MOST_MARKS = 40
_DAMPED_TOKENS = 5
#: What a row of a turn's numbers holds, the year, month and day last.
_TOKENS, _SITTING, _TERMS, _DISTINCT, _CONTACT, _ASKS, _DAY, _ROW = 0, 1, 2, 3, 4, 5, 6, 9


class Past:
    """Everything that may be recalled of one episode, in the order of the log.

    Not for several threads at once.
    """

    def __init__(self, turns: Iterable[PastTurn] = ()) -> None:
        self.turns: list[PastTurn] = []
        self.speakers: frozenset[str] = frozenset()
        self.meanings = Meanings()
        self._rows = array("q")  # what is known of each turn, _ROW numbers
        self._terms = array("I")  # the terms of each turn, each once
        self._times = array("I")  # how often they stand there
        self._marks = array("d")
        self._filled: Columns | None = None
        self.add(turns)

    def __len__(self) -> int:
        return len(self.turns)

    def add(self, turns: Iterable[PastTurn]) -> None:
        """Add turns behind those that are there.  Raises ValueError where a seq does not grow."""
        for turn in turns:
            if self.turns and turn.seq <= self.turns[-1].seq:
                raise ValueError(f"Turn {turn.seq} comes after {self.turns[-1].seq}; add turns in order.")
            self._add(turn)
        self._filled = None

    def _add(self, turn: PastTurn) -> None:
        read = turn.text[:_READ_CHARACTERS]
        counts = Counter(terms(read))
        self._terms.extend(map(_number, counts))
        self._times.extend(counts.values())
        asks = read.rstrip().endswith(("?", "？"))
        marks = min(len(_MARK.findall(read)), _MOST_MARKS)
        self._marks.append(_MARK_WORTH * marks + _ASKING_WORTH * asks)
        by_contact = turn.by is Speaker.CONTACT
        lengths = (turn.tokens, self._sitting(turn), counts.total(), len(counts))
        self._rows.extend((*lengths, by_contact, asks, *day_of(turn.at_ms)))
        self.turns.append(turn)
        if turn.name and turn.name not in self.speakers:
            self.speakers |= {turn.name}

    def _sitting(self, turn: PastTurn) -> int:
        if not self.turns:
            return 0
        paused = turn.at_ms - self.turns[-1].at_ms >= SITTING_PAUSE_MS
        return self._rows[_SITTING - _ROW] + paused

    def learn_meanings(self, meaning: Meaning) -> None:
        """Embed what was not yet.  Takes CPU for each new turn, so it belongs into a thread."""
        columns = self.columns()
        self.meanings.grow(meaning, self.turns, columns.sittings, columns.middles)

    def ask(self, text: str) -> Question:
        """Return a question to this past, which knows who speaks in it."""
        return ask(text, self.speakers)

    def count(self, asked: Sequence[str], until: int) -> Floats:
        """Return how often each term stands in each of the first ``until`` turns, a row a term."""
        return self.columns().words.count(asked, until)

    def columns(self) -> Columns:
        """Return what is known of every turn whatever is asked, filled once until a turn is added."""
        if self._filled is None:
            table = np.array(self._rows, dtype=np.int64).reshape(-1, _ROW)
            words = Words(np.array(self._terms), np.array(self._times), table[:, _DISTINCT])
            lengths = np.sqrt(table[:, _TOKENS] + _DAMPED_TOKENS)
            salience = (words.rarity() / lengths + np.array(self._marks)).astype(np.float32)
            self._filled = Columns(table, words, salience, [turn.name for turn in self.turns])
        return self._filled


def _number(term: str) -> int:
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
        numbers = np.array([_number(term) for term in asked], dtype=np.uint32)
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

    def __init__(
        self, table: NDArray[np.int64], words: Words, salience: Floats, names: Sequence[str]
    ) -> None:
        self.words = words
        self.tokens: NDArray[np.int64] = table[:, _TOKENS]
        self.sittings: NDArray[np.int64] = table[:, _SITTING]
        self.lengths = table[:, _TERMS].astype(np.float32)
        self.by_contact = table[:, _CONTACT].astype(np.float32)
        self.asks = table[:, _ASKS].astype(np.float32)
        self.days = table[:, _DAY:].astype(np.int32)  #: year, month, day
        self.salience = salience
        self.names = np.array([name.casefold() for name in names])
        self.middles = np.cumsum(self.tokens) - self.tokens / 2  #: tokens from the beginning
