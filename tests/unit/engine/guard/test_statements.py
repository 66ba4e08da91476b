"""A text is cut where its sentences end, and nowhere else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.engine.guard.statements import LONGEST, statements


def cut(text: str) -> list[str]:
    return [one.text for one in statements(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It is here. It works!", ["It is here.", "It works!"]),
        ("Dear Mr. Smith, e.g. 3.50 EUR. Thanks.", ["Dear Mr. Smith, e.g. 3.50 EUR.", "Thanks."]),
        ("Das gilt z. B. am 24. November. Ja.", ["Das gilt z. B. am 24. November.", "Ja."]),
        ("Nr. 5 liegt im 3. Stock. Danke.", ["Nr. 5 liegt im 3. Stock.", "Danke."]),
        ("Your order is RI-10482. It is here.", ["Your order is RI-10482.", "It is here."]),
        ("See https://a.example/b.html?c=1. It helps.", ["See https://a.example/b.html?c=1.", "It helps."]),
        ("Wait ... let me see. Ok.", ["Wait ... let me see.", "Ok."]),
        ("inkl. MwSt. Die Lampe", ["inkl. MwSt.", "Die Lampe"]),
        ("Es gibt sie in Größe L. Wir haben sie.", ["Es gibt sie in Größe L.", "Wir haben sie."]),
        ("您好！已发货。请查收", ["您好！", "已发货。", "请查收"]),
        ("好的!我来查.请稍等", ["好的!", "我来查.", "请稍等"]),
        ("「返金しました。」という表示です。次へ", ["「返金しました。」という表示です。", "次へ"]),
        ("했어요~ 감사합니다.네", ["했어요~", "감사합니다.", "네"]),
        ("24. November ist es so weit.", ["24. November ist es so weit."]),
        ("Your order\nhas been cancelled.", ["Your order\nhas been cancelled."]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ("---\n\n***", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


def test_list_items_stand_under_their_heading() -> None:
    found = statements("Your items:\n- Lamp\n2. Vase. It is blue.\n\nThanks.")

    assert [(one.text, one.heading) for one in found] == [
        ("Your items:", None),
        ("Lamp", 0),
        ("Vase.", 0),
        ("It is blue.", 0),
        ("Thanks.", None),
    ]


def test_rows_of_a_table_stand_under_their_first_row() -> None:
    found = statements("| Order | State |\n|---|---|\n| 1 | shipped |\n| 2 | open |")

    assert [(one.text, one.heading) for one in found] == [
        ("| Order | State |", None),
        ("| 1 | shipped |", 0),
        ("| 2 | open |", 0),
    ]


@given(st.text(alphabet="ab3 .!?。！…\n|-:*「」您は요~", max_size=60))
def test_every_statement_stands_in_its_place_and_none_overlap(text: str) -> None:
    found = statements(text)

    assert [text[one.begin : one.end] for one in found] == [one.text for one in found]
    assert [one.begin for one in found] == sorted({one.begin for one in found})
    assert all(before.end <= after.begin for before, after in pairwise(found))


def test_what_never_ends_is_cut_where_a_word_ends() -> None:
    found = statements("word " * 1_000)

    assert max(len(one.text) for one in found) <= LONGEST
    assert {word for one in found for word in one.text.split()} == {"word"}
