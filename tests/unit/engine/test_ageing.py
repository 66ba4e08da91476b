"""That something is not new is said aloud, in the contact's language, and never younger than it is."""

from __future__ import annotations

import pytest

from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.engine.ageing import age_note, with_age
from fondaco.kit.language import Language


def call(age_seconds: int | None, name: str = "call_1") -> ToolCall:
    return ToolCall(
        id=CallId(name),
        tool="order",
        arguments={},
        effect=Effect.READ,
        idempotency_key=name,
        state=CallState.DONE,
        result={},
        age_seconds=age_seconds,
    )


def test_of_new_results_nothing_is_said() -> None:
    assert age_note([call(None)], Language.EN) is None
    assert with_age("It is here.", None) == "It is here."


@pytest.mark.parametrize(
    ("age_seconds", "said"),
    [(1, "1 min"), (60, "1 min"), (61, "2 min"), (7_200, "120 min"), (7_201, "3 h"), (86_400, "24 h")],
)
def test_an_age_is_rounded_up(age_seconds: int, said: str) -> None:
    note = age_note([call(age_seconds)], Language.EN)

    assert note is not None
    assert f"{said} ago" in note.text


@pytest.mark.parametrize("age_seconds", [600, 36_000])
@pytest.mark.parametrize("language", list(Language))
def test_every_language_says_the_age_and_proves_it(language: Language, age_seconds: int) -> None:
    note = age_note([call(age_seconds)], language)

    assert note is not None
    assert "{" not in note.text
    assert [(one.written in note.text, one.value) for one in note.evidence] == [(True, "10")]


def test_the_oldest_of_several_is_what_is_said() -> None:
    note = age_note([call(None), call(600, "call_2"), call(60, "call_3")], Language.DE)

    assert note is not None
    assert [one.reference for one in note.evidence] == ["call_2"]
    assert "vor 10 Min." in note.text


def test_what_is_said_already_is_not_said_twice() -> None:
    note = age_note([call(600)], Language.EN)

    assert note is not None
    assert with_age(f"Packed. {note.text}", note) == f"Packed. {note.text}"
    assert with_age("Packed.", note) == f"Packed.\n\n{note.text}"
