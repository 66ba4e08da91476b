"""Every request that we render is one by OpenAI's own description."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import yaml

from fondaco.llm.asking import Prompt
from fondaco.llm.targets import ProviderKind, Target
from tests.house.tree import ROOT
from tests.unit.llm.wire.wires import (
    OFFER,
    a_prompt,
    a_target,
    a_wish,
    answered,
    assistant,
    body_of,
    contact,
    wished,
)

PROMPTS = [
    a_prompt(),
    a_prompt(contact("Hi"), temperature=None),
    a_prompt(assistant("Hello"), contact("Hi"), contact("Are you there?"), tools=(OFFER,)),
    a_prompt(
        contact("Where is A1?"),
        wished(a_wish("a", signature="sig"), a_wish("b", "{broken"), reasoning="hm"),
        answered("b", "", failed=True),
        answered("a"),
        assistant("On its way."),
        tools=(OFFER,),
    ),
]
TARGETS = [
    a_target(),
    a_target(model="o4-mini"),
    a_target(ProviderKind.HOLYSHEEP),
    a_target(ProviderKind.DEEPSEEK, "deepseek-chat"),
    a_target(ProviderKind.COMPATIBLE, "llama3.2:3b", tools=False),
]


@pytest.fixture(scope="module")
def specified() -> jsonschema_rs.Validator:
    path = Path(os.environ.get("FONDACO_OPENAI_SPEC", ROOT.parent / "shared/specs/openai/openapi.yaml"))
    if not path.exists():
        pytest.skip("OpenAI's description is not here; name its openapi.yaml in FONDACO_OPENAI_SPEC.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    described = yaml.load(path.read_text(), Loader=loader)  # noqa: S506 - both loaders are safe ones
    components = msgspec.to_builtins(described["components"])
    reference = "#/components/schemas/CreateChatCompletionRequest"
    return jsonschema_rs.validator_for({"$ref": reference, "components": components})


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target.kind}-{target.model}")
@pytest.mark.parametrize("prompt", PROMPTS, ids=["nothing said", "one message", "merged", "a tool round"])
def test_a_request_validates(
    specified: jsonschema_rs.Validator, prompt: Prompt, target: Target, stream: bool
) -> None:
    body = body_of(prompt, target, stream=stream)

    assert [error.message for error in specified.iter_errors(body)] == []


def test_the_description_finds_a_request_that_is_none(specified: jsonschema_rs.Validator) -> None:
    body: dict[str, Any] = body_of(a_prompt(contact("Hi")), a_target())

    assert not specified.is_valid({**body, "messages": [{"role": "contact", "content": "Hi"}]})
