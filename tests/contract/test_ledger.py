"""The ledger keeps every attempt and holds every budget, in whichever storage."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from fondaco.domain.costs import Ledger
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId
from fondaco.domain.usage import Budget, CostGroup, CostLine, Held, Provenance
from tests.contract.ledger_support import (
    DAY,
    DAY_MS,
    NOON_MS,
    OTHER_SHOP,
    SHOP,
    StoreWithLedger,
    entry,
    settled,
)
from tests.contract.store_support import Ground, answer, turn_of


@pytest.fixture
def ledger(ground: Ground) -> Ledger:
    return cast("StoreWithLedger", ground.store).ledger


async def held(ledger: Ledger, key: str = DAY.key) -> int:
    [found] = await ledger.held([key])
    return found.held_pico


async def lines(ledger: Ledger, group: CostGroup) -> dict[str, CostLine]:
    found = await ledger.cost_lines(SHOP, group, NOON_MS - DAY_MS, NOON_MS + 2 * DAY_MS)
    return {line.group: line for line in found}


async def test_a_reserved_entry_is_kept_and_its_cost_is_held(ledger: Ledger) -> None:
    refused = await ledger.reserve(entry(), (DAY,))

    assert refused is None
    assert await ledger.entries(SHOP, entry().conversation_id) == [entry()]
    assert await held(ledger) == 300


async def test_an_entry_comes_back_with_every_figure_that_it_was_settled_with(ledger: Ledger) -> None:
    over = settled(entry(), 250, possibly_billed=True)
    await ledger.reserve(entry(), (DAY,))

    await ledger.settle(over)

    assert await ledger.entries(SHOP, over.conversation_id) == [over]


async def test_settling_gives_back_what_was_held_too_much(ledger: Ledger) -> None:
    await ledger.reserve(entry(), (DAY,))

    await ledger.settle(settled(entry(), 120))

    assert await held(ledger) == 120


async def test_settling_holds_more_where_it_came_dearer(ledger: Ledger) -> None:
    await ledger.reserve(entry(), (DAY,))

    await ledger.settle(settled(entry(), 1_400))

    assert await held(ledger) == 1_400


async def test_settling_twice_is_settling_once_and_the_last_word_counts(ledger: Ledger) -> None:
    await ledger.reserve(entry(), (DAY,))

    await ledger.settle(settled(entry(), 120))
    await ledger.settle(settled(entry(), 120))
    await ledger.settle(settled(entry(), 90))

    assert await held(ledger) == 90


async def test_reserving_twice_holds_once_even_when_the_budget_is_full_by_then(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), (DAY,))
    await ledger.reserve(entry(2, cost_pico=700), (DAY,))

    again = await ledger.reserve(entry(1), (DAY,))

    assert again is None
    assert await held(ledger) == 1_000


async def test_what_would_exceed_a_budget_is_neither_written_nor_held(ledger: Ledger) -> None:
    month = Budget(key="workspace:wsp_shop:2026-11", limit_pico=5_000)

    refused = await ledger.reserve(entry(cost_pico=1_001), (month, DAY))

    assert refused == DAY.key
    assert await ledger.entries(SHOP, entry().conversation_id) == []
    assert await ledger.held([month.key, DAY.key]) == [
        Held(key=month.key, held_pico=0),
        Held(key=DAY.key, held_pico=0),
    ]


async def test_a_budget_may_be_used_up_to_its_last_part(ledger: Ledger) -> None:
    refused = await ledger.reserve(entry(cost_pico=1_000), (DAY,))

    assert refused is None


async def test_every_budget_holds_the_cost_once(ledger: Ledger) -> None:
    month = Budget(key="workspace:wsp_shop:2026-11", limit_pico=5_000)

    await ledger.reserve(entry(), (DAY, month, DAY))
    await ledger.settle(settled(entry(), 200))

    assert [one.held_pico for one in await ledger.held([DAY.key, month.key])] == [200, 200]


async def test_what_costs_nothing_exceeds_no_budget(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), (DAY,))
    await ledger.settle(settled(entry(1), 5_000))

    refused = await ledger.reserve(entry(2, cost_pico=0), (DAY,))

    assert refused is None
    assert await held(ledger) == 5_000


async def test_what_was_certainly_not_billed_leaves_the_budget_as_it_was(ledger: Ledger) -> None:
    await ledger.reserve(entry(), (DAY,))

    await ledger.settle(settled(entry(), 0, usage=None, provenance=Provenance.NOTHING))

    assert await held(ledger) == 0


async def test_settling_what_was_never_reserved_is_an_error(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), ())

    with pytest.raises(NotFound, match="led_0002"):
        await ledger.settle(settled(entry(2), 1))


async def test_an_attempt_whose_process_died_stays_held_and_possibly_billed(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), (DAY,))

    await ledger.reserve(entry(2, attempt=2), (DAY,))
    await ledger.settle(settled(entry(2, attempt=2), 100))

    assert await held(ledger) == 400
    assert (await lines(ledger, CostGroup.MODEL))["acme/small"].possibly_pico == 300


@pytest.mark.parametrize("budgets", [(), (DAY,)])
async def test_two_hundred_attempts_at_once_get_what_there_is_room_for(
    ledger: Ledger, budgets: tuple[Budget, ...]
) -> None:
    wanted = [entry(number, cost_pico=142) for number in range(200)]

    refused = await asyncio.gather(*(ledger.reserve(one, budgets) for one in wanted))

    admitted = refused.count(None)
    assert admitted == (7 if budgets else 200)
    assert len(await ledger.entries(SHOP, entry().conversation_id)) == admitted
    assert await held(ledger) == (994 if budgets else 0)


async def test_attempts_that_end_while_others_begin_leave_exactly_what_they_cost(ledger: Ledger) -> None:
    month = Budget(key="workspace:wsp_shop:2026-11", limit_pico=10**9)
    wide = Budget(key=DAY.key, limit_pico=10**9)
    ways = ((wide, month), (month, wide))

    async def live(number: int) -> None:
        one = entry(number, conversation_id=ConversationId(f"cnv_{number % 7}"), cost_pico=1_000)
        await ledger.reserve(one, ways[number % 2])
        await ledger.settle(settled(one, number))

    await asyncio.gather(*map(live, range(200)))

    assert [one.held_pico for one in await ledger.held([DAY.key, month.key])] == [19_900, 19_900]


async def test_a_report_adds_up_by_day(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), ())
    await ledger.settle(settled(entry(1), 250))
    await ledger.reserve(entry(2, at_ms=NOON_MS + DAY_MS, turn_id=TurnId("trn_2")), ())
    await ledger.settle(settled(entry(2, at_ms=NOON_MS + DAY_MS), 50, possibly_billed=True))

    found = await lines(ledger, CostGroup.DAY)

    assert found["2026-11-22"] == CostLine(
        group="2026-11-22",
        currency="USD",
        attempts=1,
        turns=1,
        input=100,
        cache_read=40,
        output=20,
        cost_pico=250,
        possibly_pico=0,
    )
    assert found["2026-11-23"].possibly_pico == 50


@pytest.mark.parametrize(
    ("group", "names"),
    [
        (CostGroup.MODEL, ["acme/large", "acme/small"]),
        (CostGroup.CHANNEL, ["con_shop", "con_web"]),
        (CostGroup.CONVERSATION, ["cnv_one", "cnv_two"]),
        (CostGroup.OUTCOME, ["unsettled"]),
    ],
)
async def test_a_report_has_a_line_for_each_group_in_order(
    ledger: Ledger, group: CostGroup, names: list[str]
) -> None:
    await ledger.reserve(entry(1), ())
    await ledger.reserve(
        entry(
            2,
            model="large",
            connection_id=ConnectionId("con_shop"),
            conversation_id=ConversationId("cnv_two"),
        ),
        (),
    )

    found = await ledger.cost_lines(SHOP, group, NOON_MS, NOON_MS + 1)

    assert [line.group for line in found] == names
    assert sum(line.attempts for line in found) == 2


async def test_a_report_by_outcome_knows_how_turns_ended(ground: Ground, ledger: Ledger) -> None:
    lease, work = await ground.asked()
    await ground.store.commit(answer(work, ground.now), lease)
    await ledger.reserve(entry(1, turn_id=turn_of(work)), ())
    await ledger.reserve(entry(2, turn_id=turn_of(work), attempt=2), ())

    found = await lines(ledger, CostGroup.OUTCOME)

    assert {name: (line.attempts, line.turns) for name, line in found.items()} == {"reply": (2, 1)}


async def test_currencies_are_never_added_up(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), ())
    await ledger.reserve(entry(2, currency="CNY"), ())

    found = await ledger.cost_lines(SHOP, CostGroup.DAY, NOON_MS, NOON_MS + 1)

    assert [(line.group, line.currency) for line in found] == [("2026-11-22", "CNY"), ("2026-11-22", "USD")]


async def test_a_report_ends_before_its_last_moment_and_at_the_wall(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), ())
    await ledger.reserve(entry(2, at_ms=NOON_MS + 1), ())
    await ledger.reserve(entry(3, workspace_id=OTHER_SHOP), ())

    found = await ledger.cost_lines(SHOP, CostGroup.DAY, NOON_MS, NOON_MS + 1)

    assert [line.attempts for line in found] == [1]


async def test_entries_come_in_the_order_in_which_they_began_and_stay_in_their_workspace(
    ledger: Ledger,
) -> None:
    await ledger.reserve(entry(2, at_ms=NOON_MS + 1), ())
    await ledger.reserve(entry(1), ())
    await ledger.reserve(entry(3, at_ms=NOON_MS), ())

    mine = await ledger.entries(SHOP, entry().conversation_id)
    theirs = await ledger.entries(OTHER_SHOP, entry().conversation_id)

    assert [one.id for one in mine] == ["led_0001", "led_0003", "led_0002"]
    assert theirs == []


async def test_turns_are_added_up_one_by_one(ledger: Ledger) -> None:
    await ledger.reserve(entry(1), ())
    await ledger.reserve(entry(2, attempt=2, cost_pico=30), ())
    await ledger.reserve(entry(3, turn_id=TurnId("trn_2"), cost_pico=7), ())

    found = await ledger.turn_costs(entry().conversation_id, [TurnId("trn_1"), TurnId("trn_9")])
    none = await ledger.turn_costs(entry().conversation_id, [])

    assert [(line.group, line.attempts, line.cost_pico) for line in found] == [("trn_1", 2, 330)]
    assert none == []


async def test_sums_beyond_what_a_float_counts_are_exact(ledger: Ledger) -> None:
    await ledger.reserve(entry(1, cost_pico=2**53), ())
    await ledger.reserve(entry(2, cost_pico=1), ())

    [found] = await ledger.cost_lines(SHOP, CostGroup.DAY, NOON_MS, NOON_MS + 1)

    assert found.cost_pico == 2**53 + 1
