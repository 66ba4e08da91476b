"""What the ledger's contract is tried with."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from fondaco.domain.costs import Ledger
from fondaco.domain.ids import ConnectionId, ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.ports import Reader, Store
from fondaco.domain.usage import Budget, LedgerEntry, Provenance, Usage

SHOP = WorkspaceId("wsp_shop")
OTHER_SHOP = WorkspaceId("wsp_other")
DAY_MS = 86_400_000
NOON_MS = 1_795_348_800_000  #: 2026-11-22 12:00 UTC

ENTRY = LedgerEntry(
    id=EntryId("led_1"),
    workspace_id=SHOP,
    connection_id=ConnectionId("con_web"),
    conversation_id=ConversationId("cnv_one"),
    turn_id=TurnId("trn_1"),
    step=1,
    attempt=1,
    at_ms=NOON_MS,
    provider="acme",
    model="small",
    cost_pico=300,
)
DAY = Budget(key="workspace:wsp_shop:2026-11-22", limit_pico=1_000)


class StoreWithLedger(Store, Reader, Protocol):
    """As every storage offers it."""

    ledger: Ledger


def entry(number: int = 1, **changes: Any) -> LedgerEntry:
    """Return an attempt that differs from the others by its number."""
    return msgspec.structs.replace(ENTRY, id=EntryId(f"led_{number:04}"), **changes)


def settled(reserved: LedgerEntry, cost_pico: int, **changes: Any) -> LedgerEntry:
    """Return the same attempt when it is over."""
    figures = {
        "usage": Usage(input=100, output=20, cache_read=40, reasoning=5),
        "provenance": Provenance.REPORTED,
        "served_model": "small-2026",
        "ended_as": "answered",
        "duration_ms": 812.5,
        "first_token_ms": 47.25,
        "price_version": "acme/small@2026-01-01",
    }
    return msgspec.structs.replace(reserved, cost_pico=cost_pico, **(figures | changes))
