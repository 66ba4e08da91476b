"""What models are told besides the conversation, those that take no tools included."""

from __future__ import annotations

import pytest

from fondaco.engine.model.prompting import (
    HAND_OVER_WORD,
    Frames,
    asks_for_a_person,
    protected_text,
    question_of,
)
from fondaco.kit.language import Language
from fondaco.llm.asking import without_tools
from fondaco.tools import Toolbox


def frames() -> Frames:
    return Frames("Rialto", Toolbox([]), with_changes=False, max_output_tokens=100)


def test_who_takes_no_tools_is_told_a_word_in_place_of_the_tool() -> None:
    prompt = frames().of()

    told = without_tools(prompt)

    assert HAND_OVER_WORD in told.system
    assert "hand_over" not in told.system
    assert HAND_OVER_WORD not in prompt.system
    assert told.tools == ()


@pytest.mark.parametrize(
    ("language", "name"), [(Language.DE, "German"), (Language.JA, "Japanese"), (Language.ZH, "Chinese")]
)
def test_the_language_stands_with_the_question(language: Language, name: str) -> None:
    asked = question_of((), language, "Wo ist es?")

    assert f"<reply_in>{name}" in asked.text
    assert asked.text.endswith("\n\nWo ist es?")
    assert "<reply_in>" in frames().of().system


def test_the_rules_for_both_are_protected() -> None:
    prompt = frames().of()

    protected = protected_text("Rialto", Toolbox([]))

    assert prompt.system in protected
    assert prompt.plain_system in protected


@pytest.mark.parametrize(
    "text",
    [
        "HAND_OVER",
        "**HAND_OVER**",
        '"HAND_OVER".',
        "HAND OVER",
        "hand_over",
        "Handover.",
        "I do not know that.\n\nHAND_OVER",
        "HAND_OVER: the person is angry",
        "HAND\\_OVER",
        "For that I would hand_over.",
    ],
)
def test_the_word_is_known_however_it_is_written(text: str) -> None:
    assert asks_for_a_person(text)


@pytest.mark.parametrize(
    "text", ["", "We hand over parcels at the door.", "The handover is on 3 May.", "You may send it back."]
)
def test_other_words_are_none(text: str) -> None:
    assert not asks_for_a_person(text)
