"""How an episode's history stands: its plan, what is hidden, and what is told instead.

It follows from the events on the log alone, so that any process tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from fondaco.domain import events as ev
from fondaco.memory.cutting import Cut, decide
from fondaco.memory.digests import Counts, Digest, shown_digests
from fondaco.memory.layout import Head
from fondaco.memory.strategies import Marks, Strategy
from fondaco.memory.tape import Tape

_MARKS_TOKENS = 14  #: around a digest in a prompt


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What plans and cuts have made of a history so far."""

    plan: ev.MemoryPlanned | None = None
    before_seq: int = 0  #: what came before this event is hidden; 0: nothing is
    digests: tuple[str, ...] = ()  #: that are told, oldest first; a cut without one has an empty one

    @property
    def head(self) -> Head:
        """What stands before the window."""
        card = self.plan.card if self.plan is not None else ""
        told = tuple(text for text in self.digests if text)
        return Head(card=card, digests=told, is_cut=self.before_seq > 0)

    def after(self, event: ev.Event) -> Standing:
        """Return how it stands after one more event."""
        match event:
            case ev.MemoryPlanned():
                return msgspec.structs.replace(self, plan=event)
            case ev.HistoryCut(before_seq=before_seq, digest=digest, digests=told):
                digests = (*self.digests, digest)[-told:] if told else ()
                return msgspec.structs.replace(self, before_seq=before_seq, digests=digests)
            case _:
                return self

    def after_all(self, events: Iterable[ev.Event]) -> Standing:
        """Return how it stands after these events, oldest first."""
        standing = self
        for event in events:
            standing = standing.after(event)
        return standing


def wanted_cut(tape: Tape, standing: Standing, strategy: Strategy, marks: Marks) -> Cut | None:
    """Return where the strategy wants the history cut now; None where it stays as it is."""
    first = tape.place_of(standing.before_seq)
    tokens = tape.tokens(first)
    if strategy.keep(tokens, marks) is None:
        return None
    return decide(tape.atoms[first:], tokens, strategy, marks)


def digests_after(standing: Standing, digest: Digest, high_tokens: int, count: Counts) -> int:
    """Return how many of the latest digests are told once this one is added."""
    sizes = [count(text) + _MARKS_TOKENS for text in (*standing.digests, digest.text)]
    return shown_digests(sizes, high_tokens)
