"""Traces of a server that answers by model arrive at a collector: one of each turn, and no word in them."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import msgspec
import pytest

from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.lab.crash.channel import open_shop_end
from fondaco.lab.crash.ledger import Ledger
from fondaco.lab.providers import scene
from fondaco.llm import genai_names
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.script import Role, Rule, by_rules
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.telescope import Telescope, attributes_of
from tests.scenario.test_cli_serving import START_SECONDS, serving

QUESTION = "Where do you keep the glass, please, dear shopkeeper?"
ANSWER = "It lies beside the glass."
CLIENT = 3  #: a kind of span in OTLP
SETTINGS = """
[workspace]
id = "drill"
[storage]
url = "sqlite:///fondaco.db"
[inbox]
burst_ms = 0
[telemetry]
otlp_endpoint = "{shop}/v1/traces"
otlp_metrics_endpoint = "{shop}/v1/metrics"
service_name = "the shop's assistant"
[[tools]]
name = "shelf"
description = "Tells where something lies."
url = "{shop}/shelf/{{item}}"
fields = {{ place = "text" }}
parameters = [{{ name = "item", pattern = "glass|brass", ask = "ask_value" }}]
[[llm.providers]]
name = "acme"
kind = "openai"
base_url = "{models}"
[[llm.models]]
name = "small"
provider = "acme"
model = "gpt-4.1-mini"
[llm.chains]
cheap = ["small"]
[llm.retries]
base_ms = 1
"""
RULES = (
    Rule(pattern="dear shopkeeper", role=Role.USER, call="shelf", arguments={"item": "glass"}),
    Rule(role=Role.TOOL, text=ANSWER),
)


async def _observed(folder: Path, *faults: FaultRule) -> Telescope:
    """Let a server answer one message through its channel and stop; return what it told of it."""
    clock = SystemClock()
    telescope = Telescope(Ledger(), clock, SeededChance(1))
    models = ProviderSimulator(by_rules(RULES), plan=Plan(rules=faults))
    async with open_shop_end(telescope) as shop, models, HttpClient() as http:
        text = SETTINGS.format(shop=shop, models=models.base_url("openai"))
        (folder / "fondaco.toml").write_text(text)
        await scene.prepare(f"sqlite:///{folder}/fondaco.db", shop, clock)
        async with serving(folder) as (address, process), asyncio.timeout(START_SECONDS):
            await _ask(http, address)
            await _delivered(telescope)
            process.send_signal(signal.SIGTERM)
            await process.wait()
    return telescope


async def _ask(http: HttpClient, address: str) -> None:
    body = {"connection_id": scene.CALLBACK, "contact": {"external_id": "ada"}, "external_id": "one"}
    conversation = await _post(http, f"{address}/v1/conversations", body)
    await _post(http, f"{address}/v1/conversations/{conversation['id']}/messages", {"text": QUESTION})


async def _post(http: HttpClient, url: str, body: object) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {scene.SECRET}", "Content-Type": "application/json"}
    answer = await http.request("POST", url, headers=headers, body=msgspec.json.encode(body))
    assert answer.status in {201, 202}, answer.body
    return dict(msgspec.json.decode(answer.body))


async def _delivered(telescope: Telescope) -> None:
    async with telescope.arrived:
        await telescope.arrived.wait()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Telescope:
    """What is told of a turn that goes well."""
    return asyncio.run(_observed(tmp_path_factory.mktemp("told")))


def test_a_turn_is_one_trace_from_the_model_to_the_delivery(seen: Telescope) -> None:
    turn = seen.named("turn")

    trace = [span for span in seen.spans if span.trace == turn.trace]

    by_id = {span.id: span.name for span in trace}
    assert sorted((span.name, by_id.get(span.parent, "")) for span in trace) == [
        ("chat gpt-4.1-mini", "step"),
        ("chat gpt-4.1-mini", "step"),
        ("delivery", ""),
        ("step", "turn"),
        ("tool", "step"),
        ("turn", ""),
    ]
    assert {span.service for span in trace} == {"the shop's assistant"}
    assert {span.failed for span in trace} == {None}


def test_a_trace_tells_what_came_of_the_turn_its_tool_and_its_delivery(seen: Telescope) -> None:
    turn, tool, delivery = (seen.named(name).attributes for name in ("turn", "tool", "delivery"))

    assert turn["fondaco.outcome"] == "reply"
    assert (tool["fondaco.tool"], tool["fondaco.tool_state"]) == ("shelf", "done")
    assert (tool["gen_ai.operation.name"], tool["gen_ai.tool.name"]) == ("execute_tool", "shelf")
    assert str(tool["gen_ai.tool.call.id"]).startswith("call_")
    assert delivery["fondaco.delivery_state"] == "sent"
    assert turn["fondaco.conversation_id"] == delivery["fondaco.conversation_id"]


def test_model_calls_are_told_in_the_conventions_names(seen: Telescope) -> None:
    chats = [span for span in seen.spans if span.name == "chat gpt-4.1-mini"]

    names = {value for value in vars(genai_names).values() if isinstance(value, str)}
    told = {name for chat in chats for name in chat.attributes}
    assert {name for name in told if name not in names and not name.startswith(genai_names.USAGE)} == set()
    assert {chat.kind for chat in chats} == {CLIENT}
    assert [chat.attributes["gen_ai.response.finish_reasons"] for chat in chats] == [
        ("tool_calls",),
        ("stop",),
    ]
    assert (
        chats[1].attributes.items()
        >= {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4.1-mini",
            "gen_ai.conversation.id": seen.named("turn").attributes["fondaco.conversation_id"],
            "server.address": "127.0.0.1",
        }.items()
    )
    used = [
        (chat.attributes[f"gen_ai.usage.{kind}_tokens"]) for chat in chats for kind in ("input", "output")
    ]
    assert 0 not in used


def test_metrics_of_model_calls_arrive_under_the_conventions_names(seen: Telescope) -> None:
    [took] = seen.metrics["gen_ai.client.inference.duration"].histogram.data_points
    [used] = seen.metrics["gen_ai.client.inference.usage.output_tokens"].sum.data_points

    chats = [span.attributes for span in seen.spans if span.name == "chat gpt-4.1-mini"]
    assert took.count == len(chats) == 2
    assert used.as_int == sum(int(str(chat["gen_ai.usage.output_tokens"])) for chat in chats)
    assert attributes_of(used.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1-mini",
    }


def test_no_word_of_anybody_and_no_key_is_in_what_is_sent(seen: Telescope) -> None:
    said = (QUESTION, "dear shopkeeper", ANSWER, "beside", "glass", scene.SECRET, "Tells where")

    found = [words for words in said if words.encode() in seen.raw]

    assert found == []


def test_an_error_is_told_without_its_words_which_may_repeat_somebodys(tmp_path: Path) -> None:
    seen = asyncio.run(_observed(tmp_path, FaultRule(fault=Fault.SERVER_ERROR)))

    [chat] = [span for span in seen.spans if span.name == "chat gpt-4.1-mini"]
    assert (chat.failed, chat.attributes["error.type"]) == ("NoModelAnswered", "overloaded")
    assert {name for name, _ in chat.events} == {"attempt"}
    assert b"exception" not in seen.raw
