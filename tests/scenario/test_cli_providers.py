"""``fondaco providers`` tells how models stand and steers them, beside a server or without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.commands.place import wait_for
from fondaco.kit.breaker import Mode
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.llm.breaker_sync import BreakerSync
from fondaco.llm.breakers import BreakerBoard, Permit
from fondaco.llm.chain import chains_of
from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.options import BreakerOptions, ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.storage.beside import opened_books
from tests.scenario.cli_desk import CliDesk

MODELS = """
[[llm.providers]]
name = "acme"
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
key = "env:NOBODY_SET_THIS"

[[llm.models]]
name = "small"
provider = "acme"
model = "gpt-4.1-mini"

[llm.chains]
cheap = ["small"]
"""
SAME = LlmOptions(
    providers=(
        ProviderOptions(
            name="acme", kind=ProviderKind.OPENAI, base_url="http://127.0.0.1:9/v1", key="env:NOBODY_SET_THIS"
        ),
    ),
    models=(ModelOptions(name="small", provider="acme", model="gpt-4.1-mini"),),
    chains=ChainOptions(cheap=("small",)),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fondaco.commands.providers._HEARD_SECONDS", 0.25)
    Path("fondaco.toml").write_text(MODELS)
    return CliDesk(capsys)


async def mode_in_another_process(url: str) -> Mode:
    clock, [target] = SystemClock(), chains_of(SAME).all
    board = BreakerBoard(BreakerOptions(), clock, SeededChance(1), targets=[target])
    async with opened_books(url, clock) as books:
        await BreakerSync(board, books.notes, clock).step()
    return board.state_of(target).mode


def test_models_are_listed_without_their_keys(desk: CliDesk) -> None:
    titles, line = desk.lines(["providers"])

    assert titles.split()[:5] == ["name", "provider", "model", "chains", "state"]
    assert line.startswith("small  acme      gpt-4.1-mini  cheap 1  is asked as usual")


def test_without_models_there_are_none(desk: CliDesk) -> None:
    Path("fondaco.toml").write_text("")

    assert desk.lines(["providers"]) == ["None."]


def test_what_is_steered_is_kept_and_listed(desk: CliDesk) -> None:
    steered = desk.lines(["providers", "open", "small"])

    ran = desk.run("providers", "--json")

    assert steered == ["small is switched off by hand."]
    [found] = ran.json["items"]
    assert (found["mode"], found["traffic"]) == ("open", None)


@pytest.mark.parametrize(("word", "mode"), [("open", Mode.OPEN), ("close", Mode.CLOSED), ("auto", Mode.AUTO)])
def test_running_servers_hear_of_it(desk: CliDesk, word: str, mode: Mode) -> None:
    desk.run("providers", "open", "small")
    desk.run("providers", word, "small")

    assert wait_for(mode_in_another_process("sqlite:///var/fondaco.db")) is mode


async def a_server_finds_its_key_refused(url: str) -> None:
    clock, [target] = SystemClock(), chains_of(SAME).all
    board = BreakerBoard(BreakerOptions(), clock, SeededChance(1), targets=[target])
    permit = board.may_ask(target)
    assert isinstance(permit, Permit)
    permit.failed(Failure(kind=FailureClass.CREDENTIAL, message="no such key"))
    async with opened_books(url, clock) as books:
        await BreakerSync(board, books.notes, clock).step()


def test_a_key_that_was_put_right_is_tried_at_once(desk: CliDesk) -> None:
    desk.run("migrate")
    wait_for(a_server_finds_its_key_refused("sqlite:///var/fondaco.db"))
    desk.capture.readouterr()  # what the server wrote into its log
    [before] = desk.run("providers", "--json").json["items"]

    desk.run("providers", "close", "small")
    desk.run("providers", "auto", "small")

    [after] = desk.run("providers", "--json").json["items"]
    assert (before["phase"], "no such key" in before["why"]) == ("open", True)
    assert (after["phase"], after["state"]) == ("closed", "is asked as usual")


def test_a_name_that_nobody_has_is_told_with_those_that_there_are(desk: CliDesk) -> None:
    ran = desk.run("providers", "open", "smal")

    assert (ran.code, ran.err) == (2, "fondaco: No chain has a model of the name smal; there are: small.\n")


def test_an_option_before_the_word_that_would_not_see_it_is_refused(desk: CliDesk) -> None:
    ran = desk.run("providers", "--config", "other.toml", "open", "small")

    assert ran.code == 2
    assert "Write --config behind open." in ran.err
