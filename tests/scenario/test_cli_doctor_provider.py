"""``fondaco doctor provider`` measures what an address really does, and servers go by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fondaco.app import open_app
from fondaco.config import load
from fondaco.llm.targets import EndMarker
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.wire.dialect import Habits, UsageFields
from tests.scenario.cli_desk import CliDesk, Ran

KEY = "sk-only-the-doctor-knows"
MODELS = """
[knowledge]
embeddings = false

[[llm.providers]]
name = "acme"
kind = "{kind}"
base_url = "{address}"
key = "env:ACME_KEY"

[[llm.models]]
name = "small"
provider = "acme"
model = "{model}"

[llm.chains]
cheap = ["small"]
"""
KINDS = {"openai": "gpt-4.1-mini", "anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-flash"}


@dataclass(frozen=True, slots=True)
class Surgery:
    """A desk from which one simulated provider is asked."""

    desk: CliDesk
    simulator: ProviderSimulator

    async def examine(self, *faults: Fault, more: tuple[str, ...] = ()) -> Ran:
        """Run the doctor while the provider has these faults."""
        self.simulator.follow(Plan(rules=tuple(FaultRule(fault=fault) for fault in faults)))
        return await asyncio.to_thread(self.desk.run, "doctor", "provider", "small", "--json", *more)


def configure(text: str) -> None:
    with Path("fondaco.toml").open("a") as file:
        file.write(text)


def stored() -> bytes:
    return b"".join(file.read_bytes() for file in Path("var").iterdir())


@asynccontextmanager
async def surgery(
    desk: CliDesk, kind: str = "openai", options: SimulatorOptions | None = None
) -> AsyncIterator[Surgery]:
    async with ProviderSimulator(options=options or SimulatorOptions()) as simulator:
        configure(MODELS.format(kind=kind, address=simulator.base_url(kind), model=KINDS[kind]))
        yield Surgery(desk, simulator)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACME_KEY", KEY)
    return CliDesk(capsys)


def only(ran: Ran) -> Any:
    [examined] = ran.json
    return examined


def probes(ran: Ran) -> dict[str, Any]:
    return {one["name"]: one for one in only(ran)["measured"]["probes"]}


def deviations(ran: Ran) -> dict[str, Any]:
    return dict(only(ran)["measured"]["deviations"])


@pytest.mark.parametrize("kind", KINDS)
async def test_who_does_as_documented_passes(desk: CliDesk, kind: str) -> None:
    async with surgery(desk, kind) as room:
        ran = await room.examine()

    assert (ran.code, deviations(ran), only(ran)["faults"]) == (0, {}, [])
    assert [one["outcome"] for one in probes(ran).values()] == ["answered"] * 4
    assert probes(ran)["tool"]["wire"]["tools"]["calls"] == 1


@pytest.mark.parametrize(
    ("fault", "differs"),
    [
        (Fault.MISSING_END, {"end_marker": "finish_reason"}),
        (Fault.PLAIN_FOR_STREAM, {"streams": False}),
    ],
)
async def test_habits_that_contradict_the_documents_are_measured(
    desk: CliDesk, fault: Fault, differs: dict[str, Any]
) -> None:
    async with surgery(desk) as room:
        ran = await room.examine(fault)

    assert (ran.code, deviations(ran)) == (0, differs)


@pytest.mark.parametrize(
    ("habits", "differs"),
    [
        (Habits(knows_stream_options=False), {"stream_usage": "never", "obfuscates": False}),
        (
            Habits(knows_stream_options=False, tells_usage_unasked=True),
            {"stream_usage": "always", "obfuscates": False},
        ),
        (Habits(usage_fields=UsageFields.DEEPSEEK), {}),
    ],
)
async def test_what_a_provider_does_not_understand_is_left_out_from_then_on(
    desk: CliDesk, habits: Habits, differs: dict[str, Any]
) -> None:
    async with surgery(desk, options=SimulatorOptions(habits=habits)) as room:
        ran = await room.examine()

    assert (ran.code, deviations(ran)) == (0, differs)


async def test_missing_figures_and_whole_tool_calls_are_told(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        silent = await room.examine(Fault.USAGE_MISSING)
        whole = await room.examine(Fault.WHOLE_TOOL_CALL)

    assert deviations(silent) == {"stream_usage": "never"}
    assert probes(silent)["plain"]["wire"]["usage_on"] == ""
    assert probes(whole)["tool"]["wire"]["tools"]["indices"] == "missing"
    assert probes(whole)["tool"]["wire"]["tools"]["whole"] is True


async def test_drift_is_told_once_and_ends_with_a_code_of_its_own(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        first = await room.examine()
        second = await room.examine()
        changed = await room.examine(Fault.MISSING_END)
        later = await room.examine(Fault.MISSING_END)

    assert [ran.code for ran in (first, second, changed, later)] == [0, 0, 1, 0]
    assert only(second)["changes"] == []
    assert {
        "probe": "profile",
        "what": "end_marker",
        "before": "as documented",
        "now": "finish_reason",
        "matters": True,
    } in only(changed)["changes"]


async def test_servers_go_by_what_was_measured_until_it_is_forgotten(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        await room.examine(Fault.MISSING_END)
        async with open_app(load(None, {"ACME_KEY": KEY}, {})) as app:
            assert app.models is not None
            [adapted] = app.models.chains.cheap
        await asyncio.to_thread(desk.run, "doctor", "provider", "small", "--forget")
        async with open_app(load(None, {"ACME_KEY": KEY}, {})) as app:
            assert app.models is not None
            [documented] = app.models.chains.cheap

    assert adapted.profile.end_marker is EndMarker.FINISH_REASON
    assert documented.profile.end_marker is EndMarker.DONE


@pytest.mark.parametrize(
    ("fault", "probe", "outcome", "told"),
    [
        (Fault.WRONG_KEY, "plain", "credential", ""),
        (Fault.RATE_LIMITED, "streamed", "rate_limited", "retry-after-ms"),
        (Fault.TRUNCATED, "streamed", "incomplete", ""),
    ],
)
async def test_a_failure_is_no_habit_and_is_not_kept(
    desk: CliDesk, fault: Fault, probe: str, outcome: str, told: str
) -> None:
    async with surgery(desk) as room:
        ran = await room.examine(fault)

    assert (ran.code, only(ran)["is_kept"]) == (1, False)
    failed = probes(ran)[probe]
    assert (failed["outcome"], failed["retry_told"]) == (outcome, told)


async def test_a_key_that_is_refused_is_tried_once(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        ran = await room.examine(Fault.WRONG_KEY)

    assert list(probes(ran)) == ["plain"]


@pytest.mark.parametrize(("keys", "outcome"), [((KEY,), "credential"), ((), "answered")])
async def test_a_wrong_key_is_tried_when_asked_for(
    desk: CliDesk, keys: tuple[str, ...], outcome: str
) -> None:
    async with surgery(desk, options=SimulatorOptions(keys=keys)) as room:
        ran = await room.examine(more=("--also-wrong-key",))

    assert (ran.code, probes(ran)["wrong key"]["outcome"]) == (0, outcome)


async def test_probes_are_in_the_ledger_and_the_key_is_nowhere(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        ran = await room.examine()
        spoken = await asyncio.to_thread(desk.run, "doctor", "provider", "acme")
        cost = await asyncio.to_thread(desk.run, "cost", "--by", "conversation", "--json")

    [line] = cost.json["lines"]
    assert (line["group"], line["attempts"]) == ("probe", 8)
    assert KEY not in ran.out + ran.err + spoken.out + spoken.err + cost.out
    assert KEY.encode() not in stored()


async def test_people_read_what_each_probe_has_shown(desk: CliDesk) -> None:
    async with surgery(desk):
        ran = await asyncio.to_thread(desk.run, "doctor", "provider", "small")

    lines = ran.out.splitlines()
    assert lines[0] == "small"
    assert lines[2].startswith("  pass  streamed: answered (200); served by gpt-4.1-mini; first token after")
    assert "usage on an event of its own" in lines[2]
    assert "  Differs from its documents: in nothing" in lines


def test_a_name_that_nobody_has_is_told(desk: CliDesk) -> None:
    configure(MODELS.format(kind="openai", address="http://127.0.0.1:9/v1", model="gpt-4.1"))

    ran = desk.run("doctor", "provider", "other")

    assert (ran.code, ran.err) == (
        2,
        "fondaco: No model and no provider has the name other; there are: acme, small.\n",
    )


async def test_a_budget_that_is_used_up_stops_the_probes(desk: CliDesk) -> None:
    async with surgery(desk) as room:
        configure('[[llm.budgets]]\nlimit = "0.000001"\n')

        ran = await room.examine()

    assert ran.code == 4
    assert "has no room for another" in ran.err
