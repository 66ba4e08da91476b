"""Cleaning, comparing and cutting text, in every script that contacts write."""

from __future__ import annotations

import pytest

from fondaco.kit.text import (
    clean_message,
    index_terms,
    mask_values,
    normalise,
    query_terms,
    search_terms,
    words,
)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("where is\x00 my order", "where is my order"),
        ("a\ud800b", "ab"),
        ("pay \u202egnp.exe", "pay gnp.exe"),
        ("\ufeffhello\u200b", "hello"),
        ("ignore\U000e0069\U000e0067 this", "ignore this"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("u\u0308ber", "über"),
        ("family 👩\u200d👩\u200d👧", "family 👩\u200d👩\u200d👧"),
        ("  \n padded \n ", "padded"),
        ("", ""),
    ],
)
def test_a_message_is_stored_without_what_must_not_be_shown(dirty: str, clean: str) -> None:
    assert clean_message(dirty, 1_000) == clean


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("退货退货", 2, "退货"),
        ("ab", 0, ""),
        ("ab", -1, ""),
        ("ok 👩\u200d👧", 5, "ok"),
        ("cafx\u0323 y", 4, "caf"),
    ],
)
def test_a_long_message_is_cut_where_nothing_visible_is_torn(text: str, limit: int, cut: str) -> None:
    assert clean_message(text, limit) == cut


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＲＩ－１０４８２", "ri-10482"),
        ("STRASSE", "straße"),
        ("ｶｰﾄﾞ", "カード"),
        ("  Two\n words ", "two words"),
        ("①", "1"),
    ],
)
def test_texts_that_mean_the_same_compare_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Rückgabe", "Rueckgabe"), ("Größe", "groesse"), ("Café", "cafe")]
)
def test_words_are_found_however_their_accents_are_written(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("退货", "如何申请退货或换货"),
        ("配送", "配送状況を確認する"),
        ("환불", "환불해 주세요"),
        ("カード", "クレジットカードで払う"),
        ("Frist", "die Frist beträgt 14 Tage"),
        ("Rückgabefrist", "rueckgabefrist"),
        ("Versandkostenpauschale", "Versandkosten"),
    ],
)
def test_what_is_asked_for_is_found_in_what_is_stored(question: str, stored: str) -> None:
    assert set(query_terms(question)) & set(index_terms(stored))


def test_a_question_for_two_characters_does_not_match_each_of_them_alone() -> None:
    terms = query_terms("退货")

    assert terms == ["退货"]


def test_a_single_character_is_still_looked_for() -> None:
    assert query_terms("茶") == ["茶"]


def test_mixed_scripts_are_cut_each_in_its_way() -> None:
    terms = search_terms("iPhone退货")

    assert terms == ["iphone", "退", "货", "退货"]


def test_terms_hold_nothing_that_a_query_language_could_read() -> None:
    terms = query_terms("""a" OR b* -c (d) NEAR/3 ^e :f 'g' & | ! <-> \\ {h} %_""")

    assert all(term.isalnum() and term == term.lower() for term in terms)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Where is my order RI-10482?", "Where is my order?"),
        ("Where is order #W123?", "Where is order?"),
        ("注文番号 RI-10482 はどこ？", "注文番号 はどこ？"),
        ("I paid $45.60 twice", "I paid twice"),
        ("12,50 € sind zu viel", "sind zu viel"),
        ("write to a.b@shop.example now", "write to now"),
        ("see https://shop.example/x?y=1 please", "see please"),
        ("parcel 00340434161094", "parcel"),
    ],
)
def test_values_are_masked_before_meaning_is_compared(text: str, masked: str) -> None:
    assert mask_values(text) == masked


@pytest.mark.parametrize(
    "text", ["2 weeks or 14 days", "iPhone 15 in size A4", "COVID-19", "size 42", "24/7 support"]
)
def test_small_numbers_that_carry_meaning_stay(text: str) -> None:
    assert mask_values(text) == text
