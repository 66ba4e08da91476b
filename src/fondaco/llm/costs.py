"""What usage costs, exactly: whole numbers of 10⁻¹² of the currency, never a float.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching has the multipliers of cache writes:
1.25 times the input price for five minutes, twice for an hour.
"""

from __future__ import annotations

from fondaco.domain.usage import Usage
from fondaco.llm.prices import Price, Rates

#: Where a price of cache writes is unknown they are charged like the dearest kind that anybody sells.
DEAREST_WRITE = 2


def cost_of(usage: Usage, price: Price) -> int:
    """Return what the usage costs, in 10⁻¹² of the price's currency.

    Tokens of a class without a published price cost the most that they can: read from a cache, as much as
    any input; written into one, twice as much.
    """
    rates = rates_for(price, usage.input)
    read = rates.input if rates.cache_read is None else rates.cache_read
    return (
        usage.fresh_input * rates.input
        + usage.cache_read * read
        + usage.cache_write_5m * _write(rates, rates.cache_write_5m)
        + usage.cache_write_1h * _write(rates, rates.cache_write_1h)
        + usage.output * rates.output
    )


def is_upper_bound(usage: Usage, price: Price) -> bool:
    """Whether ``cost_of`` may be more than what is charged, since a price of these tokens is unknown."""
    rates = rates_for(price, usage.input)
    return (
        not price.certain
        or (rates.cache_read is None and usage.cache_read > 0)
        or (rates.cache_write_5m is None and usage.cache_write_5m > 0)
        or (rates.cache_write_1h is None and usage.cache_write_1h > 0)
    )


def upper_cost(input_tokens: int, output_tokens: int, price: Price) -> int:
    """Return the most that so many tokens can cost, however they are cached.

    Reckons with writes into a cache of five minutes, the only ones that we ask for, and only where they have
    a price of their own.
    """
    rates = rates_for(price, input_tokens)
    dearest = max(rates.input, rates.cache_read or 0, rates.cache_write_5m or 0)
    return input_tokens * dearest + output_tokens * rates.output


def rates_for(price: Price, input_tokens: int) -> Rates:
    """Return the rates for a request whose whole input is so long."""
    found = price.rates
    for tier in price.tiers:
        if input_tokens > tier.above:
            found = tier.rates
    return found


def _write(rates: Rates, write: int | None) -> int:
    return DEAREST_WRITE * rates.input if write is None else write
