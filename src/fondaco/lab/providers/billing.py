"""Adds up what our ledger says and what the simulators charge, at the same prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fondaco.domain.usage import LedgerEntry, Provenance, Usage
from fondaco.lab.providers.rows import Case, second_wire
from fondaco.lab.providers.scene import MODELS
from fondaco.lab.providers.seen import Bill
from fondaco.llm.costs import cost_of
from fondaco.llm.price_files import load_prices
from fondaco.testing.provider.journal import Entry, Journal

_DOUBTFUL = {Provenance.ESTIMATED, Provenance.UPPER_BOUND, Provenance.RESERVED}


def bills_of(
    case: Case, entries: Sequence[LedgerEntry], journals: tuple[Journal, Journal]
) -> tuple[Bill, ...]:
    """Return both providers' bills."""
    wires = (case.wire, second_wire(case.wire))
    prices = load_prices()
    found = []
    for provider, wire, journal in zip(("first", "second"), wires, journals, strict=True):
        key = f"{wire.value}/{MODELS[wire]}"
        mine = [entry for entry in entries if entry.provider == provider]
        theirs = sum(
            cost_of(_usage(entry), prices.price_at(key, entry.at_ms))
            for entry in journal.entries()
            if entry.billed
        )
        found.append(bill(provider, mine, theirs))
    return tuple(found)


def bill(provider: str, mine: Sequence[LedgerEntry], theirs_pico: int) -> Bill:
    """Return one provider's bill beside our entries."""
    return Bill(
        provider=provider,
        ours_pico=sum(entry.cost_pico for entry in mine),
        theirs_pico=theirs_pico,
        doubtful=any(entry.possibly_billed or entry.provenance in _DOUBTFUL for entry in mine),
        unsettled=sum(entry.provenance is Provenance.RESERVED for entry in mine),
        ends=dict(Counter(entry.ended_as for entry in mine)),
    )


def _usage(entry: Entry) -> Usage:
    return Usage(
        input=entry.input,
        output=entry.output,
        cache_read=entry.cache_read,
        cache_write_5m=entry.cache_write_5m,
        cache_write_1h=entry.cache_write_1h,
    )
