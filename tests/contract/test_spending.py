"""Places under the limits of actions are held once and never exceed them, in whichever storage."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, cast

import msgspec
import pytest

from fondaco.domain.contracts import Action, Contract, Limit, Per
from fondaco.domain.ids import ActionId
from fondaco.domain.ports import Reader, Store
from fondaco.domain.spending import Spending
from tests.contract.store_support import OTHER_SHOP, SHOP, Ground

NOW = 1_795_348_800_000
HOUR_MS = 3_600_000
TWO_A_PERSON = Limit(per=Per.SUBJECT, count=2)
ONE_AN_ORDER = Limit(per=Per.RECORD, count=1)
HUNDRED_A_SHOP = Limit(per=Per.WORKSPACE, window_seconds=3_600, amount_minor=10_000)
REFUND = Contract(limits=(TWO_A_PERSON,))


class StoreWithSpending(Store, Reader, Protocol):
    """As every storage offers it."""

    spending: Spending


@pytest.fixture
def spending(ground: Ground) -> Spending:
    return cast("StoreWithSpending", ground.store).spending


def action(number: int = 1, **changes: Any) -> Action:
    """Return an action that differs from the others by its number."""
    base = Action(
        id=ActionId(f"act_{number:04}"),
        tool="refund",
        arguments={"amount": 4_000},
        subject="kim",
        record=f"RI-{number}",
        amount_minor=4_000,
        currency="EUR",
        proposed_at_ms=NOW,
        expires_at_ms=NOW + HOUR_MS,
    )
    return msgspec.structs.replace(base, **changes)


async def hold(spending: Spending, *numbers: int, contract: Contract = REFUND) -> list[Limit | None]:
    return [await spending.reserve(SHOP, action(number), contract, NOW) for number in numbers]


async def test_a_limit_lets_as_many_through_as_it_says(spending: Spending) -> None:
    assert await hold(spending, 1, 2, 3) == [None, None, TWO_A_PERSON]


async def test_who_asks_again_for_the_same_action_keeps_its_place(spending: Spending) -> None:
    await hold(spending, 1, 2)

    again = await hold(spending, 1, 2, 1)

    assert again == [None, None, None]
    assert await hold(spending, 3) == [TWO_A_PERSON]


async def test_a_place_that_was_given_back_is_free(spending: Spending) -> None:
    await hold(spending, 1, 2)

    await spending.release(SHOP, action(1).id)
    await spending.release(SHOP, action(1).id)

    assert await hold(spending, 3, 4) == [None, TWO_A_PERSON]


async def test_another_shop_gives_no_place_back(spending: Spending) -> None:
    await hold(spending, 1, 2)

    await spending.release(OTHER_SHOP, action(1).id)

    assert await hold(spending, 3) == [TWO_A_PERSON]


async def test_what_was_refused_holds_nothing_under_the_other_limits(spending: Spending) -> None:
    both = Contract(limits=(HUNDRED_A_SHOP, ONE_AN_ORDER))
    await spending.reserve(SHOP, action(1), both, NOW)

    refused = await spending.reserve(SHOP, action(2, record="RI-1"), both, NOW)
    admitted = await spending.reserve(SHOP, action(3), both, NOW)

    assert (refused, admitted) == (ONE_AN_ORDER, None)


async def test_amounts_add_up_to_the_last_cent_and_no_further(spending: Spending) -> None:
    contract = Contract(limits=(HUNDRED_A_SHOP,))
    await hold(spending, 1, 2, contract=contract)

    too_much = await spending.reserve(SHOP, action(3, amount_minor=2_001), contract, NOW)
    just_right = await spending.reserve(SHOP, action(3, amount_minor=2_000), contract, NOW)

    assert (too_much, just_right) == (HUNDRED_A_SHOP, None)


async def test_an_unknown_amount_fits_under_no_limit_on_money(spending: Spending) -> None:
    contract = Contract(limits=(HUNDRED_A_SHOP,))

    refused = await spending.reserve(SHOP, action(amount_minor=None), contract, NOW)

    assert refused == HUNDRED_A_SHOP


async def test_what_is_older_than_the_window_counts_no_more(spending: Spending) -> None:
    contract = Contract(limits=(Limit(per=Per.WORKSPACE, window_seconds=3_600, count=1),))
    await spending.reserve(SHOP, action(1), contract, NOW)

    within = await spending.reserve(SHOP, action(2), contract, NOW + HOUR_MS - 1)
    after = await spending.reserve(SHOP, action(2), contract, NOW + HOUR_MS)

    assert (within, after) == (contract.limits[0], None)


@pytest.mark.parametrize(
    ("per", "other", "expected"),
    [
        (Per.SUBJECT, {"subject": "sam"}, None),
        (Per.SUBJECT, {"record": "RI-9"}, "in the way"),
        (Per.RECORD, {"record": "RI-9"}, None),
        (Per.RECORD, {"record": "RI-1", "subject": "sam"}, "in the way"),
        (Per.WORKSPACE, {"record": "RI-9", "subject": "sam"}, "in the way"),
        (Per.WORKSPACE, {"tool": "cancel"}, None),
    ],
)
async def test_a_limit_adds_up_over_what_it_names(
    spending: Spending, per: Per, other: dict[str, str], expected: str | None
) -> None:
    contract = Contract(limits=(Limit(per=per, count=1),))
    await spending.reserve(SHOP, action(1), contract, NOW)

    found = await spending.reserve(SHOP, action(2, **other), contract, NOW)

    assert (found is None) is (expected is None)


async def test_another_shops_actions_do_not_count(spending: Spending) -> None:
    await hold(spending, 1, 2)

    assert await spending.reserve(OTHER_SHOP, action(3), REFUND, NOW) is None


async def test_to_look_is_not_to_hold(spending: Spending) -> None:
    await hold(spending, 1)

    looks = [await spending.obstacle(SHOP, action(number), REFUND, NOW) for number in (2, 3, 4)]
    await hold(spending, 2)

    assert looks == [None, None, None]
    assert await spending.obstacle(SHOP, action(3), REFUND, NOW) == TWO_A_PERSON
    assert await spending.obstacle(SHOP, action(2), REFUND, NOW) is None


async def test_a_dry_run_is_measured_and_holds_nothing(spending: Spending) -> None:
    dry = [await spending.reserve(SHOP, action(number, dry_run=True), REFUND, NOW) for number in (1, 2, 3)]
    await hold(spending, 4, 5)

    assert dry == [None, None, None]
    assert await spending.reserve(SHOP, action(6, dry_run=True), REFUND, NOW) == TWO_A_PERSON


async def test_an_action_without_limits_holds_its_place_for_those_that_come(spending: Spending) -> None:
    await hold(spending, 1, 2, contract=Contract())

    assert await hold(spending, 3) == [TWO_A_PERSON]


async def test_of_many_at_once_as_many_as_there_is_room_for_come_in(spending: Spending) -> None:
    contract = Contract(limits=(HUNDRED_A_SHOP, Limit(per=Per.SUBJECT, count=5)))

    found = await asyncio.gather(
        *(spending.reserve(SHOP, action(number, amount_minor=3_000), contract, NOW) for number in range(40))
    )

    assert found.count(None) == 3
