"""The ways of telling a history that are billed, each with the same share of the tokens within reach."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from fondaco.lab.memory.cost_talks import Replayed
from fondaco.lab.memory.methods import Prepared, fused
from fondaco.memory.bills.conversation import Way, usual_budget, usual_ways
from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.planned import Planned
from fondaco.memory.bills.policies import Window
from fondaco.memory.bills.prefixes import Piece, Span
from fondaco.memory.bills.replaying import Policy
from fondaco.memory.planning.planner import Aim, Talk
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.memory.recall import fill
from fondaco.memory.recall.vectors import Floats
from fondaco.memory.strategies import HIERARCHICAL, STEPPED, SUMMARY, Marks, Strategy

AIM = Aim()
EVERYTHING, SLIDING, SEARCH = Way.EVERYTHING.value, Way.SLIDING_WINDOW.value, Way.SEARCH_EVERY_TIME.value
PLANNED = "as planned"
BY_WORDS = "as planned, found by words alone"
#: Answer and message have so much room at the end of every prompt.
RESERVE_TOKENS = 4_096

Makes = Callable[[History, PriceSheet], Policy]


def _usual(place: int) -> Makes:
    return lambda history, sheet: usual_ways(history, sheet.context_tokens)[place]


def _stepped(name: str, strategy: Strategy, *, recall: bool) -> Makes:
    """Return a window that is cut to half; with recall it is a quarter of the budget, old turns the rest."""

    def make(history: History, sheet: PriceSheet) -> Policy:
        size = usual_budget(history)
        high = max(AIM.floor_tokens, size // 4 if recall else size)
        most = sheet.context_tokens - history.head_tokens - RESERVE_TOKENS
        marks = Marks(high_tokens=high, low_tokens=high // 2, most_tokens=most, floor_tokens=0)
        return Window(name, history, strategy, marks, max(0, size - high) if recall else 0)

    return make


def planned(history: History, sheet: PriceSheet, aim: Aim = AIM) -> Policy:
    """Return the planner's choice."""
    talk = Talk(head_tokens=history.head_tokens, reserve_tokens=RESERVE_TOKENS)
    return Planned(PLANNED, history, sheet, talk, aim)


STEPPED_ONLY, ON_DEMAND = "stepped window", "stepped window, recall on demand"
SUMMARISED, OWN_WORDS = "stepped window, summaries", "stepped window, own words kept"

#: Every way that is billed, the one with which all are compared first.
WAYS: Mapping[str, Makes] = {
    EVERYTHING: _usual(0),
    SLIDING: _usual(1),
    SEARCH: _usual(2),
    STEPPED_ONLY: _stepped(STEPPED_ONLY, STEPPED, recall=False),
    SUMMARISED: _stepped(SUMMARISED, SUMMARY, recall=False),
    OWN_WORDS: _stepped(OWN_WORDS, HIERARCHICAL, recall=False),
    ON_DEMAND: _stepped(ON_DEMAND, STEPPED, recall=True),
    PLANNED: planned,
}


class Finder:
    """Finds what questions need in one conversation; each question is scored once for all ways and prices."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._scores: dict[str, Floats] = {}

    def places(self, text: str, room: int, shown: frozenset[int]) -> frozenset[int]:
        """Return which turns come back for a question in so many tokens, beside those that are shown."""
        if room <= 0:
            return frozenset()
        past = self._prepared.past
        found = fill(
            past.turns,
            self._scored(text),
            room,
            sittings=past.columns().sittings,
            header_tokens=self._prepared.talk.header_tokens,
            taken=sorted(shown),
        )
        return frozenset(found.places)

    def _scored(self, text: str) -> Floats:
        if text not in self._scores:
            past, until = self._prepared.past, len(self._prepared.past.turns)
            question = past.ask(text)
            self._scores[text] = fused(past, question, until, self._prepared.wanted(question, until))
        return self._scores[text]


def answered(replayed: Replayed, policy: Policy, finder: Finder) -> list[bool]:
    """Return for each question at the end whether everything that it needs would be told with it.

    Asked once the conversation was replayed, which leaves the policy as it is then.
    """
    start, room = _at_the_end(replayed.history, policy)
    shown = frozenset(range(start, len(replayed.talk.turns)))
    return [
        set(asked.evidence) <= shown | finder.places(asked.text, room, shown) for asked in replayed.talk.asked
    ]


def _at_the_end(history: History, policy: Policy) -> tuple[int, int]:
    """Return from which turn on everything is told to one more request, and the room for older ones."""
    end = len(history.atoms)
    asked = Asked(turn=end, question=end, end=end, is_first=True, wants_recall=True)
    parts = policy.lay_out(asked)[-1]
    start = next((part.first for part in parts if isinstance(part, Span) and part.end > part.first), end)
    room = sum(part.tokens for part in parts if isinstance(part, Piece) and part.name in _brought(end))
    return start, room


def _brought(turn: int) -> tuple[Hashable, ...]:
    return ("recalled", turn), ("fetched", turn)
