"""What budgets held of days and months long over is deleted, and nothing else, in whichever storage."""

from __future__ import annotations

from typing import cast

import pytest

from fondaco.domain.costs import Ledger
from fondaco.domain.usage import Budget
from tests.contract.ledger_support import SHOP, StoreWithLedger, entry, settled
from tests.contract.store_support import Ground


@pytest.fixture
def ledger(ground: Ground) -> Ledger:
    return cast("StoreWithLedger", ground.store).ledger


async def spend(ledger: Ledger, *keys: str) -> None:
    await ledger.reserve(entry(), tuple(Budget(key=key, limit_pico=1_000) for key in keys))


@pytest.mark.parametrize(
    ("key", "left"),
    [
        ("workspace:wsp_shop:2026-11-14", 0),
        ("conversation:cnv_one:2025-12-31", 0),
        ("channel:con_web:2026-11-15", 300),
        ("workspace:wsp_shop:2026-11-22", 300),
        ("workspace:wsp_shop:2026-10", 0),
        ("workspace:wsp_shop:2026-11", 300),
        ("conversation:cnv_one:ever", 300),
        ("conversation:2026-10-01:ever", 300),
        ("channel:a:b:2026-01", 0),
    ],
)
async def test_only_a_period_that_was_over_by_that_day_is_forgotten(
    ledger: Ledger, key: str, left: int
) -> None:
    await spend(ledger, key)

    forgotten = await ledger.forget_held("2026-11-15")

    [held] = await ledger.held([key])
    assert (forgotten, held.held_pico) == (int(left == 0), left)


async def test_as_many_as_there_are_go_at_once_and_their_entries_stay(ledger: Ledger) -> None:
    await spend(ledger, "workspace:wsp_shop:ever", *(f"channel:con_{n}:2026-01-01" for n in range(1_001)))

    forgotten = [await ledger.forget_held("2026-11-15") for _ in range(2)]

    assert forgotten == [1_001, 0]
    assert await ledger.entries(SHOP, entry().conversation_id) == [entry()]


async def test_an_attempt_may_be_settled_after_its_day_was_forgotten(ledger: Ledger) -> None:
    await spend(ledger, "workspace:wsp_shop:2026-11-14", "workspace:wsp_shop:ever")
    await ledger.forget_held("2026-11-15")

    await ledger.settle(settled(entry(), 120))

    [ever] = await ledger.held(["workspace:wsp_shop:ever"])
    assert ever.held_pico == 120
    assert await ledger.entries(SHOP, entry().conversation_id) == [settled(entry(), 120)]
