"""Ways to choose what a prompt shows of a long conversation, all with the same budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import msgspec
import numpy as np

from fondaco.lab.memory.lists import wants_list
from fondaco.lab.memory.talks import Asked, Talk
from fondaco.memory.recall import WEIGHTS, Meaning, Past, Question, fill, floor_start, learn, score
from fondaco.memory.recall.meanings import MOST_COMPARED
from fondaco.memory.recall.vectors import Floats
from fondaco.memory.recall.views import bm25

#: So much of a budget is the end of the conversation, word for word, before anything is searched for.
_RECENT_SHARE = 0.1
Places = frozenset[int]
Choice = Callable[[float], Places]  #: what is shown, at most such a share of the tokens
Scored = Callable[[Past, Question, int, Floats | None], Floats]  #: by words, and by the vectors of a question


class Prepared:
    """A conversation that questions are asked of."""

    def __init__(self, talk: Talk, meaning: Meaning | None = None) -> None:
        self.talk = talk
        self._meaning = meaning

    @cached_property
    def past(self) -> Past:
        """Its turns."""
        return Past(self.talk.turns)

    def wanted(self, question: Question, until: int, most: int = MOST_COMPARED) -> Floats | None:
        """Return a question's vectors, once what it is compared with is embedded; None without a model."""
        if self._meaning is None:
            return None
        return learn(self.past, question, self._meaning, until=until, most=most)

    def whole(self, until: int) -> int:
        """Return what its first turns take, dates included."""
        sittings = self.past.columns().sittings[:until]
        headers = len(set(sittings.tolist())) * self.talk.header_tokens
        return int(self.past.columns().tokens[:until].sum()) + headers

    def recent(self, until: int, tokens: float, *, dates: bool = True) -> Places:
        """Return the last turns that fit into ``tokens``, with the dates above them where they are shown."""
        columns, headed = self.past.columns(), set[int]()
        header = self.talk.header_tokens * dates
        for place in range(until - 1, -1, -1):
            sitting = int(columns.sittings[place])
            tokens -= int(columns.tokens[place]) + (sitting not in headed) * header
            if tokens < 0:
                return frozenset(range(place + 1, until))
            headed.add(sitting)
        return frozenset(range(until))

    def cost(self, shown: Places, *, dates: bool = True) -> int:
        """Return what these turns take, with their dates where they are shown."""
        columns = self.past.columns()
        sittings = {int(columns.sittings[place]) for place in shown}
        headers = len(sittings) * self.talk.header_tokens * dates
        return sum(int(columns.tokens[place]) for place in shown) + headers


class Method(Protocol):
    """Chooses turns."""

    @property
    def name(self) -> str:
        """Names it in tables."""
        ...

    def about(self, prepared: Prepared, asked: Asked) -> Choice:
        """Return what chooses for this question."""
        ...


class Sliding:
    """The last turns that fit."""

    name = "sliding window"

    def about(self, prepared: Prepared, asked: Asked) -> Choice:
        whole = prepared.whole(asked.until)
        return lambda share: prepared.recent(asked.until, share * whole, dates=False)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What LangChain's ``trim_messages`` has kept, by conversation and share, whatever is asked."""

    kept: Mapping[tuple[str, float], Places]
    name: str = "LangChain trim_messages"

    def about(self, prepared: Prepared, asked: Asked) -> Choice:
        return lambda share: self.kept[prepared.talk.name, share]


@dataclass(frozen=True, slots=True)
class Searched:
    """The last turns, and those that score best."""

    name: str
    scored: Scored
    with_meaning: bool = False
    most: int = MOST_COMPARED  #: turns that are compared by meaning
    dates: bool = True  #: the date of a sitting is shown above its turns
    floor: bool = False  #: the last 512 tokens instead of a tenth of the budget
    lists: float = 0.0  #: share of questions for lists, which get twice as much; 0: all get the same

    def about(self, prepared: Prepared, asked: Asked) -> Choice:
        past, whole = prepared.past, prepared.whole(asked.until)
        question = past.ask(asked.text)
        wanted = prepared.wanted(question, asked.until, self.most) if self.with_meaning else None
        scores = self.scored(past, question, asked.until, wanted)

        def choose(share: float) -> Places:
            tokens = int(share * whole)
            if self.lists:
                single = tokens / (1 + self.lists)
                tokens = int(min(2 * single, whole) if wants_list(asked.text) else single)
            return self._filled(prepared, scores, tokens)

        return choose

    def _filled(self, prepared: Prepared, scores: Floats, tokens: int) -> Places:
        recent = self._recent(prepared, len(scores), tokens)
        found = fill(
            prepared.talk.turns,
            scores,
            tokens - prepared.cost(recent, dates=self.dates),
            sittings=prepared.past.columns().sittings,
            header_tokens=prepared.talk.header_tokens * self.dates,
            taken=sorted(recent),
        )
        return recent | frozenset(found.places)

    def _recent(self, prepared: Prepared, until: int, tokens: int) -> Places:
        if not self.floor:
            return prepared.recent(until, _RECENT_SHARE * tokens, dates=self.dates)
        recent = frozenset(range(floor_start(prepared.talk.turns[:until]), until))
        return recent if prepared.cost(recent) <= tokens else prepared.recent(until, tokens)


def plain_bm25(past: Past, question: Question, until: int, wanted: Floats | None) -> Floats:
    """Return BM25 over single turns, and nothing else."""
    del wanted
    if until == 0:
        return np.zeros(0, dtype=np.float32)
    return bm25(past.count(question.terms, until), past.columns().lengths[:until])


def fused(past: Past, question: Question, until: int, wanted: Floats | None) -> Floats:
    """Return fondaco's score."""
    return score(past, question, until=until, wanted=wanted)


def fused_within(most: int) -> Scored:
    """Return fondaco's score with another bound on how many turns are compared by meaning."""
    return lambda past, question, until, wanted: score(past, question, until=until, wanted=wanted, most=most)


def without(view: str) -> Scored:
    """Return fondaco's score without one of its views."""
    weights = msgspec.structs.replace(WEIGHTS, **{view: 0.0})
    return lambda past, question, until, wanted: score(
        past, question, until=until, weights=weights, wanted=wanted
    )
