"""Where a history is cut, and what stands for what is hidden: five ways behind one port.

A strategy only looks at sizes, so the planner, the replay of bills and the assistant all ask the same
objects.  Layout and recall are the same for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

FLOOR_TOKENS = 512  #: the last of them are always told word for word, see docs/decisions


class StrategyName(StrEnum):
    """How a history is kept within bounds."""

    APPEND = "append"  #: everything is told; only the model's limit cuts
    SLIDING = "sliding"  #: the last so many tokens, moved on with every turn
    STEPPED = "stepped"  #: filled up to the high mark, then cut to the low one, at the beginning of a turn
    SUMMARY = "summary"  #: stepped, and a model writes once what each cut hides
    HIERARCHICAL = "hierarchical"  #: stepped, and the contact's own words stay for what each cut hides


class DigestKind(StrEnum):
    """What stands for what a cut hides."""

    NOTHING = "nothing"
    CONTACT = "contact"  #: the contact's own turns, word for word, as many as fit
    SUMMARY = "summary"  #: a model's summary; an extract where no model is there or it fails


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """Between which sizes a window is kept, in tokens."""

    high_tokens: int  #: a window beyond is cut
    low_tokens: int  #: to so many
    most_tokens: int  #: what the model's limit leaves for digests and window; nothing exceeds it
    floor_tokens: int = FLOOR_TOKENS  #: kept word for word, as far as the limit allows


class Strategy(Protocol):
    """Says how much of a window stays; it knows sizes and nothing else."""

    @property
    def name(self) -> StrategyName:
        """What it is called in settings and events."""
        ...

    @property
    def digest(self) -> DigestKind:
        """What stands for what its cuts hide."""
        ...

    def keep(self, window_tokens: int, marks: Marks) -> int | None:
        """Return how many tokens of a window of this size may stay; None where it stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Append:
    """Cuts only where the model's limit forces it, and then to half, so that it is rarely forced again."""

    name: StrategyName = StrategyName.APPEND
    digest: DigestKind = DigestKind.NOTHING

    def keep(self, window_tokens: int, marks: Marks) -> int | None:
        """Return half of the limit where it is exceeded."""
        return marks.most_tokens // 2 if window_tokens > marks.most_tokens else None


@dataclass(frozen=True, slots=True)
class Sliding:
    """Keeps the last tokens, exactly as many as the high mark says."""

    name: StrategyName = StrategyName.SLIDING
    digest: DigestKind = DigestKind.NOTHING

    def keep(self, window_tokens: int, marks: Marks) -> int | None:
        """Return the high mark where it is exceeded."""
        most = min(marks.high_tokens, marks.most_tokens)
        return most if window_tokens > most else None


@dataclass(frozen=True, slots=True)
class Stepped:
    """Lets the window fill to the high mark and cuts it to the low one, so that prefixes last."""

    name: StrategyName = StrategyName.STEPPED
    digest: DigestKind = DigestKind.NOTHING

    def keep(self, window_tokens: int, marks: Marks) -> int | None:
        """Return the low mark where the high one, or the limit, is exceeded."""
        if window_tokens <= min(marks.high_tokens, marks.most_tokens):
            return None
        return min(marks.low_tokens, marks.most_tokens // 2)


APPEND = Append()
SLIDING = Sliding()
STEPPED = Stepped()
SUMMARY = Stepped(StrategyName.SUMMARY, DigestKind.SUMMARY)
HIERARCHICAL = Stepped(StrategyName.HIERARCHICAL, DigestKind.CONTACT)

STRATEGIES: dict[StrategyName, Strategy] = {
    one.name: one for one in (APPEND, SLIDING, STEPPED, SUMMARY, HIERARCHICAL)
}
