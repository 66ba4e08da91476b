"""What a conversation's memory has cost, beside what the usual ways would have cost for the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

import msgspec

from fondaco.domain.events import MemoryPlanned
from fondaco.domain.events import Recorded as Record
from fondaco.memory.atoms import tokens_of
from fondaco.memory.bills.history import History
from fondaco.memory.bills.logs import EpisodeLog, read_log
from fondaco.memory.bills.policies import FetchedInFront, LastTurns, Recorded, Window
from fondaco.memory.bills.replaying import Bill, Policy, bill_of
from fondaco.memory.bills.saving import count_about
from fondaco.memory.planning.rules import PER_MILLE
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.memory.strategies import APPEND, FLOOR_TOKENS, Marks

_RESERVE_TOKENS = 4_096  # for the answer, the message and what is told for one turn alone
_USUAL_PER_MILLE = 270
_WINDOW_PART = 4  # of what a search fills, so much is the last turns

Sheets = Callable[[str], PriceSheet | None]


class Way(StrEnum):
    """How a history may be told; the first is how it was."""

    AS_TOLD = "as_told"  #: with the cuts and recalls of the log
    EVERYTHING = "everything"  #: all of it in every request
    SLIDING_WINDOW = "sliding_window"  #: the last turns alone, moved on with every message
    SEARCH_EVERY_TIME = "search_every_time"  #: what a search finds in front of few turns, with every message


class PlanShown(msgspec.Struct, frozen=True, kw_only=True):
    """How the history is kept at the moment."""

    strategy: str
    why: str
    high_tokens: int
    low_tokens: int


class WayBill(msgspec.Struct, frozen=True, kw_only=True):
    """What the input takes and costs when it is told in one way, reckoned by the provider's rules."""

    way: Way
    input_tokens: int
    cached_tokens: int  #: of them, that the provider would have read before
    cost_pico: int  #: 10⁻¹² of the currency


class ConversationMemory(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation's memory and its bill, all episodes together."""

    plan: PlanShown | None  #: null: none was needed so far
    cuts: int
    hidden_tokens: int
    recalls: int  #: turns in which hidden words came back
    recalled_tokens: int
    requests: int  #: that models answered
    input_tokens: int  #: as providers reported them
    cached_tokens: int  #: of them, read from a provider's cache
    cost_pico: int  #: what the ledger says of these requests, answers included
    currency: str
    price: str  #: the price list's version that the ways are reckoned by; empty where none is known
    is_upper_bound: bool  #: a price of cached tokens is not published
    unpublished: list[str]  #: what the provider does not say
    ways: list[WayBill]  #: nothing where no price is known


def memory_of(records: Iterable[Record], sheets: Sheets) -> ConversationMemory:
    """Return what a conversation's log tells of its memory; ``sheets`` knows the models' prices."""
    episodes = read_log(records, count_about)
    named = next((one.target for one in reversed(episodes) if one.target), "")
    sheet = sheets(named) if named else None
    bills = [_bills(episode, sheet) for episode in episodes] if sheet is not None else []
    plans = [plan for episode in episodes for plan in episode.plans]
    return ConversationMemory(
        plan=_shown(plans[-1]) if plans else None,
        cuts=sum(len(episode.cuts) for episode in episodes),
        hidden_tokens=sum(episode.hidden_tokens for episode in episodes),
        recalls=sum(len(episode.recalled) for episode in episodes),
        recalled_tokens=sum(sum(episode.recalled.values()) for episode in episodes),
        requests=sum(episode.reported.requests for episode in episodes),
        input_tokens=sum(episode.reported.input for episode in episodes),
        cached_tokens=sum(episode.reported.found for episode in episodes),
        cost_pico=sum(episode.reported.cost_pico for episode in episodes),
        currency=next((one.reported.currency for one in reversed(episodes)), ""),
        price=sheet.price.version if sheet is not None else "",
        is_upper_bound=any(bill.is_upper_bound for row in bills for bill in row),
        unpublished=list(sheet.unpublished) if sheet is not None else [],
        ways=_added(bills),
    )


def _shown(plan: MemoryPlanned) -> PlanShown:
    return PlanShown(
        strategy=plan.strategy, why=plan.why, high_tokens=plan.high_tokens, low_tokens=plan.low_tokens
    )


def _bills(episode: EpisodeLog, sheet: PriceSheet) -> list[Bill]:
    history = episode.history
    policies = [
        Recorded(Way.AS_TOLD.value, history, episode.cuts, episode.recalled),
        *usual_ways(history, sheet.context_tokens),
    ]
    return [bill_of(history, policy, sheet) for policy in policies]


def usual_ways(history: History, context_tokens: int) -> list[Policy]:
    """Return telling everything, a sliding window, and a search in front of every message.

    Window and search get 27 % of the whole history's tokens, with which a search in front of every message
    has what nine of ten questions need (``fondaco lab memory``), and no less than what is always told.
    """
    size = usual_budget(history)
    window = max(FLOOR_TOKENS, size // _WINDOW_PART)
    most = max(0, context_tokens - history.head_tokens - _RESERVE_TOKENS)

    def marks(high: int, floor: int = 0) -> Marks:
        return Marks(high_tokens=high, low_tokens=high, most_tokens=most, floor_tokens=floor)

    short = LastTurns("short", history, marks(window))
    return [
        Window(Way.EVERYTHING.value, history, APPEND, marks(most, FLOOR_TOKENS)),
        LastTurns(Way.SLIDING_WINDOW.value, history, marks(size)),
        FetchedInFront(Way.SEARCH_EVERY_TIME.value, short, size - window),
    ]


def usual_budget(history: History) -> int:
    """Return how many tokens of a whole history the usual ways have within reach."""
    return max(FLOOR_TOKENS, tokens_of(history.atoms) * _USUAL_PER_MILLE // PER_MILLE)


def _added(bills: Sequence[Sequence[Bill]]) -> list[WayBill]:
    """Add the episodes up, each way for itself."""
    return [
        WayBill(
            way=Way(row[0].policy),
            input_tokens=sum(bill.input for bill in row),
            cached_tokens=sum(bill.found for bill in row),
            cost_pico=sum(bill.cost_pico for bill in row),
        )
        for row in zip(*bills, strict=True)
    ]
