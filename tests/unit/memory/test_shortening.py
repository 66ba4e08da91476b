"""What is too long is told from both ends, and says what is missing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.llm.estimates import guessed_tokens
from fondaco.memory.shortening import shortened


@given(st.text(max_size=300), st.integers(1, 80))
def test_a_text_fits_or_says_how_much_is_left_out(text: str, most: int) -> None:
    told, left_out = shortened(text, most)

    assert (told == text) == (left_out == 0)
    assert guessed_tokens(told) <= max(most, 24)


@pytest.mark.parametrize(
    "text", ["The parcel is late. ", "包裹晚到了。", "荷物が遅れています。", "소포가 늦었어요. ", "👍🏽 "]
)
def test_a_long_text_keeps_its_beginning_and_its_end(text: str) -> None:
    whole = f"My number is RI-7. {text * 20_000} It is urgent!"

    told, left_out = shortened(whole, 500)

    assert told.startswith("My number is RI-7.")
    assert told.endswith("It is urgent!")
    assert re.search(rf"about {left_out} tokens are left out here", told)
    assert 400 < guessed_tokens(told) <= 500


def test_no_sign_is_divided() -> None:
    family = "👩\u200d👩\u200d👧\u200d👦"

    told, _ = shortened(family * 2_000, 60)
    beginning, _, end = told.partition("\n[…")

    assert beginning == family * (len(beginning) // len(family))
    assert end.endswith(family)
    assert not re.search("^\u200d|^\ufe0f", end.rpartition("\n")[2])


def test_where_there_is_no_room_only_the_line_is_left() -> None:
    told, left_out = shortened("word " * 1_000, 5)

    assert told.strip().startswith("[… about")
    assert left_out > 900
