"""Plain text is cut by a shorter way, which must lead to the same words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fondaco.kit.text import index_terms, words

#: A blank that is not ASCII: it changes no word, and it rules the shorter way out.
WIDE_BLANK = "\u3000"


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_has_the_same_words_by_either_way(text: str) -> None:
    assert words(text) == words(text + WIDE_BLANK)
    assert index_terms(text) == index_terms(text + WIDE_BLANK)


def test_plain_text_is_cut_at_everything_that_is_no_letter_or_digit() -> None:
    assert words("Where's RI-10482_x?") == ["where", "s", "ri", "10482", "x"]
