"""How a model's window is shared out: rules, history, this turn's words, and what the turn may still add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.engine.draft import Trace
from fondaco.engine.model.recalling import fitted
from fondaco.llm.asking import Entry, Prompt
from fondaco.llm.estimates import Estimator
from fondaco.llm.targets import Target

_QUESTION_SHARE = 3  # of what rules and tools leave: the question may take a third, and passages another
_GROWTH_SHARE = 6  # and a sixth is kept for what the turn adds: wishes, results, a correction
_LONGEST_SHARE = 8  # one message of the history may take an eighth
_LEAST_TOKENS = 64  # no message is shortened further
_LINE_TOKENS = 24  # what says that everything is left out
_LINES_TOKENS = 300  # for as many such lines, with what they answer, as a turn may have calls


@dataclass(frozen=True, slots=True)
class Room:
    """What the smallest model of a chain leaves beside rules, tools and answer, in tokens as we count."""

    free: int

    @classmethod
    def of(cls, frame: Prompt, targets: Sequence[Target], estimator: Estimator) -> Room:
        """Measure it; ``frame`` is a prompt without a history."""
        rooms = [estimator.room(target, frame.max_output_tokens) for target in targets]
        return cls(max(0, min(rooms, default=0) - estimator.count_frame(frame)))

    @property
    def question(self) -> int:
        """What the contact's words of this turn may take; passages may take as much."""
        return max(_LEAST_TOKENS, self.free // _QUESTION_SHARE)

    @property
    def longest(self) -> int:
        """What one message, or one tool result, of the history may take."""
        return max(_LEAST_TOKENS, self.free // _LONGEST_SHARE)

    @property
    def growth(self) -> int:
        """What is kept for the turn's own wishes and results."""
        return min(self.free, max(_LINES_TOKENS, self.free // _GROWTH_SHARE))

    def history(self, tail_tokens: int) -> int:
        """Return what card, digests and window may take."""
        return max(0, self.free - tail_tokens - self.growth)


@dataclass(slots=True)
class Growth:
    """What a turn may still add to its prompt; each step's results take half of it at most."""

    estimator: Estimator
    turn_id: TurnId
    trace: Trace
    left: int

    def take(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries so that they fit; what is left out is noted down."""
        most = max(_LINE_TOKENS, (self.left - _LINES_TOKENS) // 2 // max(1, len(entries) - 1))
        fitting = [fitted(entry, most) for entry in entries]
        left_out = sum(tokens for _, tokens in fitting)
        if left_out:
            self.trace.add(ev.PromptShortened(turn_id=self.turn_id, seqs=(), left_out_tokens=left_out))
        told = tuple(entry for entry, _ in fitting)
        self.left = max(0, self.left - self.estimator.count_entries(told))
        return told
