"""Which models may be asked: the operator's chains, less what residency and capability leave out."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.chain import capable, chains_of, targets_of
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind, Target
from tests.unit.llm.places_to_ask import a_target

HERE = ProviderOptions(name="here", kind=ProviderKind.OPENAI, region="eu", retention="none")
THERE = ProviderOptions(name="there", kind=ProviderKind.ANTHROPIC, region="us", retention="30d")
UNTAGGED = ProviderOptions(name="untagged", kind=ProviderKind.GEMINI)
SHOP = LlmOptions(
    providers=(HERE, THERE, UNTAGGED),
    models=(
        ModelOptions(name="near", provider="here", model="gpt-4.1"),
        ModelOptions(name="far", provider="there", model="claude-sonnet-4-5"),
        ModelOptions(name="somewhere", provider="untagged", model="gemini-2.5-flash"),
    ),
    chains=ChainOptions(cheap=("far", "near", "somewhere"), strong=("near", "far")),
)


def ruled(**rules: tuple[str, ...]) -> LlmOptions:
    return msgspec.structs.replace(SHOP, **rules)


def test_without_a_rule_every_model_is_asked_in_the_operators_order() -> None:
    chains = chains_of(SHOP)

    assert [target.name for target in chains.cheap] == ["far", "near", "somewhere"]
    assert [target.name for target in chains.strong] == ["near", "far"]
    assert chains.left_out == ()


@pytest.mark.parametrize(
    ("rules", "left_out"),
    [
        (
            {"regions": ("eu",)},
            ("far processes in us", "somewhere processes in an unknown region"),
        ),
        (
            {"retentions": ("none", "7d")},
            ("far keeps texts for 30d", "somewhere keeps texts for an unknown time"),
        ),
    ],
)
def test_what_a_rule_excludes_is_in_no_chain_and_the_reason_is_told(
    rules: dict[str, tuple[str, ...]], left_out: tuple[str, ...]
) -> None:
    chains = chains_of(ruled(**rules))

    assert [target.name for target in chains.all] == ["near"]
    assert chains.left_out == left_out


def test_both_rules_have_to_hold() -> None:
    chains = chains_of(ruled(regions=("eu", "us"), retentions=("30d",)))

    assert [target.name for target in chains.all] == ["far"]


def test_rules_that_leave_nobody_stop_the_start() -> None:
    with pytest.raises(ConfigurationError, match="leave no model to ask: far processes in us"):
        chains_of(ruled(regions=("mars",)))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            msgspec.structs.replace(SHOP, chains=ChainOptions(cheap=("nobody",))),
            "names 'nobody', but there is no such model",
        ),
        (
            msgspec.structs.replace(SHOP, providers=(HERE, THERE)),
            "names the provider 'untagged', which is not declared",
        ),
        (msgspec.structs.replace(SHOP, models=(*SHOP.models, SHOP.models[0])), "two are named 'near'"),
        (
            LlmOptions(
                providers=(ProviderOptions(name="own"),),
                models=(ModelOptions(name="mine", provider="own", model="m"),),
            ),
            "a compatible provider needs its base_url",
        ),
    ],
)
def test_a_mistake_is_named(options: LlmOptions, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        chains_of(options)


def test_a_provider_that_no_model_names_needs_no_address() -> None:
    options = msgspec.structs.replace(SHOP, providers=(*SHOP.providers, ProviderOptions(name="own")))

    assert sorted(targets_of(options)) == ["far", "near", "somewhere"]


@pytest.mark.parametrize(
    ("input_tokens", "able"),
    [(100, ["mute", "all", "small"]), (7_001, ["mute", "all"]), (127_001, ["mute"]), (128_001, [])],
)
def test_a_model_whose_window_has_no_room_for_the_prompt_is_passed_over(
    input_tokens: int, able: list[str]
) -> None:
    whole = msgspec.structs.replace(a_target(), name="all")
    small = msgspec.structs.replace(a_target(), name="small", context_tokens=8_000)
    mute = msgspec.structs.replace(
        a_target(), name="mute", profile=msgspec.structs.replace(whole.profile, tools=False)
    )

    def taken(target: Target) -> int:
        return input_tokens if target.profile.tools else input_tokens - 1_000  # no tools are offered to it

    found = capable((mute, whole, small), input_tokens=taken, output_tokens=1_000)

    assert [target.name for target in found] == able
