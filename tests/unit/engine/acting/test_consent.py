"""A yes is a yes only where the whole message says so; everything unsure is asked again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.engine.acting.consent import Consent, consent_of
from fondaco.kit.language import Language

DE, EN, ZH, JA, KO = Language
PLANTED = Path(__file__).parent / "planted"
RECALL = 0.95


def planted(language: Language) -> dict[str, list[str]]:
    return tomllib.loads((PLANTED / f"{language.value}.toml").read_text("utf-8"))


YES = [(text, language) for language in Language for text in planted(language)["yes"]]
AGREED = {Consent.YES, Consent.SOFT}
OTHERS = [(text, language) for language in Language for text in planted(language)["others"]]


@pytest.mark.parametrize("language", Language)
def test_the_planted_suite_is_large_enough(language: Language) -> None:
    suite = planted(language)

    assert len(set(suite["yes"])) >= 60
    assert len(set(suite["others"])) >= 100


@pytest.mark.parametrize("language", Language)
def test_nearly_every_yes_is_understood(language: Language) -> None:
    texts = planted(language)["yes"]

    understood = [text for text in texts if consent_of(text, language, ("cancelled",)) in AGREED]

    assert len(understood) >= RECALL * len(texts)


@pytest.mark.parametrize("deeds", [None, ("cancelled",), ()])
@pytest.mark.parametrize("language", Language)
def test_nothing_else_is_ever_a_yes(language: Language, deeds: tuple[str, ...] | None) -> None:
    texts = planted(language)["others"]

    taken_for_yes = [text for text in texts if consent_of(text, language, deeds) in AGREED]

    assert taken_for_yes == []


@pytest.mark.parametrize("language", Language)
def test_nothing_of_any_language_is_a_yes_in_another_that_was_none_in_its_own(language: Language) -> None:
    taken_for_yes = [text for text, _ in OTHERS if consent_of(text, language, ("cancelled",)) in AGREED]

    assert taken_for_yes == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ok", EN),
        ("ok, thanks 👍", EN),
        ("That's fine, thank you", EN),
        ("in ordnung, danke", DE),
        ("Okay, danke", DE),
        ("好的，谢谢", ZH),
        ("OK です", JA),
        ("오케이, 감사합니다", KO),
        ("좋아요", KO),
    ],
)
def test_an_ok_may_be_meant_for_something_else(text: str, language: Language) -> None:
    assert consent_of(text, language, ("cancelled",)) is Consent.SOFT


@pytest.mark.parametrize(
    ("text", "language"),
    [("ok, yes", EN), ("Ok, ja bitte", DE), ("好的，是的", ZH), ("네, 좋아요", KO)],
)
def test_an_ok_beside_a_yes_or_the_deed_is_clear(text: str, language: Language) -> None:
    assert consent_of(text, language, ("cancelled",)) is Consent.YES


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("no, thanks", EN),
        ("Nein, bitte nicht", DE),
        ("不用了，谢谢", ZH),
        ("いいえ、結構です", JA),
        ("아니요, 괜찮아요", KO),
        ("nein", EN),
        ("no", JA),
    ],
)
def test_a_plain_no_is_a_no(text: str, language: Language) -> None:
    assert consent_of(text, language) is Consent.NO


@pytest.mark.parametrize(
    ("text", "language"),
    [("yes no", EN), ("no, cancel it", EN), ("ja nein", DE), ("아니 네", KO), ("嗯不好的", ZH)],
)
def test_a_yes_and_a_no_together_are_asked_again(text: str, language: Language) -> None:
    assert consent_of(text, language) is Consent.UNCLEAR


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Yes, please cancel the order", EN),
        ("Ja, bitte stornieren", DE),
        ("好的，请取消", ZH),
        ("はい、キャンセルしてください", JA),
        ("네, 취소해 주세요", KO),
    ],
)
def test_a_yes_that_names_another_deed_is_a_new_wish(text: str, language: Language) -> None:
    assert consent_of(text, language, ("cancelled",)) is Consent.YES
    assert consent_of(text, language, ("refunded",)) is Consent.UNCLEAR
    assert consent_of(text, language, ()) is Consent.UNCLEAR


@pytest.mark.parametrize(
    ("text", "language", "deed"),
    [
        ("I want to cancel my order", EN, "cancelled"),
        ("Bitte stornieren Sie die Bestellung", DE, "cancelled"),
        ("请退款", ZH, "refunded"),
        ("返品をお願いします", JA, "returned"),
        ("주소 변경해 주세요", KO, "changed"),
    ],
)
def test_the_wish_for_the_very_deed_is_a_yes_only_where_the_deed_is_known(
    text: str, language: Language, deed: str
) -> None:
    assert consent_of(text, language, (deed,)) is Consent.YES
    assert consent_of(text, language) is Consent.UNCLEAR


@pytest.mark.parametrize("language", [DE, EN, ZH, JA, KO])
@pytest.mark.parametrize(
    "text",
    [
        "ja please",
        "OK好的",
        "네 please",
        "はい ok",
        "yes, 谢谢",
        "ok danke",
        "好的 thanks",
        "はい、thank you",
    ],
)
def test_people_mix_languages(text: str, language: Language) -> None:
    assert consent_of(text, language) in AGREED


def test_a_thumb_alone_may_mean_no_more_than_seen() -> None:
    assert consent_of("👍", EN) is Consent.UNCLEAR
    assert consent_of("yes 👍🏽", EN) is Consent.YES


def test_an_umlaut_that_was_typed_in_two_parts_is_the_same_letter() -> None:
    assert consent_of("natu\u0308rlich", DE) is Consent.YES


@given(
    said=st.sampled_from(YES),
    tail=st.sampled_from(
        [
            "?",
            "？",
            " 300",
            "3",
            "...",
            "…",
            " if",
            " but",
            ' "',
            "」",
            " RI-10999",
            " 但是",
            " けど",
            " 하지만",
        ]
    ),
)
def test_whatever_is_added_to_a_yes_takes_it_back(said: tuple[str, Language], tail: str) -> None:
    text, language = said

    verdict = consent_of(text + tail, language, ("cancelled",))

    assert verdict is Consent.UNCLEAR


@given(
    said=st.sampled_from(YES),
    place=st.integers(min_value=0, max_value=60),
    sign=st.sampled_from(
        ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u0301", "\U000e0061", "\u3164"]
    ),
)
def test_an_invisible_sign_makes_it_unclear(said: tuple[str, Language], place: int, sign: str) -> None:
    text, language = said
    where = min(place, len(text) - 1)

    verdict = consent_of(text[:where] + sign + text[where:], language, ("cancelled",))

    assert verdict is Consent.UNCLEAR


@given(text=st.text(max_size=200), language=st.sampled_from(Language))
def test_any_text_has_a_verdict(text: str, language: Language) -> None:
    assert consent_of(text, language) in set(Consent)


def test_a_long_message_is_no_yes_however_often_it_says_so() -> None:
    assert consent_of("yes " * 40, EN) is Consent.UNCLEAR
