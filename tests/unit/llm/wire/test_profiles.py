"""What is known of each kind of provider before it is asked."""

from __future__ import annotations

import pytest

from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.profiles import BASE_URLS, dialect_for, lowered, profile_for
from fondaco.llm.targets import EndMarker, Profile, Protocol, ProviderKind, StreamUsage
from fondaco.llm.wire.anthropic import AnthropicMessages
from fondaco.llm.wire.gemini import Gemini
from fondaco.llm.wire.openai import OpenAiChat


@pytest.mark.parametrize("kind", [kind for kind in ProviderKind if kind is not ProviderKind.COMPATIBLE])
def test_every_provider_has_an_address_without_a_slash_at_its_end(kind: ProviderKind) -> None:
    assert BASE_URLS[kind].startswith("https://")
    assert not BASE_URLS[kind].endswith("/")


@pytest.mark.parametrize(
    ("protocol", "dialect"),
    [
        (Protocol.OPENAI_CHAT, OpenAiChat),
        (Protocol.ANTHROPIC_MESSAGES, AnthropicMessages),
        (Protocol.GEMINI, Gemini),
    ],
)
def test_every_protocol_has_its_dialect(protocol: Protocol, dialect: type) -> None:
    assert isinstance(dialect_for(protocol), dialect)


@pytest.mark.parametrize(
    ("kind", "model", "marker"),
    [
        (ProviderKind.OPENAI, "gpt-4.1", EndMarker.DONE),
        (ProviderKind.DEEPSEEK, "deepseek-chat", EndMarker.DONE),
        (ProviderKind.HOLYSHEEP, "gpt-4.1", EndMarker.FINISH_REASON),
        (ProviderKind.COMPATIBLE, "org/qwen3-8b", EndMarker.FINISH_REASON),
        (ProviderKind.COMPATIBLE, "vendor/model:free", EndMarker.FINISH_REASON),
        (ProviderKind.COMPATIBLE, "llama3.2:3b", EndMarker.DONE_ONLY),
        (ProviderKind.ANTHROPIC, "claude-sonnet-4-5", EndMarker.MESSAGE_STOP),
        (ProviderKind.GEMINI, "gemini-2.5-flash", EndMarker.FINISH_REASON),
    ],
)
def test_each_provider_proves_the_end_of_a_stream_in_its_way(
    kind: ProviderKind, model: str, marker: EndMarker
) -> None:
    assert profile_for(kind, model).end_marker is marker


@pytest.mark.parametrize(
    ("kind", "model", "echoes"),
    [
        (ProviderKind.DEEPSEEK, "deepseek-chat", True),
        (ProviderKind.HOLYSHEEP, "deepseek-v3.2", True),
        (ProviderKind.HOLYSHEEP, "gpt-4.1", False),
    ],
)
def test_deepseek_gets_its_reasoning_back_through_relays_too(
    kind: ProviderKind, model: str, echoes: bool
) -> None:
    assert profile_for(kind, model).echoes_reasoning is echoes


@pytest.mark.parametrize(
    ("model", "takes"),
    [("gpt-4.1", True), ("o3", False), ("gpt-5-mini", False), ("openai/o4-mini", False), ("opus", True)],
)
def test_reasoning_models_of_openai_take_no_temperature(model: str, takes: bool) -> None:
    assert profile_for(ProviderKind.OPENAI, model).takes_temperature is takes


def test_the_operator_says_whether_a_model_streams_and_knows_tools() -> None:
    profile = profile_for(ProviderKind.OPENAI, "gpt-4.1", stream=False, tools=False)

    assert (profile.streams, profile.tools) == (False, False)


def refused(message: str, kind: FailureClass = FailureClass.OUR_FAULT) -> Failure:
    return Failure(kind=kind, message=message, status=400)


def test_a_provider_that_knows_no_stream_options_is_asked_without_them() -> None:
    profile = profile_for(ProviderKind.OPENAI, "gpt-4.1")

    less = lowered(profile, refused("Unrecognized request argument supplied: stream_options"))

    assert less is not None
    assert (less.stream_usage, less.obfuscates) == (StreamUsage.NEVER, False)
    assert lowered(less, refused("Unrecognized request argument supplied: stream_options")) is None


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        ("Unknown parameter: 'stream_options.include_obfuscation'", "obfuscates", False),
        ("Unsupported parameter: 'max_completion_tokens'", "output_limit_field", "max_tokens"),
        ("Unsupported value: 'temperature' does not support 0.2", "takes_temperature", False),
    ],
)
def test_what_a_provider_refuses_is_left_out_next_time(message: str, field: str, value: object) -> None:
    less = lowered(profile_for(ProviderKind.OPENAI, "gpt-4.1"), refused(message))

    assert less is not None
    assert getattr(less, field) == value


@pytest.mark.parametrize(
    "failure",
    [
        refused("messages: roles must alternate"),
        refused("max_tokens is too large: 99999"),
        refused("stream_options", FailureClass.OVERLOADED),
    ],
)
def test_any_other_refusal_changes_nothing(failure: Failure) -> None:
    profile: Profile = profile_for(ProviderKind.OPENAI, "gpt-4.1")

    assert lowered(profile, failure) is None
