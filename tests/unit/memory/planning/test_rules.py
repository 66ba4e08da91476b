"""The two rules of when hiding a part of a history saves money."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fondaco.llm.prices import Price, Rates
from fondaco.memory.planning.rules import (
    Sizes,
    affordable_tokens,
    best_step,
    least_that_pays,
    recall_is_cheaper,
    requests_until_paid,
    surely_pays,
)
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet

_FULL = 1_000_000
_NO_BLOCKS = CacheHabit(block_tokens=1, minimum_tokens=0)


def sheet(share: str, write: str = "1", habit: CacheHabit = _NO_BLOCKS) -> PriceSheet:
    """Return a sheet on which known tokens cost this part of new ones at their plain price."""
    new, again = int(_FULL * Fraction(write)), int(_FULL * Fraction(share))
    rates = Rates(input=_FULL, output=_FULL, cache_read=again, cache_write_5m=new)
    price = Price(version="test", currency="EUR", rates=rates)
    return PriceSheet(
        target="test", price=price, habit=habit, context_tokens=128_000, new_pico=new, again_pico=again
    )


@pytest.mark.parametrize(
    ("share", "write", "requests"),
    [
        ("1", "1", 1),
        ("1/2", "1", 1),
        ("1/4", "1", 3),
        ("1/10", "1", 9),
        ("1/50", "1", 49),
        ("1/10", "5/4", 12),
        ("0", "1", None),
    ],
)
def test_a_cut_to_half_is_paid_after_as_many_requests_as_the_research_says(
    share: str, write: str, requests: int | None
) -> None:
    assert requests_until_paid(sheet(share, write), 1_000, 1_000) == requests


def test_a_cut_that_hides_nothing_is_never_paid() -> None:
    assert requests_until_paid(sheet("1/10"), 1_000, 0) is None


@pytest.mark.parametrize(("hidden", "pays"), [(4_607, False), (4_608, True)])
def test_a_cut_surely_pays_once_what_is_hidden_outweighs_what_is_read_anew(hidden: int, pays: bool) -> None:
    sizes = Sizes(head_tokens=0, kept_tokens=512, hidden_tokens=hidden)

    assert surely_pays(sheet("1/10"), sizes) is pays


def test_a_head_that_is_too_short_for_the_cache_is_read_anew_by_a_cut() -> None:
    habit = CacheHabit(block_tokens=128, minimum_tokens=1_024)
    short = Sizes(head_tokens=1_000, kept_tokens=512, hidden_tokens=12_000)
    long = Sizes(head_tokens=1_024, kept_tokens=512, hidden_tokens=12_000)

    assert not surely_pays(sheet("1/10", habit=habit), short)
    assert surely_pays(sheet("1/10", habit=habit), long)


def test_what_every_later_request_would_lose_of_a_block_has_to_be_outweighed_too() -> None:
    habit = CacheHabit(block_tokens=500, minimum_tokens=500)
    sizes = Sizes(head_tokens=5_000, kept_tokens=10, hidden_tokens=1_000)

    assert not surely_pays(sheet("1/10", habit=habit), sizes)
    assert surely_pays(sheet("1/10"), sizes)


@pytest.mark.parametrize("share", ["1", "1/2", "1/10", "1/50"])
def test_the_least_window_that_pays_is_the_first_for_which_a_cut_surely_pays(share: str) -> None:
    prices = sheet(share, habit=CacheHabit(block_tokens=64, minimum_tokens=64))

    least = least_that_pays(prices, 1_500, 512)

    assert least is not None
    assert surely_pays(prices, Sizes(head_tokens=1_500, kept_tokens=512, hidden_tokens=least - 512))
    assert least == 513 or not surely_pays(
        prices, Sizes(head_tokens=1_500, kept_tokens=512, hidden_tokens=least - 513)
    )


def test_no_window_pays_where_known_tokens_cost_nothing() -> None:
    assert least_that_pays(sheet("0"), 1_500, 512) is None


@pytest.mark.parametrize("millionths", [0, 27_000])
def test_the_best_step_costs_no_more_than_its_neighbours(millionths: int) -> None:
    prices, kept, growth = sheet("1/10"), 512, 72

    def cost(step: int) -> Fraction:
        holding = prices.again_pico - Fraction(millionths * prices.new_pico, 10**6)
        return holding * step / 2 + Fraction(kept * (prices.new_pico - prices.again_pico) * growth, step)

    best = best_step(prices, kept, growth, millionths)

    assert cost(best) <= min(cost(best - 20), cost(best + 20))


@pytest.mark.parametrize(
    ("share", "cheaper"), [("1/4", True), ("1/10", True), ("1/30", True), ("1/50", False), ("0", False)]
)
def test_recalling_a_quarter_on_every_tenth_request_is_dearer_than_telling_all_at_a_fiftieth(
    share: str, cheaper: bool
) -> None:
    assert recall_is_cheaper(sheet(share), 2_700, 100, 10_000) is cheaper


def test_no_more_may_be_recalled_than_was_saved() -> None:
    sizes = Sizes(head_tokens=1_500, kept_tokens=512, hidden_tokens=10_000)

    assert affordable_tokens(sheet("1/10"), sizes, saved_pico=700 * _FULL + 1) == 700


def test_the_request_that_asks_for_old_turns_is_paid_from_savings_too() -> None:
    sizes = Sizes(head_tokens=1_500, kept_tokens=512, hidden_tokens=10_000)

    affordable = affordable_tokens(sheet("1/10"), sizes, saved_pico=700 * _FULL, asked_tokens=2_000)

    assert affordable == 500


def test_nothing_is_recalled_while_savings_are_in_the_red() -> None:
    sizes = Sizes(head_tokens=1_500, kept_tokens=512, hidden_tokens=10_000)

    assert affordable_tokens(sheet("1/10"), sizes, saved_pico=-1) == 0
