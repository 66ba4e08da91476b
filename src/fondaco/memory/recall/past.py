"""The turns of an episode by their terms; grows by a turn in microseconds."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from fondaco.llm.asking import Speaker
from fondaco.memory.recall.columns import DISTINCT, ROW, SITTING, Columns, Words, number_of
from fondaco.memory.recall.dates import day_of
from fondaco.memory.recall.meanings import Meanings
from fondaco.memory.recall.question import Question, ask
from fondaco.memory.recall.terms import terms
from fondaco.memory.recall.turns import PastTurn
from fondaco.memory.recall.vectors import Floats

#: After so long a pause something new begins.
SITTING_PAUSE_MS = 60 * 60 * 1000
_READ_CHARACTERS = 50_000  # of one turn; a tool's result of megabytes is found by its beginning
_MARK = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+|\d+")
_MOST_MARKS = 40


class Past:
    """Everything that may be recalled of one episode, in the order of the log.

    Not for several threads at once.
    """

    def __init__(self, turns: Iterable[PastTurn] = ()) -> None:
        self.turns: list[PastTurn] = []
        self.speakers: frozenset[str] = frozenset()
        self.meanings = Meanings()
        self._rows = array("q")  # what is known of each turn, ROW numbers
        self._terms = array("I")  # the terms of each turn, each once
        self._times = array("I")  # how often they stand there
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
        self._terms.extend(map(number_of, counts))
        self._times.extend(counts.values())
        asks = read.rstrip().endswith(("?", "？"))
        marks = min(len(_MARK.findall(read)), _MOST_MARKS)
        sizes = (turn.tokens, self._sitting(turn), counts.total(), len(counts), marks)
        self._rows.extend((*sizes, turn.by is Speaker.CONTACT, asks, *day_of(turn.at_ms)))
        self.turns.append(turn)
        if turn.name and turn.name not in self.speakers:
            self.speakers |= {turn.name}

    def _sitting(self, turn: PastTurn) -> int:
        if not self.turns:
            return 0
        paused = turn.at_ms - self.turns[-1].at_ms >= SITTING_PAUSE_MS
        return self._rows[SITTING - ROW] + paused

    def ask(self, text: str) -> Question:
        """Return a question to this past, which knows who speaks in it."""
        return ask(text, self.speakers)

    def count(self, asked: Sequence[str], until: int) -> Floats:
        """Return how often each term stands in each of the first ``until`` turns, a row a term."""
        return self.columns().words.count(asked, until)

    def columns(self) -> Columns:
        """Return what is known of every turn whatever is asked, filled once until a turn is added."""
        if self._filled is None:
            table = np.array(self._rows, dtype=np.int64).reshape(-1, ROW)
            words = Words(np.array(self._terms), np.array(self._times), table[:, DISTINCT])
            self._filled = Columns(table, words, [turn.name for turn in self.turns])
        return self._filled
