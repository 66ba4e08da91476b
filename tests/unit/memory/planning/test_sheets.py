"""What a provider charges for what it has read before, and what it does not say."""

from __future__ import annotations

import pytest

from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import price_key
from fondaco.llm.profiles import profile_for
from fondaco.llm.targets import ProviderKind, Target
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet, price_sheet, sheet_at

_NOON_MS = 1_795_348_800_000  # 2026-11-22 12:00 UTC
_PRICES = load_prices()


def target_of(kind: ProviderKind, model: str, price: str = "") -> Target:
    return Target(
        name=model,
        provider=kind.value,
        kind=kind,
        base_url="http://localhost",
        model=model,
        profile=profile_for(kind, model),
        price=price,
    )


def sheet_of(kind: ProviderKind, model: str, price: str = "") -> PriceSheet:
    target = target_of(kind, model, price)
    return price_sheet(target, _PRICES.price_at(price_key(target), _NOON_MS))


@pytest.mark.parametrize(
    ("kind", "model", "share", "block", "minimum"),
    [
        (ProviderKind.OPENAI, "gpt-4.1", 0.25, 128, 1_024),
        (ProviderKind.OPENAI, "gpt-5-mini", 0.1, 128, 1_024),
        (ProviderKind.DEEPSEEK, "deepseek-flash", 0.02, 64, 64),
        (ProviderKind.GEMINI, "gemini-2.5-pro", 0.1, 128, 4_096),
    ],
)
def test_a_sheet_has_the_published_share_and_habit(
    kind: ProviderKind, model: str, share: float, block: int, minimum: int
) -> None:
    found = sheet_of(kind, model)

    assert found.share == pytest.approx(share)
    assert (found.habit.block_tokens, found.habit.minimum_tokens) == (block, minimum)
    assert found.unpublished == ()


def test_a_relay_that_publishes_nothing_is_taken_as_the_cheapest_of_all_and_says_so() -> None:
    found = sheet_of(ProviderKind.HOLYSHEEP, "deepseek-v3.2")

    assert found.share == pytest.approx(1 / 50)
    assert len(found.unpublished) == 2
    assert any("cached tokens" in one for one in found.unpublished)


def test_a_history_is_marked_at_anthropic_and_costs_a_quarter_more_to_keep() -> None:
    found = sheet_of(ProviderKind.ANTHROPIC, "claude-sonnet-4-5")

    assert found.share == pytest.approx(0.1 / 1.25)


def test_a_model_of_ones_own_is_free() -> None:
    found = sheet_of(ProviderKind.COMPATIBLE, "llama", price="free")

    assert found.is_free
    assert found.share == 1.0


def test_there_is_no_sheet_without_a_price() -> None:
    assert sheet_at(_PRICES, target_of(ProviderKind.COMPATIBLE, "unheard-of"), _NOON_MS) is None


@pytest.mark.parametrize(
    ("shared", "found"), [(1_023, 0), (1_024, 1_024), (1_151, 1_024), (1_152, 1_152), (0, 0)]
)
def test_a_shared_beginning_is_found_in_whole_blocks_from_the_minimum_on(shared: int, found: int) -> None:
    assert CacheHabit(block_tokens=128, minimum_tokens=1_024).found(shared) == found
