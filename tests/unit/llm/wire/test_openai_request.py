"""Requests in OpenAI's form, for each of its compatible readers."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.llm.profiles import dialect_for
from fondaco.llm.targets import ProviderKind, StreamUsage
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

TARGET = a_target()
DEEPSEEK = a_target(ProviderKind.DEEPSEEK, "deepseek-chat")


def test_a_request_says_everything_in_the_provider_s_words() -> None:
    body = body_of(a_prompt(contact("Where is A1?"), tools=(OFFER,)), TARGET)

    assert body == {
        "model": "gpt-4.1",
        "messages": [
            {"role": "system", "content": "You serve a shop."},
            {"role": "user", "content": "Where is A1?"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "look_up_order",
                    "description": "Where an order is.",
                    "parameters": OFFER.parameters,
                },
            }
        ],
        "max_completion_tokens": 1024,
        "temperature": 0.2,
    }


def test_the_secret_goes_into_one_header_and_nowhere_else() -> None:
    request = dialect_for(TARGET.profile.protocol).request(a_prompt(), TARGET, "sk-test", stream=True)

    assert request.url == "https://api.openai.com/v1/chat/completions"
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "Authorization": "Bearer sk-test",
    }
    assert b"sk-test" not in request.body


def test_no_secret_is_no_header() -> None:
    request = dialect_for(TARGET.profile.protocol).request(a_prompt(), TARGET, "", stream=False)

    assert request.headers == {"Content-Type": "application/json", "Accept": "application/json"}


@pytest.mark.parametrize(
    ("target", "options"),
    [
        (TARGET, {"include_usage": True, "include_obfuscation": False}),
        (DEEPSEEK, {"include_usage": True}),
        (a_target(stream_usage=StreamUsage.NEVER, obfuscates=False), None),
    ],
    ids=[
        "OpenAI pads its stream unless told not to",
        "usage is asked for",
        "a profile may know of no options",
    ],
)
def test_a_stream_is_asked_for_as_the_profile_says(target: Any, options: Any) -> None:
    body = body_of(a_prompt(contact("Hi")), target, stream=True)

    assert body["stream"] is True
    assert body.get("stream_options") == options


def test_a_plain_request_has_no_stream_options() -> None:
    assert not {"stream", "stream_options"} & set(body_of(a_prompt(contact("Hi")), TARGET))


def test_no_temperature_is_named_where_none_is_wanted_or_taken() -> None:
    assert "temperature" not in body_of(a_prompt(contact("Hi"), temperature=None), TARGET)
    assert "temperature" not in body_of(a_prompt(contact("Hi")), a_target(model="o4-mini"))


def test_a_round_of_tools_is_rendered_call_by_call() -> None:
    history = (
        contact("Where are they?"),
        wished(a_wish("a"), a_wish("b", ""), text="I look."),
        answered("b"),
        answered("a", "lost", failed=True),
        contact("And?"),
    )

    name = OFFER.name

    messages = body_of(a_prompt(*history), TARGET)["messages"]

    assert messages[2:] == [
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": name, "arguments": '{"number":"A1"}'}},
                {"id": "b", "type": "function", "function": {"name": name, "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "lost"},
        {"role": "tool", "tool_call_id": "b", "content": "on its way"},
        {"role": "user", "content": "And?"},
    ]  # fmt: skip


def test_broken_arguments_go_out_as_an_object_that_servers_can_decode() -> None:
    history = (contact("Hi"), wished(a_wish(arguments='{"number":')), answered(failed=True))

    message = body_of(a_prompt(*history), TARGET)["messages"][2]

    assert message["tool_calls"][0]["function"]["arguments"] == '{"unparsed":"{\\"number\\":"}'
    assert message["content"] is None


@pytest.mark.parametrize(
    ("target", "provider", "echoed"),
    [(DEEPSEEK, "main", "hm"), (DEEPSEEK, "other", "…"), (TARGET, "main", None)],
    ids=["DeepSeek gets its own back", "DeepSeek gets a sign where another one thought", "OpenAI gets none"],
)
def test_reasoning_content_goes_back_where_a_tool_round_demands_it(
    target: Any, provider: str, echoed: str | None
) -> None:
    history = (contact("Hi"), wished(a_wish(), provider=provider, reasoning="hm"), answered())

    assert body_of(a_prompt(*history), target)["messages"][2].get("reasoning_content") == echoed


@pytest.mark.parametrize(
    ("provider", "extra"), [("main", {"google": {"thought_signature": "sig"}}), ("other", None)]
)
def test_a_signature_goes_back_to_the_compatible_endpoint_that_sent_it(provider: str, extra: Any) -> None:
    history = (contact("Hi"), wished(a_wish(signature="sig"), provider=provider), answered())

    assert body_of(a_prompt(*history), TARGET)["messages"][2]["tool_calls"][0].get("extra_content") == extra


def test_a_history_that_begins_with_the_assistant_is_legal() -> None:
    messages = body_of(a_prompt(assistant("Hello"), contact("Hi")), TARGET)["messages"]

    assert [message["role"] for message in messages] == ["system", "assistant", "user"]


def test_deepseek_is_asked_at_its_own_path() -> None:
    request = dialect_for(DEEPSEEK.profile.protocol).request(a_prompt(), DEEPSEEK, "", stream=False)

    assert request.url == "https://api.deepseek.com/chat/completions"
