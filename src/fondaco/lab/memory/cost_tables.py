"""Bills as tables for people, and every cell of them as a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fondaco.lab.gates import Figure
from fondaco.lab.memory.cost import Costs, Priced
from fondaco.lab.memory.cost_sheets import GATED, SHARES
from fondaco.lab.memory.cost_ways import EVERYTHING, PLANNED, SEARCH, SLIDING, WAYS
from fondaco.lab.memory.tables import table

_LISTED = (EVERYTHING, SLIDING, SEARCH, PLANNED)


def tables_of(costs: Costs) -> str:
    """Return the tables of a set."""
    requests = sum(len(one.history.requests) for one in costs.conversations)
    title = f"{costs.name}: {len(costs.conversations):,} conversations, {requests:,} requests"
    rows = [_by_share(costs), _by_list(costs), *([_by_brought(costs)] if costs.brought else [])]
    return "\n\n".join([title, *(table(list(row)) for row in rows)])


def cost_figures(found: Sequence[Costs]) -> Iterator[Figure]:
    """Yield every cell of the tables."""
    for costs in found:
        for per_mille, brought in costs.brought.items():
            name = f"{costs.name}, {GATED}, as planned with {per_mille / 10:g} % of the hidden"
            yield Figure(name=f"{name}: of telling everything", value=brought.bill, unit="%")
            yield Figure(name=f"{name}: everything needed", value=brought.needed, unit="%")
        for priced in costs.all:
            for way in WAYS:
                name = f"{costs.name}, {priced.sheet.target}, {way}"
                yield Figure(name=f"{name}: of telling everything", value=priced.percent(way), unit="%")
                yield Figure(name=f"{name}: a conversation", value=float(priced.mean_cost(way)), unit="USD")
                if way in priced.recall:
                    yield Figure(name=f"{name}: everything needed", value=priced.recall[way], unit="%")


def _by_brought(costs: Costs) -> Iterator[list[str]]:
    yield [f"as planned at {GATED}; of the hidden comes back", "bill, %", "needed, %", "by words, %"]
    for per_mille, found in costs.brought.items():
        yield [f"{per_mille / 10:g} %", f"{found.bill:.1f}", f"{found.needed:.1f}", f"{found.by_words:.1f}"]


def _by_share(costs: Costs) -> Iterator[list[str]]:
    gated = costs.shares[SHARES.index(GATED)]
    shares = [f"at {share}" for share in SHARES]
    yield [
        "bill of the input, % of telling everything",
        *shares,
        "keeping 5/4",
        "prompt",
        "found, %",
        "needed, %",
    ]
    for way in WAYS:
        bills = gated.bills[way]
        tokens, requests = sum(bill.input for bill in bills), sum(bill.requests for bill in bills)
        yield [
            _in_words(way),
            *(f"{priced.percent(way):.1f}" for priced in (*costs.shares, costs.written)),
            f"{tokens / max(1, requests):,.0f}",
            f"{100 * sum(bill.found for bill in bills) / max(1, tokens):.0f}",
            f"{gated.recall[way]:.1f}" if way in gated.recall else "-",
        ]


def _by_list(costs: Costs) -> Iterator[list[str]]:
    yield ["USD for 1,000 conversations", *map(_in_words, _LISTED), "planned, %", "highest, %", "prices"]
    for priced in costs.listed:
        yield [
            priced.sheet.target,
            *(f"{float(1_000 * priced.mean_cost(way)):,.2f}" for way in _LISTED),
            f"{priced.percent(PLANNED):.1f}",
            f"{priced.highest_percent(PLANNED):.1f}",
            _told(priced),
        ]


def _in_words(way: str) -> str:
    return way.replace("_", " ")


def _told(priced: Priced) -> str:
    share = f"known at {priced.sheet.share:.3g}"
    return f"{share}, not published" if priced.sheet.unpublished else share
