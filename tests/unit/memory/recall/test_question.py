"""What a question tells about the turns that answer it."""

from __future__ import annotations

import pytest

from fondaco.memory.recall import ask
from fondaco.memory.recall.terms import terms

SPEAKERS = frozenset({"Melanie", "Jon"})


def test_who_is_named_speaks_of_themselves_as_i() -> None:
    question = ask("What is Melanie's favourite colour?", SPEAKERS)

    assert question.about == ("melanie",)
    assert question.rewritten == ("What is my favourite colour?", "favourite colour")


def test_a_name_inside_another_word_names_nobody() -> None:
    assert ask("The jonquils arrived", SPEAKERS).about == ()


def test_names_and_numbers_are_told_from_other_words() -> None:
    assert ask("did the parcel to Bonn cost 55 EUR with RI-10482?").names == tuple(
        terms("Bonn 55 EUR RI 10482")
    )


def test_those_who_speak_are_not_names_to_search_for() -> None:
    assert ask("did Melanie go to Rome?", SPEAKERS).names == tuple(terms("Rome"))


def test_katakana_is_a_name_and_the_rest_of_a_run_is_not() -> None:
    assert ask("青いジャケット").names == ("ジャ", "ャケ", "ケッ", "ット")


def test_a_question_of_a_whole_book_is_read_in_part() -> None:
    question = ask(" ".join(f"word{number}" for number in range(20_000)))

    assert len(question.terms) == 64


@pytest.mark.parametrize("text", ["", "🎉", "\ud800"])
def test_a_question_without_words_asks_for_nothing(text: str) -> None:
    question = ask(text)

    assert (question.terms, question.names, question.about, question.dates) == ((), (), (), ())
