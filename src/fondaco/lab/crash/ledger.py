"""What the drill saw from outside; none of it is read from the server's own tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that the channel received."""

    delivery_id: str
    conversation_id: str
    seq: int
    author: str
    text: str
    at: float  #: seconds on the drill's own clock


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A contact's message that the server said it has."""

    conversation_id: str
    message_id: str
    seq: int
    order_number: str
    at: float


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A takeover that the server confirmed; from ``seq`` on the assistant has no voice until the handback."""

    conversation_id: str
    seq: int
    at: float
    until: float


@dataclass(slots=True)
class Ledger:
    """Everything that contacts, teammates and the channel saw, in order."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    taken_over: list[TakenOver] = field(default_factory=list)
    unanswered: list[Acknowledged] = field(default_factory=list)
    ready_ms: list[float] = field(default_factory=list)
    kills: int = 0
    retries: int = 0  #: requests that a contact or teammate had to repeat

    def received(self, delivery_id: str) -> bool:
        """Return whether the channel has a delivery, as its look-up tells the server."""
        return any(one.delivery_id == delivery_id for one in self.seen)

    @property
    def doubled(self) -> int:
        """How many deliveries arrived more than once."""
        return sum(count - 1 for count in Counter(one.delivery_id for one in self.seen).values())

    @property
    def out_of_order(self) -> int:
        """How many messages arrived behind a later one of their conversation."""
        latest: dict[str, int] = {}
        wrong = 0
        for one in self.seen:
            wrong += one.seq < latest.get(one.conversation_id, 0)
            latest[one.conversation_id] = max(one.seq, latest.get(one.conversation_id, 0))
        return wrong

    @property
    def two_voices(self) -> int:
        """How many messages the assistant sent while a teammate had the conversation.

        By number: said after the takeover.  By time: arrived later than what was on its way already.
        """
        return sum(_speaks_over(one, taken) for taken in self.taken_over for one in self.seen)


_ON_ITS_WAY_SECONDS = 2.0


def _speaks_over(one: Seen, taken: TakenOver) -> bool:
    mine = one.author == "assistant" and one.conversation_id == taken.conversation_id
    late = taken.at + _ON_ITS_WAY_SECONDS < one.at < taken.until
    said_after = one.seq > taken.seq and one.at < taken.until
    return mine and (late or said_after)
