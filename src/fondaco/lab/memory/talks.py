"""A long conversation with questions, and for each question the turns that its answer stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fondaco.memory.recall import PastTurn

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a published set, with its labels."""

    text: str
    category: str
    evidence: tuple[int, ...]  #: places of the turns that are needed
    until: int  #: so many turns were said before it was asked


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation."""

    name: str
    turns: tuple[PastTurn, ...]
    asked: tuple[Asked, ...]
    header_tokens: int  #: what the date above the turns of one sitting takes
    held_out: bool  #: nothing was chosen by it


@dataclass(frozen=True, slots=True)
class DataSet:
    """Conversations of one kind."""

    name: str
    talks: tuple[Talk, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)  #: how many questions, by the reason
    corrected: int = 0  #: questions whose evidence an audit has put right

    @property
    def questions(self) -> int:
        """How many questions are asked of all conversations."""
        return sum(len(talk.asked) for talk in self.talks)
