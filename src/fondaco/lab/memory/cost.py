"""``fondaco lab memory --cost``: what it costs to tell a long history, way by way and price by price."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import fmean

from fondaco.kit.clock import Clock
from fondaco.lab.gates import Figure, Report, at_least, at_most, report
from fondaco.lab.memory.cost_sheets import GATED, SHARES, in_force, made_up, with_writes
from fondaco.lab.memory.cost_talks import HEAD_TOKENS, RECALLED_SHARE, SEED, Replayed, dialogues_of, replayed
from fondaco.lab.memory.cost_ways import BY_WORDS, EVERYTHING, PLANNED, WAYS, Finder, answered, planned
from fondaco.lab.memory.cost_wire import Compared, compared
from fondaco.lab.memory.data import Sets
from fondaco.lab.memory.methods import Prepared
from fondaco.lab.memory.talks import DataSet
from fondaco.memory.bills.prefixes import Read
from fondaco.memory.bills.replaying import Bill, Policy, billed, replay
from fondaco.memory.planning.planner import Aim
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.memory.recall import Meaning

_GATED_SET, _MOST_PERCENT, _LEAST_RECALL = "LoCoMo", 55.0, 90.0
_SENT_TALKS, _SENT_DIALOGUES = 5, 20
_BROUGHT_PER_MILLE = (120, 150, 180, 200, 220, 250)
_NOTES = (
    f"Rules and tools: {HEAD_TOKENS:,} tokens.",
    f"Old turns are asked for on {RECALLED_SHARE:.0%} of the turns, each time with one more request.",
    "Made-up prices: blocks of 128 tokens from 1,024 on, as the simulated provider caches.",
    "Nothing is forgotten between two requests, and no conversation helps another.",
    "Needed: questions at the end whose evidence is all told, digests not counted.",
    "Summaries: without the bill for writing them.",
)


@dataclass(frozen=True, slots=True)
class Priced:
    """A set of conversations under one price list: the bill of each, way by way."""

    sheet: PriceSheet
    bills: Mapping[str, Sequence[Bill]]
    recall: Mapping[str, float]  #: percent; empty where nothing is asked

    def percent(self, way: str) -> float:
        """Return a way's bill as a part of that of telling everything."""
        whole = sum(bill.cost_pico for bill in self.bills[EVERYTHING])
        return 100 * sum(bill.cost_pico for bill in self.bills[way]) / whole if whole else 100.0

    def highest_percent(self, way: str) -> float:
        """Return the same of the conversation in which it is highest."""
        pairs = zip(self.bills[way], self.bills[EVERYTHING], strict=True)
        return max(
            (100 * one.cost_pico / whole.cost_pico for one, whole in pairs if whole.cost_pico), default=100.0
        )

    def mean_cost(self, way: str) -> Fraction:
        """Return the bill of a conversation on average, in units of the currency."""
        bills = self.bills[way]
        return Fraction(sum(bill.cost_pico for bill in bills), 10**12 * max(1, len(bills)))


@dataclass(frozen=True, slots=True)
class Brought:
    """What a plan comes to that brings another share of the hidden words back, in percent."""

    bill: float
    needed: float
    by_words: float


@dataclass(frozen=True, slots=True)
class Costs:
    """What was found for one set."""

    name: str
    conversations: Sequence[Replayed]
    shares: Sequence[Priced]  #: in the order of ``SHARES``
    written: Priced  #: with a price for keeping
    brought: Mapping[int, Brought]  #: at the gated share, by how many thousandths of the hidden come back
    listed: Sequence[Priced]  #: the price lists that are in force

    @property
    def all(self) -> Iterator[Priced]:
        """Every price list."""
        yield from (*self.shares, self.written, *self.listed)


def measure_costs(sets: Sets, clock: Clock, meaning: Meaning | None = None) -> list[Costs]:
    """Replay LoCoMo, further sets with questions, and single service dialogues under every price list.

    Old turns are found as the server finds them where ``meaning`` embeds them, else by words alone.
    """
    found = [_costs(data.name, _replayed(data), clock, meaning) for data in sets.recalled]
    if sets.calls is not None:
        single = DataSet("SGD, single dialogues", tuple(dialogues_of(sets.calls.talks)))
        found.append(_costs(single.name, _replayed(single), clock))
    return found


def cost_report(found: Sequence[Costs], sent: Compared, notes: Sequence[str] = ()) -> Report:
    """Return the figures with their gates."""
    figures = [figure for one in found for figure in _gated(one)]
    figures += [
        Figure(name="requests sent to the simulated provider", value=sent.requests),
        Figure(name="  tokens of their prompts", value=sent.tokens),
        Figure(name="  found in its cache", value=100 * sent.found / max(1, sent.tokens), unit="%"),
        Figure(name="  counted otherwise than reckoned", value=sent.different, gate=at_most(0)),
    ]
    return report("What it costs to tell a history", figures, SEED, [*_NOTES, *notes])


def send_samples(found: Sequence[Costs]) -> Compared:
    """Send the first long conversation and some short ones over HTTP, each in every way."""
    long = [one for costs in found[:1] for one in costs.conversations[:_SENT_TALKS]]
    short = [one for costs in found[-1:] for one in costs.conversations[:_SENT_DIALOGUES]]
    sheet = made_up()[SHARES.index(GATED)]
    return asyncio.run(compared([*long, *short], sheet))


def _replayed(data: DataSet) -> list[Replayed]:
    return [replayed(talk, number) for number, talk in enumerate(data.talks) if talk.turns]


def _costs(
    name: str, conversations: Sequence[Replayed], clock: Clock, meaning: Meaning | None = None
) -> Costs:
    book = _Book(conversations)
    finders = [_Finders(one, meaning) for one in conversations]
    gated = made_up()[SHARES.index(GATED)]
    asked = any(one.talk.asked for one in conversations)
    return Costs(
        name=name,
        conversations=conversations,
        shares=[
            book.priced(sheet, finders if share == GATED else ())
            for share, sheet in zip(SHARES, made_up(), strict=True)
        ],
        written=book.priced(with_writes()),
        brought={one: book.brought(gated, one, finders) for one in _BROUGHT_PER_MILLE if asked},
        listed=[book.priced(sheet) for sheet in in_force(clock.now_ms())],
    )


class _Finders:
    """Answers the questions at the end of one conversation in two ways: as the server finds, and by words."""

    def __init__(self, replayed: Replayed, meaning: Meaning | None) -> None:
        self._replayed = replayed
        self._words = Finder(Prepared(replayed.talk))
        self._best = Finder(Prepared(replayed.talk, meaning)) if meaning is not None else self._words

    def hits(self, way: str, policy: Policy) -> dict[str, list[bool]]:
        """Return for each question whether everything is told; of the plan by words alone, too."""
        found = {way: answered(self._replayed, policy, self._best)}
        if way == PLANNED:
            found[BY_WORDS] = answered(self._replayed, policy, self._words)
        return found


@dataclass(frozen=True, slots=True)
class _Book:
    """Writes the bills of a set's conversations."""

    conversations: Sequence[Replayed]
    _reads: dict[tuple[str, int, CacheHabit], list[Read]] = field(default_factory=dict)

    def priced(self, sheet: PriceSheet, finders: Sequence[_Finders] = ()) -> Priced:
        """Return the bills; without ``finders`` nothing is asked, which takes most of the time."""
        bills: dict[str, list[Bill]] = {way: [] for way in WAYS}
        hits: dict[str, list[bool]] = defaultdict(list)
        for way in WAYS:
            for place, one in enumerate(self.conversations):
                if finders and one.talk.asked:
                    policy = WAYS[way](one.history, sheet)
                    reads = replay(one.history, policy, sheet)
                    for name, found in finders[place].hits(way, policy).items():
                        hits[name] += found
                else:
                    reads = self._read(way, place, sheet)
                bills[way].append(billed(way, reads, sheet))
        recall = {name: 100 * sum(found) / len(found) for name, found in hits.items()}
        return Priced(sheet, bills, recall)

    def brought(self, sheet: PriceSheet, per_mille: int, finders: Sequence[_Finders]) -> Brought:
        """Return what a plan comes to under which this share of what is hidden comes back."""
        bill, whole = 0, 0
        hits: dict[str, list[bool]] = defaultdict(list)
        for place, one in enumerate(self.conversations):
            policy = planned(one.history, sheet, Aim(recall_per_mille=per_mille))
            bill += billed(PLANNED, replay(one.history, policy, sheet), sheet).cost_pico
            whole += billed(EVERYTHING, self._read(EVERYTHING, place, sheet), sheet).cost_pico
            for name, found in finders[place].hits(PLANNED, policy).items():
                hits[name] += found
        needed = {name: 100 * sum(found) / max(1, len(found)) for name, found in hits.items()}
        return Brought(100 * bill / max(1, whole), needed[PLANNED], needed[BY_WORDS])

    def _read(self, way: str, place: int, sheet: PriceSheet) -> list[Read]:
        """Return how a conversation is read; all but a plan is the same for every price."""
        history = self.conversations[place].history
        if way == PLANNED:
            return replay(history, WAYS[way](history, sheet), sheet)
        key = (way, place, sheet.habit)
        if key not in self._reads:
            self._reads[key] = replay(history, WAYS[way](history, sheet), sheet)
        return self._reads[key]


def _gated(costs: Costs) -> Iterator[Figure]:
    gated = costs.shares[SHARES.index(GATED)]
    is_gated = costs.name == _GATED_SET
    requests = [len(one.history.requests) for one in costs.conversations]
    yield Figure(name=f"{costs.name}: requests of a conversation, mean", value=fmean(requests or [0]))
    yield Figure(
        name=f"{costs.name}: bill as planned at {GATED}, of telling everything",
        value=gated.percent(PLANNED),
        unit="%",
        gate=at_most(_MOST_PERCENT) if is_gated else None,
    )
    if PLANNED in gated.recall:
        yield Figure(
            name=f"{costs.name}: everything needed is told then",
            value=gated.recall[PLANNED],
            unit="%",
            gate=at_least(_LEAST_RECALL) if is_gated else None,
        )
        yield Figure(name="  the same, found by words alone", value=gated.recall[BY_WORDS], unit="%")
    yield Figure(
        name=f"{costs.name}: highest bill as planned, of any conversation and price list",
        value=max(one.highest_percent(PLANNED) for one in costs.all),
        unit="%",
        gate=at_most(100),
    )
