"""Letters that are not what they look like hide nothing."""

from __future__ import annotations

import pytest

from fondaco.engine.draft import Draft, Source
from fondaco.engine.guard.disguises import disguised, undisguised
from fondaco.engine.guard.judging import judge
from fondaco.kit.language import Language


@pytest.mark.parametrize(
    "word",
    [
        "r\u0435fund\u0435d",  # Cyrillic
        "r\u03b5fund",  # Greek
        "\u13a1efund",  # Cherokee
        "\u0280\u1d07\ua730und",  # small capitals
        "r\u0336e\u0336fund",  # struck out
        "\U0001f161\U0001f154",  # in black discs
        "\u0440\u0430\u0443",  # wholly Cyrillic
    ],
)
def test_a_word_with_letters_of_another_script_is_found(word: str) -> None:
    assert list(disguised(f"I have {word} for you.")) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "Grüße an Łukasz Nguyễn aus Gdańsk, café crème.",
        "5 µm, 5 \u03bcm, 10 kΩ und \u03b1-Wert",
        "ｆｕｌｌ　ｗｉｄｔｈ ⅭⅮ ① ㈱ ½ 👍🏽 1️⃣ ❤️ 🇩🇪",
        "返金しました。カ\u3099ラス、订单、환불",
        "cafe\u0301",
    ],
)
def test_names_units_and_other_forms_of_our_own_letters_are_none(text: str) -> None:
    assert list(disguised(text)) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("i have réfündéd you", "i have refunded you"),
        ("i have r e f u n d e d you", "i have refunded you"),
        ("i have r-e-f-u-n-d-e-d you", "i have refunded you"),
        ("it is a b-side", "it is a b-side"),
    ],
)
def test_a_word_is_read_without_accents_and_gaps(text: str, read: str) -> None:
    assert undisguised(text, umlauts=False) == read


def test_umlauts_are_letters_in_german() -> None:
    assert undisguised("rückérstattet", umlauts=True) == "rückerstattet"


def test_a_disguised_word_leaves_only_where_a_source_has_it() -> None:
    text = "Please ask \u0418\u0432\u0430\u043d about it."
    article = Source(article_id="art_1", text="\u0418\u0432\u0430\u043d knows the shop.")

    alone = judge(Draft(text=text, language=Language.EN))
    cited = judge(Draft(text=text, language=Language.EN, sources=(article,)))

    assert alone.findings == ("'\u0418\u0432\u0430\u043d' has letters of another script",)
    assert cited.passed
