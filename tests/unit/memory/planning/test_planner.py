"""Which way of keeping a history is chosen, and what is said about it."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.llm.prices import Price, Rates
from fondaco.memory.planning.planner import Aim, Talk, plan
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.memory.strategies import StrategyName

_FULL = 1_000_000
_TALK = Talk(head_tokens=1_500, reserve_tokens=2_000)


def sheet(parts: int, minimum: int = 64, context_tokens: int = 128_000) -> PriceSheet:
    """Return a sheet on which known tokens cost the full price divided by ``parts``; 0: nothing."""
    again = _FULL // parts if parts else 0
    rates = Rates(input=_FULL, output=_FULL, cache_read=again, cache_write_5m=_FULL)
    return PriceSheet(
        target="test",
        price=Price(version="test", currency="EUR", rates=rates),
        habit=CacheHabit(block_tokens=64, minimum_tokens=minimum),
        context_tokens=context_tokens,
        new_pico=_FULL,
        again_pico=again,
        unpublished=(),
    )


@pytest.mark.parametrize(
    ("parts", "strategy", "high_tokens"),
    [
        (1, StrategyName.STEPPED, 582),
        (2, StrategyName.STEPPED, 785),
        (4, StrategyName.STEPPED, 995),
        (10, StrategyName.STEPPED, 1_409),
        (50, StrategyName.APPEND, 124_500),
        (0, StrategyName.APPEND, 124_500),
    ],
)
def test_each_price_list_has_its_own_plan(parts: int, strategy: StrategyName, high_tokens: int) -> None:
    found = plan(sheet(parts), _TALK)

    assert found.strategy is strategy
    assert found.marks.high_tokens == high_tokens
    assert found.recall is (strategy is StrategyName.STEPPED)


def test_few_requests_to_come_make_the_steps_wider() -> None:
    soon_over = msgspec.structs.replace(_TALK, lengths={78: 1_000})

    assert plan(sheet(10), soon_over).marks.high_tokens > plan(sheet(10), _TALK).marks.high_tokens


def test_many_requests_to_come_pay_for_the_best_step_where_few_would_not() -> None:
    usual, long = sheet(10, minimum=4_096), msgspec.structs.replace(_TALK, lengths={2_000: 1_000})

    wide, best = plan(usual, _TALK), plan(usual, long)

    assert wide.marks.low_tokens == best.marks.low_tokens
    assert wide.marks.high_tokens > best.marks.high_tokens


def test_short_episodes_say_nothing_of_one_that_is_long_enough_for_a_cut() -> None:
    others_are_short = msgspec.structs.replace(_TALK, lengths={3: 100_000})

    assert plan(sheet(10), others_are_short) == plan(sheet(10), _TALK)


@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ({}, "An episode that gets so far is expected to take 8 more, which is assumed."),
        ({96: 990}, "An episode that gets so far is expected to take 20 more, as 990 earlier ones did."),
    ],
)
def test_the_reason_names_how_many_requests_were_expected_and_why(lengths: dict[int, int], told: str) -> None:
    assert told in plan(sheet(10), msgspec.structs.replace(_TALK, lengths=lengths)).why


def test_a_window_grows_longer_where_old_turns_are_brought_back_more_often() -> None:
    often = Aim(recalled_per_mille=300)

    assert plan(sheet(10), _TALK, often).marks.high_tokens > plan(sheet(10), _TALK).marks.high_tokens


def test_a_cut_leaves_enough_for_the_cache_to_take_it_at_all() -> None:
    talk = msgspec.structs.replace(_TALK, head_tokens=300)

    found = plan(sheet(10, minimum=1_024), talk)

    assert found.marks.low_tokens == 1_024 + 64 - 300


def test_nothing_is_hidden_for_money_that_cannot_be_brought_back() -> None:
    talk = msgspec.structs.replace(_TALK, can_recall=False)

    found = plan(sheet(10), talk)

    assert found.strategy is StrategyName.APPEND
    assert "bring back" in found.why


def test_a_model_that_costs_nothing_is_told_everything() -> None:
    free = msgspec.structs.replace(sheet(1), new_pico=0, again_pico=0)

    found = plan(free, _TALK)

    assert found.strategy is StrategyName.APPEND
    assert "nothing is charged" in found.why


def test_no_mark_is_beyond_the_models_limit() -> None:
    found = plan(sheet(10, context_tokens=6_000), _TALK)

    assert found.strategy is StrategyName.APPEND
    assert found.marks.most_tokens == 2_500
    assert found.marks.high_tokens == 2_500


def test_a_head_beyond_the_limit_leaves_no_room_and_breaks_nothing() -> None:
    assert plan(sheet(10, context_tokens=1_000), _TALK).marks.most_tokens == 0


def test_the_reason_names_the_figures() -> None:
    why = plan(sheet(10), _TALK).why

    assert "5,372" in why
    assert "1,409" in why
    assert "512" in why
    assert "1/10" in why


def test_the_reason_names_what_is_not_published() -> None:
    unsaid = msgspec.structs.replace(sheet(10), unpublished=("what cached tokens cost",))

    assert "not published: what cached tokens cost" in plan(unsaid, _TALK).why


@pytest.mark.parametrize(("affordable", "tokens"), [(None, 2_700), (900, 900), (5_000, 2_700)])
def test_a_share_of_what_is_hidden_comes_back_as_far_as_savings_allow(
    affordable: int | None, tokens: int
) -> None:
    found = plan(sheet(10), _TALK, Aim(recall_per_mille=270))

    assert found.recall_tokens(10_000, affordable) == tokens


def test_nothing_is_recalled_while_nothing_is_hidden() -> None:
    assert plan(sheet(10), _TALK).recall_tokens(0) == 0
