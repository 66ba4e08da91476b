"""What stands for hidden turns: the contact's own words, or an extract."""

from __future__ import annotations

import pytest

from fondaco.llm.estimates import guessed_tokens
from fondaco.memory.digests import Digest, extract, keeps_numbers, own_words, room_of, shown_digests
from tests.unit.memory.saying import answered, asked, called


def count(text: str) -> int:
    return round(guessed_tokens(text) + 0.5)


HIDDEN = [
    asked(1, text="My kettle RI-10482 leaks at the handle."),
    called(2),
    answered(3, text="I am sorry to hear that. Please send a picture of it."),
    asked(4, text="ok"),
    asked(5, text="I live in\nBerlin-Mitte, second floor."),
    answered(6, text="承知しました。写真をお送りください。"),
]


def test_the_contacts_own_words_are_told_in_their_order_without_small_talk() -> None:
    digest = own_words(HIDDEN, 200, count)

    assert digest.by == "contact"
    assert digest.text.splitlines()[1:] == [
        "- My kettle RI-10482 leaks at the handle.",
        "- I live in Berlin-Mitte, second floor.",
    ]


def test_an_extract_has_the_first_sentence_of_every_answer() -> None:
    digest = extract(HIDDEN, 200, count)

    assert digest.by == "extract"
    assert digest.text.splitlines()[1:] == [
        "- person: My kettle RI-10482 leaks at the handle.",
        "- shop: I am sorry to hear that.",
        "- person: I live in Berlin-Mitte, second floor.",
        "- shop: 承知しました。",
    ]


@pytest.mark.parametrize("room", [32, 40, 64, 100, 1_000])
@pytest.mark.parametrize(
    "text",
    [
        "Where is my order? ",
        "Wo ist meine Bestellung? ",
        "我的订单在哪里？",
        "注文はどこですか？",
        "주문은 어디에 있나요? ",
        "👍🏽🧣 ",
        "x",
    ],
)
@pytest.mark.parametrize("times", [1, 3_000])
def test_no_digest_is_larger_than_its_room(text: str, times: int, room: int) -> None:
    hidden = [asked(seq, text=text * times) for seq in range(1, 9)]

    digests = [make(hidden, room, count) for make in (own_words, extract)]

    assert all(count(digest.text) <= room for digest in digests)


def test_where_room_is_scarce_the_latest_words_are_kept() -> None:
    hidden = [asked(seq, text=f"This is what I wrote as number {seq} of all.") for seq in range(1, 30)]

    lines = own_words(hidden, 60, count).text.splitlines()[1:]

    assert lines[-1] == "- This is what I wrote as number 29 of all."
    assert 1 <= len(lines) < 6


def test_where_nobody_said_anything_there_is_no_digest() -> None:
    assert own_words([called(1), answered(2)], 200, count) == Digest()


def test_a_digest_takes_a_quarter_of_what_it_hides_and_no_more_than_of_a_window() -> None:
    assert room_of(1_000, 8_000) == 250
    assert room_of(100_000, 8_000) == 2_000
    assert room_of(100, 8_000) == 0


def test_of_many_digests_the_latest_are_told() -> None:
    assert shown_digests([100, 100, 100], 600) == 3
    assert shown_digests([100, 100, 101], 600) == 2
    assert shown_digests([400], 600) == 0
    assert shown_digests([], 600) == 0


@pytest.mark.parametrize(
    ("summary", "keeps"),
    [
        ("Mira waits for order RI-10482 and may pay 80 euros.", True),
        ("Order RI-10482 is late.", True),
        ("Thank you for telling me that.", False),
        ("They spoke of order RI-1.", False),
    ],
)
def test_a_summary_without_any_number_of_the_contacts_sums_up_something_else(
    summary: str, *, keeps: bool
) -> None:
    hidden = [
        asked(1, text="My order is RI-10482."),
        answered(2, text="From 2024."),
        asked(3, text="80 euros!"),
    ]

    assert keeps_numbers(summary, hidden) is keeps


def test_where_the_contact_wrote_no_number_any_summary_will_do() -> None:
    assert keeps_numbers(
        "They spoke of tea.", [asked(1, text="Do you have tea?"), answered(2, text="12 kinds.")]
    )
