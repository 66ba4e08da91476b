"""An operator fits what goes to the strong models to the turns that were logged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fondaco.testing.provider.script import Answer, Ask
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.cli_desk import CliDesk

SETTINGS = """
[knowledge]
embeddings = false

[[llm.providers]]
name = "acme"
kind = "openai"
base_url = "{address}"

[[llm.models]]
name = "small"
provider = "acme"
model = "gpt-4.1-mini"

[[llm.models]]
name = "large"
provider = "acme"
model = "gpt-4.1"

[llm.chains]
cheap = ["small"]
strong = ["large"]

[llm]
strong_share = 0.25

[routing]
strong_at = 0.99
"""
EASY = "Tell me about your tea, please."
HARD = "Why is it so? And how does it come? And what then, and who says so? And where is it written?"


def friendly(_: Ask) -> Answer:
    return Answer(text="We like our tea very much, and hope that you do too.")


def configure(address: str) -> None:
    Path("fondaco.toml").write_text(SETTINGS.format(address=address))


@pytest.fixture
async def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[CliDesk]:
    """A shop that has answered three easy questions and a hard one by model."""
    monkeypatch.chdir(tmp_path)
    made = CliDesk(capsys)
    async with ProviderSimulator(friendly) as simulator:
        configure(simulator.base_url("openai"))
        for question in (EASY, EASY, HARD, EASY):
            await asyncio.to_thread(made.run, "chat", "--message", question)
        yield made


async def test_the_threshold_sends_the_hardest_share_to_the_strong_models(desk: CliDesk) -> None:
    ran = await asyncio.to_thread(desk.run, "route", "calibrate", "--json")

    found = ran.json
    assert ran.code == 0
    assert (found["turns"], found["strong"], found["share"]) == (4, 1, 0.25)
    assert 0 < found["strong_at"] < 0.99


async def test_people_read_what_to_write_into_the_settings(desk: CliDesk) -> None:
    lines = (await asyncio.to_thread(desk.run, "route", "calibrate", "--share", "0")).out.splitlines()

    assert lines[0] == "4 turns; 0 of them (0.0%) would begin with the strong models."
    assert "Fewer than 200 turns tell a share only roughly." in lines
    assert lines[-2] == "[routing]"
    assert lines[-1].startswith("strong_at = ")


def test_without_a_turn_of_a_model_there_is_nothing_to_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = CliDesk(capsys)
    assert desk.run("chat", "--message", "Hello").code == 0

    ran = desk.run("route", "calibrate")

    assert (ran.code, ran.out) == (1, "No turn was asked of a model yet, so there is nothing to fit.\n")
