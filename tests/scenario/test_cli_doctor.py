"""``fondaco doctor`` finds what is missing before contacts do."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.scenario.cli_desk import CliDesk, Ran
from tests.scenario.test_cli_serving import serving

TOOL = """
[knowledge]
embeddings = false

[server]
port = {port}

[[tools]]
name = "stock"
description = "Tells the stock."
url = "http://127.0.0.1:{erp}/stock"
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    Path("faq.csv").write_text("question,answer\nWhat does shipping cost?,Nothing.\n")
    return CliDesk(capsys)


def a_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def failed(ran: Ran) -> list[str]:
    return [finding["check"] for finding in ran.json if not finding["passed"]]


def test_a_shop_that_has_everything_passes(desk: CliDesk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as erp:
        Path("fondaco.toml").write_text(TOOL.format(port=a_port(), erp=erp.getsockname()[1]))
        desk.run("import", "faq.csv")

        ran = desk.run("doctor", "--json")

    assert (ran.code, failed(ran)) == (0, [])


def test_what_is_missing_is_named(desk: CliDesk) -> None:
    gone = a_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        Path("fondaco.toml").write_text(TOOL.format(port=taken.getsockname()[1], erp=gone))

        ran = desk.run("doctor", "--json")

    assert (ran.code, failed(ran)) == (1, ["port", "articles", f"tools at 127.0.0.1:{gone}"])


def test_slots_that_no_declared_tool_can_fill_are_named(desk: CliDesk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as erp:
        Path("fondaco.toml").write_text(TOOL.format(port=a_port(), erp=erp.getsockname()[1]))
        Path("faq.jsonl").write_text(
            '{"key": "a", "title": "A", "questions": ["A?"], "answer": "{stock.size} or {stok.name}"}\n'
        )
        warned = desk.run("import", "faq.jsonl")

        ran = desk.run("doctor", "--json")

    assert (warned.code, failed(ran)) == (0, ["slots"])
    assert "Warning: faq.jsonl line 1: stok.name names no declared tool (declared: stock)" in warned.err
    assert "a (en): stock.size names no declared field of stock (declared: none), and 1 more" in ran.out


async def test_a_port_on_which_fondaco_serves_already_is_a_note(
    desk: CliDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as (address, _):
        monkeypatch.setenv("FONDACO_SERVER__PORT", address.rpartition(":")[2])
        monkeypatch.setenv("FONDACO_KNOWLEDGE__EMBEDDINGS", "false")

        ran = await asyncio.to_thread(desk.run, "doctor")

    assert "note  port           fondaco serves 127.0.0.1 port" in ran.out


def test_a_wrong_setting_is_a_finding_too(desk: CliDesk) -> None:
    Path("fondaco.toml").write_text("[server]\nport = 'x'\n")

    ran = desk.run("doctor")

    assert ran.code == 1
    assert ran.out.startswith("FAIL  configuration  fondaco.toml line 2: server.port is a text ('x')")


def test_the_doctor_changes_nothing(desk: CliDesk) -> None:
    desk.run("doctor")

    assert not Path("var/fondaco.db").exists()


MODEL = """
[knowledge]
embeddings = false

[llm]
prices = "own.toml"

[[llm.providers]]
name = "llama"
base_url = "http://127.0.0.1:9/v1"

[[llm.models]]
name = "own"
provider = "llama"
model = "{model}"

[llm.chains]
cheap = ["own"]
"""

PRICE = """
[[price]]
key = "compatible/qwen"
currency = "USD"
input = "0.1"
output = "0.3"
valid_from = "2020-01-01"
source = "https://shop.example/contract"
checked = 2020-01-01
"""


@pytest.mark.parametrize(
    ("model", "passed", "note", "told"),
    [
        (
            "qwen",
            True,
            True,
            "compatible/qwen was last looked up on 2020-01-01; compare it with https://shop",
        ),
        ("other", False, False, "there is no price for compatible/other"),
    ],
)
def test_a_price_that_is_missing_or_old_is_named(
    desk: CliDesk, model: str, passed: bool, note: bool, told: str
) -> None:
    Path("own.toml").write_text(PRICE)
    Path("fondaco.toml").write_text(MODEL.format(model=model))

    ran = desk.run("doctor", "--json")

    [finding] = [one for one in ran.json if one["check"] == "prices"]
    assert (finding["passed"], finding["note"]) == (passed, note)
    assert told in finding["detail"]
