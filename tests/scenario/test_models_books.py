"""Retries, breakers, budgets, limits, cancellation and hedges of a chain, and what the books say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest

from fondaco.domain.errors import BudgetUsedUp, NoModelAnswered
from fondaco.domain.usage import BudgetScope
from fondaco.kit.breaker import Mode
from fondaco.kit.clock import SystemClock
from fondaco.llm.options import BudgetOptions, HedgeOptions, LlmOptions
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.models_house import (
    ANSWER,
    FIRST,
    SECOND,
    THIRD,
    Models,
    Reading,
    ends,
    on_first,
    open_models,
    with_openai,
)

CLOCK = SystemClock()
STALLED = 30.0


def with_hedge(options: LlmOptions) -> LlmOptions:
    return msgspec.structs.replace(options, hedge=HedgeOptions(after_ms=50, share=1.0))


def with_budget(options: LlmOptions) -> LlmOptions:
    budget = BudgetOptions(scope=BudgetScope.CONVERSATION, limit=Decimal("0.000001"))
    return msgspec.structs.replace(options, budgets=(budget,))


def asked_of(models: Models, name: str) -> int:
    """Return how many requests have come for this model."""
    model = next(one.model for one in models.cellar.chains.cheap if one.name == name)
    return sum(entry.model == model for entry in models.simulator.journal.entries())


async def test_a_short_retry_after_is_waited_for() -> None:
    async with open_models(plan=on_first(Fault.RATE_LIMITED, first=1, seconds=0.1)) as models:
        answered = await models.ask()

        told = ends(answered.attempts)
        assert (told[0], told[-1]) == (("first", "rate_limited"), ("first", "answered"))
        assert asked_of(models, "first") == 2
        assert answered.attempts[0].then.startswith("rate_limited: asked again after 1")


async def test_a_long_retry_after_goes_to_the_next_model_and_the_first_is_left_in_peace() -> None:
    async with open_models(plan=on_first(Fault.RATE_LIMITED, seconds=60)) as models:
        await models.ask()
        answered = await models.ask(first_seconds=3)

        assert (answered.target.name, asked_of(models, "first")) == ("second", 1)
        await models.nothing_is_held()


async def test_a_breaker_that_has_opened_keeps_the_model_from_being_asked() -> None:
    async with open_models(plan=on_first(Fault.SERVER_ERROR)) as models:
        for_the_breaker = [await models.ask() for _ in range(5)]
        before = asked_of(models, "first")

        answered = await models.ask()

        assert [one.target.name for one in (*for_the_breaker, answered)] == ["second"] * 6
        assert ends(answered.attempts)[0] == ("first", "open_circuit")
        assert asked_of(models, "first") == before


async def test_a_model_that_somebody_has_switched_off_is_not_asked() -> None:
    async with open_models() as models:
        models.cellar.gear.board.force(models.cellar.chains.cheap[0], Mode.OPEN)

        answered = await models.ask()

        assert (answered.target.name, asked_of(models, "first")) == ("second", 0)


async def test_a_used_up_budget_sends_nothing() -> None:
    async with open_models(settings=with_budget) as models:
        with pytest.raises(BudgetUsedUp, match=r"raise its limit in llm\.budgets"):
            await models.ask()

        assert models.simulator.journal.entries() == []
        await models.nothing_is_held()


async def test_what_is_left_of_a_budget_goes_to_a_cheaper_model() -> None:
    def tight(options: LlmOptions) -> LlmOptions:
        budget = BudgetOptions(scope=BudgetScope.CONVERSATION, limit=Decimal("0.0015"))
        return msgspec.structs.replace(options, budgets=(budget,))

    async with open_models(SECOND, THIRD, settings=tight) as models:
        answered = await models.ask()

        assert ends(answered.attempts) == [("second", "no_budget"), ("third", "answered")]
        assert asked_of(models, "second") == 0


async def test_a_limit_that_would_let_the_request_through_too_late_goes_to_the_next_model() -> None:
    def once_a_minute(options: LlmOptions) -> LlmOptions:
        return with_openai(options, requests_per_minute=1)

    async with open_models(settings=once_a_minute) as models:
        first = await models.ask()
        second = await models.ask()

        assert (first.target.name, second.target.name) == ("first", "second")
        assert ends(second.attempts)[0] == ("first", "no_room")
        assert asked_of(models, "first") == 1


@pytest.mark.parametrize("stop_twice", [False, True])
@pytest.mark.parametrize("fault", [Fault.STALL_HEADERS, Fault.STALL_FIRST, Fault.STALL_MIDDLE], ids=str)
async def test_an_answer_that_nobody_wants_any_more_leaves_nothing_behind(
    fault: Fault, *, stop_twice: bool
) -> None:
    async with open_models(plan=on_first(fault)) as models:
        reading = Reading()
        asking = asyncio.ensure_future(models.ask(listener=reading, first_seconds=STALLED))
        await until_it_stalls(models, reading, fault)

        asking.cancel()
        await CLOCK.sleep(0)
        again = asking.cancel() if stop_twice else False
        with pytest.raises(asyncio.CancelledError):
            await asking

        assert again in (stop_twice, False)
        await nobody_is_blamed(models)
        [entry] = await models.entries()
        assert (entry.ended_as, entry.possibly_billed) == ("cancelled", True)
        [billed] = await models.billed()
        assert billed.client_left
        assert entry.cost_pico >= models.price_of(billed)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await CLOCK.sleep(0.002)


async def until_it_stalls(models: Models, reading: Reading, fault: Fault) -> None:
    """Wait until the request has come, and the words where it gives some."""
    waits_for_words = {Fault.STALL_MIDDLE: reading.begun.wait}
    await until(lambda: bool(models.simulator.journal.entries()))
    async with asyncio.timeout(5):
        await waits_for_words.get(fault, lambda: CLOCK.sleep(0.02))()


async def nobody_is_blamed(models: Models) -> None:
    """Fail where a cancellation counts against a model, or something is still taken."""
    await models.nothing_is_held()
    states = models.cellar.gear.board.states()
    assert [(state.failure_share, state.phase.value) for state in states] == [(0.0, "closed")] * len(states)


async def test_who_leaves_the_queue_is_not_asked_for() -> None:
    def one_at_a_time(options: LlmOptions) -> LlmOptions:
        return with_openai(options, in_flight=1)

    async with open_models(settings=one_at_a_time, plan=on_first(Fault.STALL_HEADERS)) as models:
        holding = asyncio.ensure_future(models.ask(first_seconds=STALLED, whole_seconds=60))
        await until_it_stalls(models, Reading(), Fault.STALL_HEADERS)
        queueing = asyncio.ensure_future(models.ask(first_seconds=STALLED, whole_seconds=60))
        await until(lambda: models.cellar.gear.limiters.views()[0].waiting > 0)

        queueing.cancel()
        holding.cancel()
        ended = await asyncio.gather(queueing, holding, return_exceptions=True)

        assert [type(one) for one in ended] == [asyncio.CancelledError] * 2
        assert asked_of(models, "first") == 1
        await nobody_is_blamed(models)


async def test_who_goes_while_words_are_taken_back_leaves_nothing_behind() -> None:
    taking_back = asyncio.Event()

    class Slow(Reading):
        async def retracted(self) -> None:
            taking_back.set()
            await CLOCK.sleep(STALLED)

    async with open_models(plan=on_first(Fault.CUT)) as models:
        asking = asyncio.ensure_future(models.ask(listener=Slow()))
        await until(taking_back.is_set)

        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

        [entry] = await models.entries()
        assert (entry.ended_as, entry.possibly_billed) == ("broken", True)
        await models.nothing_is_held()


async def test_a_second_model_answers_beside_a_silent_one_which_is_called_off() -> None:
    async with open_models(settings=with_hedge, plan=on_first(Fault.STALL_FIRST)) as models:
        reading = Reading()

        answered = await models.ask(listener=reading, first_seconds=STALLED, whole_seconds=60)

        assert ends(answered.attempts) == [("first", "cancelled"), ("second", "answered")]
        assert (reading.text, reading.retractions) == (ANSWER, 0)
        first, second = await models.entries()
        assert (first.ended_as, first.possibly_billed, second.ended_as) == ("cancelled", True, "answered")
        await nobody_is_blamed(models)


async def test_the_first_model_is_called_off_as_soon_as_the_second_speaks() -> None:
    # Both would answer; the second one's words come first and last long.
    latency = Latency(first_token=Spread(p50_ms=400, p99_ms=400), per_token=Spread(p50_ms=40, p99_ms=40))
    slow = ProviderSimulator(options=SimulatorOptions(latency=latency))
    async with open_models(simulator=slow, settings=with_hedge) as models:
        models.cellar.gear.took(models.cellar.chains.cheap[0], 1.0)

        answered = await models.ask(first_seconds=STALLED, whole_seconds=60)

        cancelled = [note for note in answered.attempts if note.ended_as == "cancelled"]
        [winner] = [note for note in answered.attempts if note.ended_as == "answered"]
        assert len(cancelled) == 1
        assert cancelled[0].duration_ms < winner.duration_ms / 1.5
        await models.nothing_is_held()


async def test_when_both_that_run_beside_each_other_fail_the_chain_goes_on() -> None:
    plan = Plan(
        rules=(
            FaultRule(fault=Fault.STALL_FIRST, model=FIRST.model),
            FaultRule(fault=Fault.WRONG_KEY, model=SECOND.model, first=1),
        )
    )
    async with open_models(settings=with_hedge, plan=plan) as models:
        with pytest.raises(NoModelAnswered) as caught:
            await models.ask(first_seconds=0.5, whole_seconds=3)

        assert ("second", "credential") in ends(caught.value.attempts)
        await models.nothing_is_held()


async def test_who_goes_while_two_models_run_leaves_nothing_of_either() -> None:
    async with open_models(
        settings=with_hedge, plan=Plan(rules=(FaultRule(fault=Fault.STALL_FIRST),))
    ) as models:
        asking = asyncio.ensure_future(models.ask(first_seconds=STALLED, whole_seconds=60))
        await until(lambda: len(models.simulator.journal.entries()) == 2)

        asking.cancel()
        await CLOCK.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await CLOCK.sleep(0)

        assert [entry.ended_as for entry in await models.entries()] == ["cancelled"] * 2
        await nobody_is_blamed(models)
