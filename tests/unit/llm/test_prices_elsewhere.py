"""Our prices beside those of genai-prices: every difference is listed here, with its reason.

A new release of genai-prices that changes a figure makes this fail: then look the price up at its source,
and correct our file or the table.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price

from fondaco.domain.usage import Usage
from fondaco.llm.costs import cost_of
from fondaco.llm.price_files import load_prices

#: Our key -> their provider and model.
SAME = {
    "openai/gpt-4.1": ("openai", "gpt-4.1"),
    "openai/gpt-4.1-mini": ("openai", "gpt-4.1-mini"),
    "openai/gpt-4.1-nano": ("openai", "gpt-4.1-nano"),
    "openai/gpt-4o-mini": ("openai", "gpt-4o-mini"),
    "openai/gpt-5-mini": ("openai", "gpt-5-mini"),
    "openai/gpt-5.4-mini": ("openai", "gpt-5.4-mini"),
    "anthropic/claude-sonnet-4-5": ("anthropic", "claude-sonnet-4-5"),
    "anthropic/claude-sonnet-4-6": ("anthropic", "claude-sonnet-4-6"),
    "anthropic/claude-haiku-4-5": ("anthropic", "claude-haiku-4-5"),
    "gemini/gemini-2.5-flash": ("google", "gemini-2.5-flash"),
    "gemini/gemini-2.5-flash-lite": ("google", "gemini-2.5-flash-lite"),
    "gemini/gemini-2.5-pro": ("google", "gemini-2.5-pro"),
    "deepseek/deepseek-flash": ("deepseek", "deepseek-flash"),
    "deepseek/deepseek-v4-flash": ("deepseek", "deepseek-v4-flash"),
    "deepseek/deepseek-v4-pro": ("deepseek", "deepseek-v4-pro"),
}

#: Our key -> why it is not compared.
NOT_COMPARED = {
    "deepseek/deepseek-v3.2": "theirs ($0.2288 and $0.3432, no cached price) is not DeepSeek's own price",
    "holysheep/gpt-4.1": "they do not know this provider",
    "holysheep/claude-sonnet-4.5": "they do not know this provider",
    "holysheep/gemini-2.5-flash": "they do not know this provider",
    "holysheep/deepseek-v3.2": "they do not know this provider",
}

#: Key and moment -> why the two differ there.
DIFFERENCES = {
    (
        "deepseek/deepseek-v4-pro",
        "2026-11-28T02:00",
    ): "their peak hours know no weekend; DeepSeek's page does",
    ("deepseek/deepseek-flash", "2026-11-28T02:00"): "their peak hours know no weekend; DeepSeek's page does",
    (
        "deepseek/deepseek-v4-flash",
        "2026-11-28T02:00",
    ): "their peak hours know no weekend; DeepSeek's page does",
}

SHORT = Usage(input=10_000, output=1_000, cache_read=4_000)
LONG = Usage(input=250_000, output=1_000, cache_read=50_000)
WRITES = Usage(input=10_000, output=1_000, cache_write_5m=3_000)

MONDAY_NIGHT, MONDAY_NOON, SATURDAY_NIGHT = "2026-11-23T02:00", "2026-11-23T12:00", "2026-11-28T02:00"


def ours(key: str, usage: Usage, moment: datetime) -> int:
    return cost_of(usage, load_prices().price_at(key, int(moment.timestamp()) * 1000))


def theirs(key: str, usage: Usage, moment: datetime) -> int:
    provider, model = SAME[key]
    found = calc_price(
        TheirUsage(
            input_tokens=usage.input,
            output_tokens=usage.output,
            cache_read_tokens=usage.cache_read,
            cache_write_tokens=usage.cache_write_5m,
        ),
        model,
        provider_id=provider,
        genai_request_timestamp=moment,
    )
    return int(found.total_price * 10**12)


@pytest.mark.parametrize("moment", [MONDAY_NIGHT, MONDAY_NOON, SATURDAY_NIGHT])
@pytest.mark.parametrize("key", SAME)
def test_our_prices_and_theirs_differ_only_where_the_table_says_why(key: str, moment: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    same = ours(key, SHORT, at) == theirs(key, SHORT, at)

    assert same is ((key, moment) not in DIFFERENCES)


@pytest.mark.parametrize(
    ("key", "usage"),
    [
        ("anthropic/claude-sonnet-4-5", LONG),
        ("gemini/gemini-2.5-pro", LONG),
        ("anthropic/claude-sonnet-4-5", WRITES),
        ("anthropic/claude-haiku-4-5", WRITES),
    ],
)
def test_long_requests_and_cache_writes_cost_the_same_by_both(key: str, usage: Usage) -> None:
    noon = datetime.fromisoformat(MONDAY_NOON).replace(tzinfo=UTC)

    assert ours(key, usage, noon) == theirs(key, usage, noon)


def test_every_price_is_compared_or_the_table_says_why_not() -> None:
    assert sorted({*SAME, *NOT_COMPARED}) == load_prices().keys
