"""The ways of keeping a history that are set beside each other: the usual ones, and the recorded one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

import msgspec

from fondaco.llm.asking import Speaker
from fondaco.memory.atoms import tokens_of, turn_starts
from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.prefixes import Part, Piece, Read, Span
from fondaco.memory.cutting import Cut, decide
from fondaco.memory.digests import room_of
from fondaco.memory.strategies import SLIDING, DigestKind, Marks, Strategy

HEAD = "head"  #: the name of the rules and tools, which no other part has
_SUMMARY_TOKENS = 400


def laid_out(history: History, asked: Asked, start: int, digests: Sequence[Piece], tail: int) -> list[Part]:
    """Return head, digests, window, what is told for this turn alone, and the turn."""
    return [
        Piece(HEAD, history.head_tokens),
        *digests,
        Span(start, asked.question),
        Piece(("tail", asked.turn), tail),
        Span(asked.question, asked.end),
    ]


class Window:
    """Cuts as a strategy says, and brings old turns back where they are asked for.

    ``recall_tokens`` is how many come back at most; ``by_tool`` says that the model asks for them, which is
    a request of its own, else the server adds them to what is told for the turn.
    """

    def __init__(
        self,
        name: str,
        history: History,
        strategy: Strategy,
        marks: Marks,
        recall_tokens: int = 0,
        *,
        by_tool: bool = True,
    ) -> None:
        self._name = name
        self._history = history
        self._upto = list(accumulate((atom.tokens for atom in history.atoms), initial=0))
        self._recalled = (0, 0)  # behind which atom, and how many tokens
        self.strategy = strategy
        self.marks = marks
        self.recall_tokens = recall_tokens
        self.by_tool = by_tool
        self.start = 0
        self.digests: list[Piece] = []

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def hidden_tokens(self) -> int:
        """What is not told at the moment."""
        return self._upto[self.start]

    @property
    def head_tokens(self) -> int:
        """What stands before the window."""
        return self._history.head_tokens + sum(digest.tokens for digest in self.digests)

    def window_tokens(self, asked: Asked) -> int:
        """Return what is told of earlier turns."""
        return self._upto[asked.question] - self._upto[self.start]

    def told_tokens(self, asked: Asked) -> int:
        """Return how long a prompt is without old turns."""
        return self.head_tokens + self._upto[asked.end] - self._upto[self.start] + asked.tail_tokens

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        """Return the prompts; the history is cut at the beginning of a turn."""
        if asked.is_first:
            cut = self.wanted(asked)
            if cut is not None:
                self.take(cut)
            self._recalled = (asked.end, self.recalled(asked) if asked.wants_recall else 0)
        behind, tokens = self._recalled
        if not tokens or not self.by_tool:
            return [self._prompt(asked, asked.tail_tokens + tokens)]
        first = [self._prompt(asked, asked.tail_tokens)] if asked.is_first else []
        *before, turn = self._prompt(asked, asked.tail_tokens)
        del turn
        told: list[Part] = [
            Span(asked.question, behind),
            Piece(("recalled", asked.turn), tokens),
            Span(behind, asked.end),
        ]
        return [*first, [*before, *told]]

    def _prompt(self, asked: Asked, tail_tokens: int) -> list[Part]:
        return laid_out(self._history, asked, self.start, self.digests, tail_tokens)

    def wanted(self, asked: Asked) -> Cut | None:
        """Return the cut that the strategy wants."""
        tokens = self.window_tokens(asked)
        if self.strategy.keep(tokens, self.marks) is None:
            return None
        return decide(self._history.atoms[self.start : asked.question], tokens, self.strategy, self.marks)

    def take(self, cut: Cut) -> None:
        """Hide what the cut says, and put down what stands for it."""
        first, self.start = self.start, self.start + cut.place
        tokens = self._digested(first, cut.hidden_tokens)
        if tokens:
            self.digests.append(Piece(("digest", self.start), tokens))

    def recalled(self, asked: Asked) -> int:
        """Return how many tokens of old turns come back."""
        del asked
        return min(self.recall_tokens, self.hidden_tokens)

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Nothing is learnt."""

    def _digested(self, first: int, hidden_tokens: int) -> int:
        """Return what the digest of a cut takes at most."""
        if self.strategy.digest is DigestKind.NOTHING:
            return 0
        room = room_of(hidden_tokens, self.marks.high_tokens)
        if self.strategy.digest is DigestKind.SUMMARY:
            return min(room, _SUMMARY_TOKENS)
        hidden = self._history.atoms[first : self.start]
        return min(room, tokens_of([atom for atom in hidden if atom.by is Speaker.CONTACT]))


class LastTurns(Window):
    """Keeps the last turns that fit below the high mark, and moves on with every message.

    Its place is found by halving, since it moves so often.
    """

    def __init__(self, name: str, history: History, marks: Marks) -> None:
        super().__init__(name, history, SLIDING, marks)
        self._starts = turn_starts(history.atoms)

    def wanted(self, asked: Asked) -> Cut | None:
        """Return the cut to the first turn from which on it fits, or within a turn that is too long."""
        tokens, most = self.window_tokens(asked), min(self.marks.high_tokens, self.marks.most_tokens)
        if tokens <= most:
            return None
        fits = bisect_left(self._upto, self._upto[asked.question] - most)
        turn = bisect_left(self._starts, fits)
        begins = self._starts[turn] if turn < len(self._starts) else asked.question
        place = begins if begins < asked.question else fits
        kept = self._upto[asked.question] - self._upto[place]
        return Cut(
            place=place - self.start,
            before_seq=self._history.atoms[place].seq,
            hidden_tokens=tokens - kept,
            kept_tokens=kept,
        )


class FetchedInFront:
    """Puts what a search finds in front of a short window, anew with every message."""

    def __init__(self, name: str, window: Window, fetched_tokens: int) -> None:
        self._name = name
        self._window = window
        self._fetched_tokens = fetched_tokens

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        """Return the prompt; what is found is another text with every message."""
        [[head, *rest]] = self._window.lay_out(asked)
        fetched = min(self._fetched_tokens, self._window.hidden_tokens)
        return [[head, Piece(("fetched", asked.turn), fetched), *rest]]

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Nothing is learnt."""


class RecordedCut(msgspec.Struct, frozen=True, kw_only=True):
    """A cut as the log tells of it."""

    turn: int  #: before whose first request it was made
    place: int  #: of the first atom that stayed
    digest_tokens: int = 0


class Recorded:
    """Tells the history as it really was told."""

    def __init__(
        self, name: str, history: History, cuts: Sequence[RecordedCut], recalled: Mapping[int, int]
    ) -> None:
        self._name = name
        self._history = history
        self._cuts = sorted(cuts, key=lambda cut: cut.turn)
        self._recalled = recalled

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        """Return the prompt with the cuts that were made until then."""
        made = [cut for cut in self._cuts if cut.turn <= asked.turn]
        start = made[-1].place if made else 0
        digests = [Piece(("digest", cut.place), cut.digest_tokens) for cut in made]
        tail = asked.tail_tokens + self._recalled.get(asked.turn, 0)
        return [laid_out(self._history, asked, min(start, asked.question), digests, tail)]

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Nothing is learnt."""
