"""The assistant's recognisers hear the plainest wishes in five languages, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from fondaco.kit.language import Language
from tests.unit.demo.content import LANGUAGES, found, questions, speech

Samples = dict[str, dict[Language, dict[str, list[str]]]]
SAMPLES = msgspec.json.decode(Path(__file__).with_name("recogniser_samples.json").read_bytes(), type=Samples)
WISHES = tuple(SAMPLES)


def rules_for(language: Language, wish: str) -> list[str]:
    """Return the rules that recognise a wish in one language."""
    tables = speech(language)
    rules = tables["smalltalk"][wish] if wish in tables["smalltalk"] else tables[wish]["rules"]
    return msgspec.convert(rules, list[str])


def listed(answer: str) -> list[tuple[str, Language, str]]:
    """Return (wish, language, sample) for every sample that must be answered so."""
    return [
        (wish, language, sample)
        for wish, by_language in SAMPLES.items()
        for language, answers in by_language.items()
        for sample in answers[answer]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_at_least_eight_samples_for_and_against_a_wish_for_a_person(
    language: Language,
) -> None:
    lists = SAMPLES["wish_person"][language]

    assert min(len(lists["yes"]), len(lists["no"])) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wish", WISHES)
def test_every_rule_is_a_regular_expression_that_does_not_fit_everything(
    language: Language, wish: str
) -> None:
    rules = [re.compile(rule, re.IGNORECASE) for rule in rules_for(language, wish)]

    assert rules
    assert not any(rule.search("") for rule in rules)


@pytest.mark.parametrize(("wish", "language", "text"), listed("yes"))
def test_a_wish_is_recognised(wish: str, language: Language, text: str) -> None:
    assert found(rules_for(language, wish), text)


@pytest.mark.parametrize(("wish", "language", "text"), listed("no"))
def test_what_only_resembles_a_wish_is_left_alone(wish: str, language: Language, text: str) -> None:
    assert not found(rules_for(language, wish), text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wish", WISHES)
def test_no_question_to_the_shop_is_taken_for_a_wish(language: Language, wish: str) -> None:
    mistaken = [question for question in questions(language) if found(rules_for(language, wish), question)]

    assert mistaken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_declining_every_offer_is_a_wish_for_a_person(language: Language) -> None:
    declined = speech(language)["phrases"]["offer_none"]

    assert found(rules_for(language, "wish_person"), declined)
