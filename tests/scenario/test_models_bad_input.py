"""Whatever is wrong with a model, a contact is helped in time, and the log says what it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fondaco.llm.options import DeadlineOptions, LlmOptions, ProviderOptions
from fondaco.testing.provider.certificates import TlsKind
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.script import Answer, Ask
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.test_drafts import options_at
from tests.scenario.whole_server import Whole, open_whole

QUESTION = "Tell me something nice about the tea that you sell, please."
PRAISE = "Our tea comes from small gardens in the hills, and people like it very much."
DEADLINES = DeadlineOptions(first_token_seconds=2.0, answer_seconds=6.0)
#: What is wrong, how the attempt ends, and what its line for the operator holds.
WRONG = {
    Fault.WRONG_KEY: ("credential", "key"),
    Fault.UNKNOWN_MODEL: ("model_gone", "does not exist"),
    Fault.NOTHING: ("empty", "answered with nothing"),
    Fault.HUGE: ("broken", "far longer than its limit"),
    Fault.LEAKED_MARKUP: ("empty", "where words were expected"),
}


def praise(_: Ask) -> Answer:
    return Answer(text=PRAISE)


@asynccontextmanager
async def shop(
    folder: Path, *rules: FaultRule, first: dict[str, Any] | None = None, alone: bool = False
) -> AsyncIterator[Whole]:
    """Serve a shop with two models, or one alone; ``first`` are settings of the first one's provider."""
    async with ProviderSimulator(praise, plan=Plan(rules=rules)) as simulator:
        options = _options(simulator.address, first or {}, alone=alone)
        async with open_whole(folder, options) as whole:
            yield whole


def _options(address: str, first: dict[str, Any], *, alone: bool) -> LlmOptions:
    options = options_at(address)
    [provider] = options.providers
    other = ProviderOptions(**{**msgspec.structs.asdict(provider), "name": "other", **first})
    models = (msgspec.structs.replace(options.models[0], provider="other"), *options.models[1:])
    chains = msgspec.structs.replace(options.chains, cheap=("first",) if alone else ("first", "second"))
    return msgspec.structs.replace(
        options, providers=(provider, other), models=models, chains=chains, deadlines=DEADLINES
    )


async def settled(whole: Whole) -> list[dict[str, Any]]:
    """Ask, and return the log once the turn is over; fails where that took longer than a contact waits."""
    begun = (await whole.begin(QUESTION)).json
    log = await whole.until(begun["conversation_id"], "TurnSettled")
    assert log[-1]["duration_ms"] < 1_000 * DEADLINES.answer_seconds
    return log


def said(log: list[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in log if one["type"] == "MessagePosted"]


def attempts(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [attempt for one in log if one["type"] == "ModelAsked" for attempt in one["attempts"]]


@pytest.mark.parametrize("fault", WRONG, ids=str)
async def test_a_useless_model_is_left_for_the_next_one_and_named_to_the_operator(
    tmp_path: Path, fault: Fault
) -> None:
    async with shop(tmp_path, FaultRule(fault=fault, model="gpt-4.1")) as whole:
        log = await settled(whole)

    first, *_, last = attempts(log)
    assert said(log) == [PRAISE]
    assert (first["ended_as"], last["target"], last["ended_as"]) == (WRONG[fault][0], "second", "answered")
    assert WRONG[fault][1] in first["message"]


@pytest.mark.parametrize("place", ["dead_address", "unanswered_address", "unresolvable_address"])
async def test_a_wrong_address_costs_a_moment_and_nothing_else(tmp_path: Path, place: str) -> None:
    nowhere = ProviderSimulator()
    first = {"base_url": getattr(nowhere, place)(), "connect_seconds": 0.2}
    async with nowhere, shop(tmp_path, first=first) as whole:
        log = await settled(whole)

    assert said(log) == [PRAISE]
    assert (attempts(log)[0]["ended_as"], attempts(log)[0]["cost_pico"]) == ("not_sent", 0)
    assert "no connection" in attempts(log)[0]["message"]


async def test_an_expired_certificate_is_named(tmp_path: Path) -> None:
    async with ProviderSimulator(praise) as secure:
        first = {"base_url": f"{await secure.tls_address(TlsKind.EXPIRED)}/v1"}
        async with shop(tmp_path, first=first) as whole:
            log = await settled(whole)

    assert said(log) == [PRAISE]
    assert "certificate" in attempts(log)[0]["message"]


@pytest.mark.parametrize("fault", [*WRONG, Fault.OTHER_LANGUAGE], ids=str)
async def test_where_no_model_is_of_use_a_person_is_called(tmp_path: Path, fault: Fault) -> None:
    async with shop(tmp_path, FaultRule(fault=fault), alone=True) as whole:
        log = await settled(whole)

    assert [one["type"] for one in log].count("HandoffRequested") == 1
    assert (log[-1]["outcome"], len(said(log))) == ("handoff", 1)
    assert attempts(log) != []


async def test_who_finds_no_room_at_the_provider_is_helped_at_once(tmp_path: Path) -> None:
    async with shop(tmp_path, first={"requests_per_minute": 1}, alone=True) as whole:
        answered = await settled(whole)
        shed = await settled(whole)

    assert said(answered) == [PRAISE]
    assert [one["ended_as"] for one in attempts(shed)] == ["no_room"]
    assert "add another model" in attempts(shed)[0]["message"]
    assert shed[-1]["outcome"] == "handoff"
    assert shed[-1]["duration_ms"] < 1_000
