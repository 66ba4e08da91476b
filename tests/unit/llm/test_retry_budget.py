"""Retries stay a small part of the traffic, whatever happens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fondaco.llm.options import RetryOptions
from fondaco.llm.retry_budget import RetryBudgets
from fondaco.testing.clock import FakeClock

OPTIONS = RetryOptions(budget_share=0.2, budget_floor=2)


def spent(budgets: RetryBudgets, provider: str = "openai", at_most: int = 1_000) -> int:
    """Retry for as long as it is allowed; return how often that was."""
    retries = 0
    while retries < at_most and budgets.allows(provider):
        budgets.retried(provider)
        retries += 1
    return retries


def test_a_few_retries_are_always_free() -> None:
    assert spent(RetryBudgets(OPTIONS, FakeClock())) == 2


def test_a_share_of_the_requests_may_be_retried() -> None:
    budgets = RetryBudgets(OPTIONS, FakeClock())
    for _ in range(100):
        budgets.asked("openai")

    assert spent(budgets) == 22


def test_each_provider_has_a_budget_of_its_own() -> None:
    budgets = RetryBudgets(OPTIONS, FakeClock())
    spent(budgets)

    assert budgets.allows("anthropic")


async def test_after_a_minute_the_budget_is_whole_again() -> None:
    clock = FakeClock()
    budgets = RetryBudgets(OPTIONS, clock)
    spent(budgets)

    await clock.advance(60)

    assert spent(budgets) == 2


def test_asking_whether_spends_nothing() -> None:
    budgets = RetryBudgets(OPTIONS, FakeClock())
    for _ in range(50):
        budgets.allows("openai")

    assert spent(budgets) == 2


@given(st.lists(st.booleans(), max_size=300))
def test_retries_never_exceed_their_share_and_the_floor(asked: list[bool]) -> None:
    budgets, requests, retries = RetryBudgets(OPTIONS, FakeClock()), 0, 0
    for is_request in asked:
        if is_request:
            budgets.asked("openai")
            requests += 1
        else:
            retries += spent(budgets, at_most=1)

    assert retries <= OPTIONS.budget_share * requests + OPTIONS.budget_floor
