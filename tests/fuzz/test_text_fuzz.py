"""Whatever is sent, cleaning and cutting text never fails and keeps its promises."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fondaco.kit.language import Language, detect, looks_like
from fondaco.kit.text import clean_message, index_terms, mask_values, normalise, query_terms

any_text = st.text(st.characters(exclude_categories=()), max_size=200)
nasty_text = st.text(
    st.sampled_from(
        "a ß İ ǆ ﷺ ① 退 の 한 ゛ ー \u0301 \u200d \ufe0f \ud83d \U0001f469 \u202e \x00 "
        "\r \n \x85 \u1e9e 1 - @ . #"
    ),
    max_size=40,
)
texts = any_text | nasty_text


@given(texts, st.integers(min_value=0, max_value=100))
def test_a_cleaned_message_is_short_storable_and_stays_as_it_is(text: str, limit: int) -> None:
    cleaned = clean_message(text, limit)

    assert len(cleaned) <= limit
    assert clean_message(cleaned, limit) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]


@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@given(texts)
def test_terms_are_letters_and_digits_only(text: str) -> None:
    terms = index_terms(text) + query_terms(text)

    assert all(term and "".join(term.split()) == term for term in terms)
    assert not [term for term in terms if set(term) & set("\"'()*:^&|!<>-+\\%_{}[]")]


@given(texts)
def test_everything_that_is_stored_is_found_by_asking_for_it(text: str) -> None:
    assert set(query_terms(text)) <= set(index_terms(text))


@given(texts)
def test_masking_values_only_takes_away(text: str) -> None:
    assert len(mask_values(text)) <= len(text)


@given(texts, st.sampled_from([None, *Language]))
def test_every_text_gets_a_language_and_an_honest_confidence(text: str, hint: Language | None) -> None:
    found = detect(text, hint)

    assert 0.0 <= found.confidence <= 1.0
    assert found == detect(text, hint)


@given(st.text(st.characters(categories=["Nd", "P", "Z"]), max_size=60), st.sampled_from(list(Language)))
def test_a_text_without_words_may_pass_as_any_language(text: str, language: Language) -> None:
    assert looks_like(text, language)
