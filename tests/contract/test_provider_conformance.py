"""The simulator keeps to OpenAI's own description of its protocol, wherever that file is at hand."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask, Call, Ending
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.wire.dialect import Habits, UsageFields
from tests.contract.provider_support import JSON, LOST, always, ask_openai, openai
from tests.house.tree import ROOT

PATH = Path(
    os.environ.get("FONDACO_OPENAI_SPEC") or ROOT.parent / "shared" / "specs" / "openai" / "openapi.yaml"
)
pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason="needs OpenAI's openapi.yaml; FONDACO_OPENAI_SPEC names its place"
)
REFERENCE = re.compile(r"#/components/schemas/(\w+)")
CALL = Call(name="order_status", arguments='{"order_number":"RI-10482"}')


class Description:
    """OpenAI's description, by which values are judged."""

    def __init__(self, schemas: JSON) -> None:
        self._schemas = schemas
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def departures(self, name: str, *values: Any) -> list[str]:
        """Return in what values depart from a schema."""
        if name not in self._validators:
            schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": self._needed(name)}}
            self._validators[name] = jsonschema_rs.Draft202012Validator(schema)
        found = (error for value in values for error in self._validators[name].iter_errors(value))
        return [f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}" for error in found]

    def _needed(self, name: str) -> JSON:
        """Return a schema with all those that it refers to; the whole description takes seconds."""
        needed: JSON = {}
        wanted = {name}
        while wanted:
            one = wanted.pop()
            needed[one] = nullable_allowed(self._schemas[one])
            wanted |= set(REFERENCE.findall(str(needed[one]))) - needed.keys()
        return needed


@pytest.fixture(scope="module")
def description() -> Description:
    yaml = pytest.importorskip("yaml", reason="reads the description")
    loaded = yaml.load(PATH.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Description(loaded["components"]["schemas"])


@pytest.fixture
async def simulator() -> AsyncIterator[ProviderSimulator]:
    async with ProviderSimulator() as running:
        yield running


def nullable_allowed(schema: Any) -> Any:
    """Return a schema in which ``nullable``, a word of OpenAPI 3.0, means what its authors mean by it.

    Remarks are left out; YAML reads some of them as dates.
    """
    if isinstance(schema, list):
        return [nullable_allowed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: one for name, one in schema.items() if name not in {"description", "x-oaiMeta", "example"}}
    rewritten = {name: nullable_allowed(one) for name, one in told.items()}
    if rewritten.pop("nullable", None) is True:
        return {"anyOf": [rewritten, {"type": "null"}]}
    return rewritten


def example_bodies() -> list[bytes]:
    """Return the bodies of the requests that the description shows."""
    if not PATH.exists():
        return []
    operation = PATH.read_text(encoding="utf-8").split("\n  /chat/completions:\n")[1].split("\n  /")[0]
    bodies = re.findall(r"chat/completions \\\n.*?-d '(\{.*?\n *\})'", operation, re.DOTALL)
    return [body.encode() for body in bodies]


def test_a_departure_is_found(description: Description) -> None:
    assert description.departures("CreateChatCompletionResponse", {"id": 1}) != []


@pytest.mark.parametrize("body", example_bodies())
async def test_the_requests_of_the_description_are_answered(
    body: bytes, simulator: ProviderSimulator, description: Description
) -> None:
    asked = msgspec.json.decode(body)

    heard = await ask_openai(simulator.address, asked)

    assert description.departures("CreateChatCompletionRequest", asked) == []
    assert heard.status == 200


def test_the_description_shows_requests() -> None:
    assert len(example_bodies()) == 5


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="Hello"),
        Answer(text="Let me see.", calls=(CALL, CALL)),
        Answer(text="No.", ending=Ending.REFUSED),
        Answer(ending=Ending.FILTERED),
        Answer(text="Hel", ending=Ending.LENGTH),
        Answer(text="Hello", reasoning="They greet me."),
    ],
)
@pytest.mark.parametrize("fields", list(UsageFields))
async def test_every_answer_is_of_the_described_shape(
    answer: Answer, fields: UsageFields, description: Description
) -> None:
    def script(_: Ask) -> Answer:
        return answer

    options = SimulatorOptions(habits=Habits(usage_fields=fields, pads=True))
    async with ProviderSimulator(script, options=options) as simulator:
        plain = await ask_openai(simulator.address, openai())
        stream = await ask_openai(simulator.address, openai(stream=True))

    assert description.departures("CreateChatCompletionResponse", plain.json) == []
    assert description.departures("CreateChatCompletionStreamResponse", *stream.events) == []


async def test_a_round_with_tools_is_of_the_described_shape(
    simulator: ProviderSimulator, description: Description
) -> None:
    first = await ask_openai(simulator.address, openai(LOST, tools=True))
    message = first.json["choices"][0]["message"]
    body = openai(LOST, tools=True, stream=True)
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "Sent."}
    body["messages"] += [message, result]

    heard = await ask_openai(simulator.address, body)

    assert description.departures("CreateChatCompletionRequest", body) == []
    assert description.departures("CreateChatCompletionStreamResponse", *heard.events) == []


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.WRONG_KEY, Fault.QUOTA])
async def test_every_error_is_of_the_described_shape(
    fault: Fault, simulator: ProviderSimulator, description: Description
) -> None:
    simulator.follow(always(fault))

    heard = await ask_openai(simulator.address, openai())

    assert description.departures("ErrorResponse", heard.json) == []
