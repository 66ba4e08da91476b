"""`fondaco tools`: listed, described, looked at before anything is sent, and tried."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.scenario.cli_desk import CliDesk
from tests.unit.tools.openapi_shop import document

SETTINGS = """
[[tools]]
name = "order"
description = "Tells how far an order has come."
url = "http://key:word@127.0.0.1:9/orders/{number}?token=hush&page={page}"
headers = { X-Key = "hush", X-Customer = "{subject}" }
verification = "matched"
attempts = 1
fields = { state = "text" }
fallback = ["carrier"]
last_known_seconds = 600
examples = [{ number = "A-1" }]
[[tools.parameters]]
name = "number"
pattern = 'A-\\d+'
ask = "ask_order_number"
[[tools.parameters]]
name = "page"
required = false
schema = { type = "integer", minimum = 1 }
[[tools.parameters]]
name = "subject"
source = "server"
server_value = "subject"

[[tools]]
name = "carrier"
description = "Tells where a parcel is."
url = "http://127.0.0.1:9/parcels/{number}"
[[tools.parameters]]
name = "number"
pattern = 'A-\\d+'
ask = "ask_order_number"

[[tool_sources]]
openapi = "shop.json"
base_url = "http://127.0.0.1:9"
headers = { Authorization = "Bearer hush" }
[[tool_sources.tools]]
operation = "changeOrder"
[tool_sources.tools.contract]
risk = "low"
dry_run = false
approve_above_minor = 0
currency = "EUR"
[[tool_sources.tools.contract.limits]]
count = 3
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    Path("fondaco.toml").write_text(SETTINGS, encoding="utf-8")
    Path("shop.json").write_bytes(msgspec.json.encode(document()))
    return CliDesk(capsys)


def test_every_tool_is_listed_with_where_it_comes_from(shop: CliDesk) -> None:
    listed = shop.run("tools", "list", "--json")

    assert [(tool["name"], tool["origin"], tool["effect"]) for tool in listed.json] == [
        ("order", "configuration", "read"),
        ("carrier", "configuration", "read"),
        ("changeOrder", "shop.json changeOrder", "write"),
    ]
    assert "hush" not in listed.out


def test_a_tool_is_described_with_what_it_demands_and_falls_back_on(shop: CliDesk) -> None:
    lines = shop.lines(["tools", "show", "order"])

    assert lines[0] == "order: Tells how far an order has come."
    assert "  verification: matched" in lines
    assert "  where it fails: carrier, then the last known value of 600 s" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["number", "page", "subject"]
    assert "server (subject)" in lines[-1]


def test_a_tool_that_changes_something_is_described_with_its_contract(shop: CliDesk) -> None:
    lines = shop.lines(["tools", "show", "changeOrder"])

    assert "  contract: in force, risk low, confirmed by the contact, approved above 0 EUR minor" in lines
    assert "  limits of it: 3 of any minor per subject in 86400 s" in lines
    assert any(line.startswith("body_orderId") and "model" in line for line in lines)


def test_a_dry_run_shows_the_request_and_no_secret(shop: CliDesk) -> None:
    lines = shop.lines(["tools", "dry-run", "order", "--argument", "number=A-1", "--argument", "page=2"])

    assert lines == [
        "GET http://•••@127.0.0.1:9/orders/A-1?token=•••&page=2",
        "X-Key: •••",
        "X-Customer: subject",
        "Accept: application/json",
        "The arguments are right.  Nothing was sent.",
    ]


def test_a_dry_run_takes_nested_arguments(shop: CliDesk) -> None:
    address = '{"street":"Main","zip":"10115"}'

    ran = shop.run(
        "tools", "dry-run", "changeOrder", "--argument", f"address={address}", "--argument", "orderId=7"
    )

    assert ran.out.splitlines()[0] == "PATCH http://127.0.0.1:9/orders/7"
    assert '{"address":{"street":"Main","zip":"10115"}}' in ran.out


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("order",), "order needs number; give each with --argument name=value."),
        (("order", "--argument", "number=A-1", "--argument", "page=0"), "page: the value is less than"),
        (("order", "--argument", "nmber=A-1"), "has no parameter nmber; it has: number, page, subject."),
        (("order", "--argument", "number"), "Write --argument number=value."),
        (("odrer",), "There is no tool odrer; there are: order, carrier, changeOrder."),
    ],
)
def test_a_dry_run_says_what_is_wrong(shop: CliDesk, arguments: tuple[str, ...], wrong: str) -> None:
    ran = shop.run("tools", "dry-run", *arguments)

    assert ran.code == 2
    assert wrong in ran.err


def test_an_example_that_fails_is_a_finding(shop: CliDesk) -> None:
    ran = shop.run("tools", "test", "--json")

    assert ran.code == 1
    [trial] = ran.json
    assert (trial["tool"], trial["example"], trial["passed"]) == ("order", 1, False)
    assert "no connection" in trial["why"]
    assert "hush" not in ran.out


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("changeOrder", "changes something"), ("carrier", "has no examples"), ("none", "There is no tool none")],
)
def test_what_cannot_be_tried_says_why(shop: CliDesk, name: str, wrong: str) -> None:
    ran = shop.run("tools", "test", name)

    assert ran.code == 2
    assert wrong in ran.err


def test_a_document_that_is_missing_stops_before_anything_else(shop: CliDesk) -> None:
    Path("shop.json").unlink()

    ran = shop.run("tools", "list")

    assert ran.code == 2
    assert "shop.json cannot be read" in ran.err
