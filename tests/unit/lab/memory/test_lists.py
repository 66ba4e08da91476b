"""Which questions ask for several things."""

from __future__ import annotations

import pytest

from fondaco.lab.memory.lists import share_of_lists, wants_list


@pytest.mark.parametrize(
    "text",
    [
        "What activities does Melanie partake in?",
        "Which cities has Jon visited?",
        "How many times has Melanie gone to the beach?",
        "What have Jon and Gina both painted?",
        "What has Melanie painted?",
        "Which US cities did I name?",
        "What people has Maria met?",
        "Wie oft habe ich reklamiert?",
        "Zeige mir alle Adressen",
        "我买过哪些东西？",
        "注文した商品を全部教えて",
        "지난번에 말한 모든 주소",
    ],
)
def test_a_question_for_several_things_wants_a_list(text: str) -> None:
    assert wants_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "When did Melanie paint a sunrise?",
        "What is my address?",
        "What was the status of my order?",
        "Which address is this?",
        "What colour is Tim's scarf?",
        "Wo ist mein Paket?",
        "我的订单在哪里？",
        "いつ届きますか",
        "언제 도착하나요",
        "",
    ],
)
def test_a_question_for_one_thing_does_not(text: str) -> None:
    assert not wants_list(text)


def test_the_share_of_lists_is_that_among_all_questions() -> None:
    assert share_of_lists(["Which cities?", "When?", "Where?", "How many times?"]) == 0.5
    assert share_of_lists([]) == 0.0
