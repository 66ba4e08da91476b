"""Costs are exact, whatever the shares of cache and whatever the length."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain.usage import Usage
from fondaco.llm.costs import cost_of, is_upper_bound, upper_cost
from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import Price, Rates, Tier

NOON_MS = 1_795_348_800_000  # 2026-11-22 12:00 UTC
PRICES = load_prices()
SONNET = PRICES.price_at("anthropic/claude-sonnet-4-5", NOON_MS)
GPT = PRICES.price_at("openai/gpt-4.1", NOON_MS)
RELAY = PRICES.price_at("holysheep/gpt-4.1", NOON_MS)
UNTOLD = Price(version="x", currency="USD", rates=Rates(input=10, output=40))

prices = st.sampled_from([PRICES.price_at(key, NOON_MS) for key in PRICES.keys])
tokens = st.integers(0, 150_000)


@st.composite
def usages(draw: st.DrawFn, most: int = 400_000) -> Usage:
    read, short, long = (draw(st.integers(0, most // 4)) for _ in range(3))
    output = draw(st.integers(0, most))
    return Usage(
        input=read + short + long + draw(st.integers(0, most // 4)),
        output=output,
        cache_read=read,
        cache_write_5m=short,
        cache_write_1h=long,
        reasoning=draw(st.integers(0, output)),
    )


def together(one: Usage, other: Usage) -> Usage:
    return Usage(
        **{
            name: getattr(one, name) + getattr(other, name)
            for name in ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
        }
    )


@pytest.mark.parametrize(
    ("price", "usage", "dollars"),
    [
        (GPT, Usage(input=1_000_000, output=0), "2"),
        (GPT, Usage(input=1_000_000, output=1_000_000), "10"),
        (GPT, Usage(input=1_000_000, output=0, cache_read=1_000_000), "0.5"),
        (GPT, Usage(input=1_234, output=56, cache_read=1_024), "0.00138"),
        (GPT, Usage(input=1, output=1, reasoning=1), "0.00001"),
        (SONNET, Usage(input=100_000, output=0, cache_write_5m=100_000), "0.375"),
        (SONNET, Usage(input=100_000, output=0, cache_write_1h=100_000), "0.6"),
        (SONNET, Usage(input=200_000, output=1_000), "0.615"),
        (SONNET, Usage(input=200_001, output=1_000), "1.222506"),
        (SONNET, Usage(input=200_001, output=0, cache_read=200_001), "0.1200006"),
    ],
)
def test_a_bill_that_was_reckoned_by_hand(price: Price, usage: Usage, dollars: str) -> None:
    assert cost_of(usage, price) == Decimal(dollars) * 10**12


@given(usages(), prices)
def test_input_includes_the_cache_so_no_token_is_charged_twice(usage: Usage, price: Price) -> None:
    """The same sum as of four separate bills, by fractions of the prices for a million."""
    tiers = [tier for tier in price.tiers if usage.input > tier.above]
    rates = tiers[-1].rates if tiers else price.rates
    classes = [
        (usage.input - usage.cache_read - usage.cache_write_5m - usage.cache_write_1h, rates.input),
        (usage.cache_read, rates.input if rates.cache_read is None else rates.cache_read),
        (usage.cache_write_5m, 2 * rates.input if rates.cache_write_5m is None else rates.cache_write_5m),
        (usage.cache_write_1h, 2 * rates.input if rates.cache_write_1h is None else rates.cache_write_1h),
        (usage.output, rates.output),
    ]

    per_million = sum(Fraction(count) * Fraction(rate, 10**6) for count, rate in classes)

    assert cost_of(usage, price) == per_million * 10**6


@given(usages(100_000), usages(100_000), prices)
def test_two_bills_add_up_within_a_tier(one: Usage, other: Usage, price: Price) -> None:
    flat = msgspec.structs.replace(price, tiers=())

    assert cost_of(together(one, other), flat) == cost_of(one, flat) + cost_of(other, flat)


@given(usages(), usages(), prices)
def test_more_of_anything_never_costs_less(one: Usage, other: Usage, price: Price) -> None:
    assert cost_of(together(one, other), price) >= cost_of(one, price)


@given(usages(), prices)
def test_what_is_read_from_a_cache_never_costs_more_than_fresh_input(usage: Usage, price: Price) -> None:
    fresh = Usage(input=usage.input, output=usage.output)
    read = Usage(input=usage.input, output=usage.output, cache_read=usage.input)

    assert cost_of(read, price) <= cost_of(fresh, price)


@given(tokens, tokens, st.integers(0, 100), st.booleans(), prices)
def test_what_is_reserved_covers_every_way_in_which_it_can_be_cached(
    input_: int, output: int, percent: int, written: bool, price: Price
) -> None:
    part = input_ * percent // 100
    known = price.rates.cache_write_5m is not None and written
    usage = Usage(
        input=input_,
        output=output,
        cache_read=0 if known else part,
        cache_write_5m=part if known else 0,
    )

    assert upper_cost(input_, output, price) >= cost_of(usage, price)


@given(tokens, tokens, tokens, tokens, prices)
def test_a_longer_prompt_never_reserves_less(
    input_: int, output: int, more: int, longer: int, price: Price
) -> None:
    assert upper_cost(input_ + more, output + longer, price) >= upper_cost(input_, output, price)


def test_cached_tokens_without_a_price_cost_the_most_that_they_can() -> None:
    read = Usage(input=100, output=1, cache_read=100)
    written = Usage(input=100, output=1, cache_write_1h=100)

    assert cost_of(read, UNTOLD) == 100 * 10 + 40
    assert cost_of(written, UNTOLD) == 200 * 10 + 40


@pytest.mark.parametrize(
    ("price", "usage", "bound"),
    [
        (GPT, Usage(input=100, output=1, cache_read=100), False),
        (UNTOLD, Usage(input=100, output=1), False),
        (UNTOLD, Usage(input=100, output=1, cache_read=1), True),
        (UNTOLD, Usage(input=100, output=1, cache_write_5m=1), True),
        (UNTOLD, Usage(input=100, output=1, cache_write_1h=1), True),
        (RELAY, Usage(input=100, output=1), True),
    ],
)
def test_a_figure_is_an_upper_bound_where_a_price_of_its_tokens_is_unknown(
    price: Price, usage: Usage, bound: bool
) -> None:
    assert is_upper_bound(usage, price) is bound


def test_the_highest_tier_that_the_input_exceeds_holds_for_all_of_it() -> None:
    tiers = tuple(
        Tier(above=above, rates=Rates(input=rate, output=rate)) for above, rate in ((10, 2), (20, 3))
    )
    price = Price(version="x", currency="USD", rates=Rates(input=1, output=1), tiers=tiers)

    assert [cost_of(Usage(input=count, output=1), price) for count in (10, 11, 20, 21)] == [11, 24, 42, 66]
