"""The turns of an episode by their terms; grows by a turn in microseconds."""

from __future__ import annotations

import re
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
        self._vocabulary: dict[str, int] = {}
        self._postings: list[tuple[array[int], array[int]]] = []
        self._rows = array("q")  # what is known of each turn, _ROW numbers
        self._distinct = array("q")  # the terms of each turn, each once
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
        place, read = len(self.turns), turn.text[:_READ_CHARACTERS]
        counts = Counter(terms(read))
        for term, times in counts.items():
            self._post(term, place, times)
        asks = read.rstrip().endswith(("?", "？"))
        marks = min(len(_MARK.findall(read)), _MOST_MARKS)
        self._marks.append(_MARK_WORTH * marks + _ASKING_WORTH * asks)
        by_contact = turn.by is Speaker.CONTACT
        lengths = (turn.tokens, self._sitting(turn), counts.total(), len(counts))
        self._rows.extend((*lengths, by_contact, asks, *day_of(turn.at_ms)))
        self.turns.append(turn)
        if turn.name and turn.name not in self.speakers:
            self.speakers |= {turn.name}

    def _post(self, term: str, place: int, times: int) -> None:
        known = self._vocabulary.setdefault(term, len(self._postings))
        if known == len(self._postings):
            self._postings.append((array("q"), array("q")))
        places, counted = self._postings[known]
        places.append(place)
        counted.append(times)
        self._distinct.append(known)

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
        counts = np.zeros((len(asked), until), dtype=np.float32)
        for row, term in enumerate(asked):
            known = self._vocabulary.get(term)
            if known is not None:
                places, counted = map(_whole, self._postings[known])
                inside = int(np.searchsorted(places, until))
                counts[row, places[:inside]] = counted[:inside]
        return counts

    def columns(self) -> Columns:
        """Return what is known of every turn whatever is asked, filled once until a turn is added."""
        if self._filled is None:
            table = _whole(self._rows).reshape(-1, _ROW)
            self._filled = Columns(table, self._salience(table), [turn.name for turn in self.turns])
        return self._filled

    def _salience(self, table: NDArray[np.int64]) -> Floats:
        """Return for each turn how rare its words are in this past, per root of its length, and its marks."""
        turns = len(self.turns)
        held = np.fromiter((len(places) for places, _ in self._postings), np.float64, len(self._postings))
        rarity = np.log(1 + turns / held)[_whole(self._distinct)]
        total = np.concatenate([[0.0], np.cumsum(rarity)])
        ends = np.cumsum(table[:, _DISTINCT])
        sums = total[ends] - total[ends - table[:, _DISTINCT]]
        lengths = np.sqrt(table[:, _TOKENS] + _DAMPED_TOKENS)
        salience: Floats = (sums / lengths + np.array(self._marks)).astype(np.float32)
        return salience


def _whole(numbers: array[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)  # a copy: an array that is looked into cannot grow


class Columns:
    """One number a turn, of each kind."""

    def __init__(self, table: NDArray[np.int64], salience: Floats, names: Sequence[str]) -> None:
        self.tokens: NDArray[np.int64] = table[:, _TOKENS]
        self.sittings: NDArray[np.int64] = table[:, _SITTING]
        self.lengths = table[:, _TERMS].astype(np.float32)
        self.by_contact = table[:, _CONTACT].astype(np.float32)
        self.asks = table[:, _ASKS].astype(np.float32)
        self.days = table[:, _DAY:].astype(np.int32)  #: year, month, day
        self.salience = salience
        self.names = np.array([name.casefold() for name in names])
        self.middles = np.cumsum(self.tokens) - self.tokens / 2  #: tokens from the beginning
