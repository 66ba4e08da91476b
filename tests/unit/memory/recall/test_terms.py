"""The terms under which a turn is found."""

from __future__ import annotations

import pytest

from fondaco.memory.recall.terms import stem, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("painted", "painting"),
        ("cities", "city"),
        ("stopped", "stop"),
        ("shoes", "shoe"),
        ("bestellungen", "bestellung"),
        ("schuhen", "schuhe"),
        ("rechnungen", "rechnung"),
    ],
)
def test_forms_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["bus", "ring", "ri10482", "42", "kiss", "naïve"])
def test_what_has_no_ending_stays_as_it_is(word: str) -> None:
    assert stem(word) == word


def test_grammar_has_no_terms_and_words_of_a_shop_have() -> None:
    assert terms("When is the order to be sent?") == [stem("order"), stem("sent")]


def test_a_run_of_cjk_is_found_by_every_pair_of_its_characters() -> None:
    assert terms("退货期限") == ["退货", "货期", "期限"]


def test_a_single_character_is_found_by_itself() -> None:
    assert terms("是 A4 吗") == ["是", "a4", "吗"]


@pytest.mark.parametrize("text", ["", "🎉🎉", "?!…", "   "])
def test_a_text_without_words_has_no_terms(text: str) -> None:
    assert terms(text) == []
