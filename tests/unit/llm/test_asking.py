"""A prompt without tools is the same prompt, told by other rules."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.llm.asking import Prompt, without_tools
from fondaco.llm.targets import ProviderKind
from tests.unit.llm.wire.wires import OFFER, a_prompt, a_target, answered, body_of, contact, wished
from tests.unit.llm.wire.wires import a_wish as looking_up

ROUND = (contact("Where is A1?"), wished(looking_up()), answered())
PLAIN = Prompt(system="Call hand_over.", plain_system="Write HAND_OVER.", history=ROUND, tools=(OFFER,))
KINDS = [ProviderKind.OPENAI, ProviderKind.ANTHROPIC, ProviderKind.GEMINI]


def test_rules_and_tools_are_exchanged_and_the_rest_stays() -> None:
    told = without_tools(PLAIN)

    assert (told.system, told.tools, told.history) == ("Write HAND_OVER.", (), ROUND)
    assert told.max_output_tokens == PLAIN.max_output_tokens


def test_without_rules_of_their_own_the_same_ones_are_told() -> None:
    told = without_tools(msgspec.structs.replace(PLAIN, plain_system=""))

    assert (told.system, told.tools) == ("Call hand_over.", ())


def test_a_prompt_that_offers_nothing_is_left_as_it_is() -> None:
    prompt = a_prompt(*ROUND)

    assert without_tools(prompt) is prompt


@pytest.mark.parametrize("kind", KINDS)
def test_no_protocol_sends_a_word_of_tools_to_a_model_that_takes_none(kind: ProviderKind) -> None:
    body: dict[str, Any] = body_of(without_tools(PLAIN), a_target(kind, tools=False))

    sent = msgspec.json.encode(body).decode()
    assert not {"tools", "tool_choice"} & body.keys()
    assert "tool_use" not in sent
    assert "functionCall" not in sent
    assert "tool_calls" not in sent
    assert "on its way" in sent
    assert "hand_over." not in sent
    assert "Write HAND_OVER." in sent
