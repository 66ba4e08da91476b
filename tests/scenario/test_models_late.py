"""What is too slow counts against a provider, unless this process itself was too busy to listen."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from fondaco.kit.lateness import LoopLateness
from fondaco.llm.asking import Progress
from fondaco.llm.attempt import Attempt, Deadlines
from fondaco.llm.failures import FailureClass, ModelFailed
from fondaco.llm.options import BreakerOptions, LlmOptions
from fondaco.llm.profiles import dialect_for
from fondaco.testing.clock import FakeClock
from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.models_house import Models, a_prompt, ends, on_first, open_models

TOLD = "this process itself was too busy to listen"


async def _is_asked(models: Models) -> None:
    """Wait until the provider works on a request."""
    async with asyncio.timeout(5):
        while not models.simulator.journal.in_flight:
            await models.cellar.gear.clock.sleep(0.005)


@pytest.mark.parametrize(
    ("late_seconds", "failure_share", "told", "then"),
    [(0.0, 1.0, False, "second"), (30.0, 0.0, True, "first")],
)
async def test_only_a_deadline_that_we_listened_to_counts_against_a_provider(
    late_seconds: float, failure_share: float, told: bool, then: str
) -> None:
    async with open_models(plan=on_first(Fault.STALL_FIRST, first=1)) as models:
        clock, gear = FakeClock(), models.cellar.gear
        gear.lateness = LoopLateness(clock)
        asking = asyncio.ensure_future(models.ask())
        await _is_asked(models)

        await clock.advance(late_seconds)  # the loop's alarm cannot have rung meanwhile
        answered = await asking

        state = gear.board.state_of(models.cellar.chains.cheap[0])
    assert ends(answered.attempts) == [("first", "too_slow"), (then, "answered")]
    assert state.failure_share == failure_share
    assert (TOLD in answered.attempts[0].message) is told


def _impatient(options: LlmOptions) -> LlmOptions:
    return msgspec.structs.replace(options, breaker=BreakerOptions(slow_first_token_ms=20))


@pytest.mark.parametrize(("late_seconds", "slow_share"), [(0.0, 1.0), (30.0, 0.0)])
async def test_a_first_token_that_waited_for_us_is_not_slow(late_seconds: float, slow_share: float) -> None:
    slow = SimulatorOptions(latency=Latency(first_token=Spread(p50_ms=200, p99_ms=200)))
    simulator = ProviderSimulator(options=slow)
    async with open_models(simulator=simulator, settings=_impatient) as models:
        clock, gear = FakeClock(), models.cellar.gear
        gear.lateness = LoopLateness(clock)
        asking = asyncio.ensure_future(models.ask())
        await _is_asked(models)

        await clock.advance(late_seconds)
        answered = await asking

        state = gear.board.state_of(models.cellar.chains.cheap[0])
    assert ends(answered.attempts) == [("first", "answered")]
    assert state.slow_share == slow_share


@pytest.mark.parametrize(("seconds", "ends_as"), [(0.1, None), (30.0, FailureClass.TOO_SLOW)])
async def test_a_stream_that_only_trickles_is_given_up(seconds: float, ends_as: FailureClass | None) -> None:
    async with open_models() as models:
        outcome = await _read_slowly(models, seconds, listening=True)

    assert outcome is ends_as


async def test_a_stream_that_trickled_because_nobody_listened_is_read_to_its_end() -> None:
    async with open_models() as models:
        outcome = await _read_slowly(models, 30.0, listening=False)

    assert outcome is None


async def _read_slowly(models: Models, seconds: float, *, listening: bool) -> FailureClass | None:
    """Ask once, with so much time between two pieces of the answer; return how that failed, if it did."""
    clock, gear = FakeClock(), models.cellar.gear
    target = models.cellar.chains.cheap[0]
    # A clock that nobody moves loses nothing.
    lateness = LoopLateness(FakeClock() if listening else clock)
    dialect = dialect_for(target.profile.protocol)
    attempt = Attempt(models.http, dialect, target, clock, lateness)
    deadlines = Deadlines(first_token_ms=1e6, whole_ms=1e6, event_ms=1e6, characters_a_second=4.0)

    async def hear(_: Progress) -> None:
        await clock.advance(seconds)

    try:
        await attempt.run(a_prompt(), gear.secrets.of(target.provider), deadlines, hear)
    except ModelFailed as failed:
        return failed.failure.kind
    return None
