"""Every sentence in every language, and the language that a browser asks for."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from msgspec.structs import fields

from fondaco.domain.contracts import ActionState
from fondaco.domain.events import OutcomeKind, RouteKind
from fondaco.domain.evidence import EvidenceSource
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.people import AuthorKind
from fondaco.domain.tools import CallState
from fondaco.engine import route
from fondaco.engine.acting import acting
from fondaco.engine.acting.wording import ActionTexts
from fondaco.engine.difficulty import Weights
from fondaco.kit.language import Language
from fondaco.llm.failures import FailureClass
from fondaco.llm.trying import CANCELLED
from fondaco.server.pages_assets import WEB
from fondaco.server.pages_words import Reason, flat, language_of, load_words, read_toml

_STRINGS = (WEB / "static" / "panel" / "strings.js").read_text(encoding="utf-8")
_ROUTES = Path(route.__file__).read_text(encoding="utf-8")
_ACTING = Path(acting.__file__).read_text(encoding="utf-8")
_LANGUAGE = re.compile(r"^  (\w\w): \{$(.*?)^  \},$", re.MULTILINE | re.DOTALL)
_SENTENCE = re.compile(r'^    (\w+): "(.*)",$', re.MULTILINE)
_PANEL = {name: dict(_SENTENCE.findall(body)) for name, body in _LANGUAGE.findall(_STRINGS)}


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", list(Language))
def test_the_console_says_everything_in_every_language(language: Language) -> None:
    english = flat(read_toml(WEB / "words", Language.EN))
    spoken = flat(read_toml(WEB / "words", language))

    assert spoken.keys() == english.keys()
    assert all(spoken.values())
    assert {key: blanks(text) for key, text in spoken.items()} == {
        key: blanks(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", list(Language))
def test_the_panel_says_everything_in_every_language(language: Language) -> None:
    spoken, english = _PANEL[language.value], _PANEL["en"]

    assert spoken.keys() == english.keys()
    assert {key: blanks(text) for key, text in spoken.items()} == {
        key: blanks(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", list(Language))
def test_the_demo_has_its_four_scenes_in_every_language(language: Language) -> None:
    english, spoken = shape(Language.EN), shape(language)

    assert spoken == english
    assert spoken["scene"] == 4


def shape(language: Language) -> dict[str, Any]:
    told = read_toml(WEB / "scenes", language)
    return {key: len(value) if isinstance(value, list) else "" for key, value in told.items()}


def test_every_reason_for_a_handoff_has_a_name() -> None:
    say = load_words()[Language.EN]

    assert {f"reason.{reason.value}" for reason in HandoffReason} <= say.keys()


def test_every_route_every_signal_and_every_end_of_an_attempt_has_a_name() -> None:
    say = load_words()[Language.EN]

    ends = {"answered", CANCELLED, *(kind.value for kind in FailureClass)}
    named = {f"routes.{kind.value}" for kind in RouteKind} | {f"ended.{end}" for end in ends}
    assert named | {f"signals.{sign.name}" for sign in fields(Weights)} <= say.keys()


def test_what_has_no_name_yet_is_shown_as_it_is() -> None:
    assert load_words()[Language.EN].named("ended", "never heard of") == "never heard of"


@pytest.mark.parametrize("language", list(Language))
def test_a_known_reason_is_told_in_the_language_of_the_page(language: Language) -> None:
    words = load_words()[language]

    reason = words.because("the contact asks for a person")

    assert reason == Reason(words("because.asked"), language)


def test_a_reason_that_nobody_translated_is_marked_as_english() -> None:
    words = load_words()[Language.JA]

    reason = words.because("returns: found by rule, 100% sure")

    assert reason == Reason("returns: found by rule, 100% sure", Language.EN)


def test_the_reasons_of_every_route_are_known() -> None:
    words = load_words()[Language.JA]
    written = re.findall(r'(?:_person\(.*?, |reasons=\()"(.*?)"', _ROUTES)

    told = [words.because(reason).language for reason in written]

    assert told == [Language.JA] * 4


def test_the_reasons_of_open_actions_are_known() -> None:
    words = load_words()[Language.JA]
    written = re.findall(r'why="(.*?)"', _ACTING)

    told = [words.because(reason).language for reason in written]

    assert told == [Language.JA] * 8


@pytest.mark.parametrize(
    ("group", "kinds"),
    [
        ("sources", EvidenceSource),
        ("calls", CallState),
        ("progress", ActionState),
        ("author", AuthorKind),
        ("outcomes", OutcomeKind),
    ],
)
def test_whatever_the_why_pane_tells_has_a_name(group: str, kinds: type[StrEnum]) -> None:
    say = load_words()[Language.EN]

    assert {f"{group}.{kind.value}" for kind in kinds} <= say.keys()


def test_a_deed_and_its_values_have_the_names_that_the_shop_gives_them() -> None:
    cancelling = ActionTexts(title={Language.DE: "Stornierung"}, labels={"no": {Language.DE: "Nummer"}})

    say = load_words({"cancel": cancelling})[Language.DE]

    assert (say.deed("cancel"), say.label("cancel", "no")) == ("Stornierung", "Nummer")
    assert (say.deed("refund"), say.label("refund", "no"), say.label("cancel", "by")) == (
        "refund",
        "no",
        "by",
    )


def test_a_sentence_is_filled_with_its_values() -> None:
    assert load_words()[Language.DE]("state.teammate", name="Mira") == "Bei Mira"


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [
        (b"", "", Language.EN),
        (b"de-AT,de;q=0.9,en;q=0.8", "", Language.DE),
        (b"fr;q=0.9,ko;q=0.5,ja;q=0.7", "", Language.JA),
        (b"zh-Hant-TW", "", Language.ZH),
        (b"de", "ko", Language.KO),
        (b"de", "../etc", Language.DE),
        (b"en;q=x, ja", "", Language.JA),
        (b"\xff,;q=", "", Language.EN),
    ],
)
def test_a_page_is_shown_in_the_language_that_is_asked_for(
    header: bytes, chosen: str, language: Language
) -> None:
    assert language_of({b"accept-language": header}, chosen) is language
