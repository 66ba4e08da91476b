"""The lab's own reader: what could be wrong in a text is found in five languages."""

from __future__ import annotations

import pytest

from fondaco.lab.invent.facts import articles, is_proven
from fondaco.lab.invent.values import read


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("It costs €4.90.", {"eur:4.9"}),
        ("Es kostet 1.234,56 €.", {"eur:1234.56"}),
        ("It takes 2 to 4 working days.", {"day:2", "day:4"}),
        ("in two weeks", {"week:2"}),
        ("am 24. November 2026 um 9 Uhr", {"date:2026-11-24", "time:540"}),
        ("on November 24", {"date:11-24"}),
        ("2026年11月23日 下午3点", {"date:2026-11-23", "time:180"}),
        ("30天内，满79欧元", {"day:30", "eur:79"}),
        ("两周", {"week:2"}),
        ("11월 24일 3만원", {"date:11-24", "won:30000"}),
        ("5〜9営業日、10%", {"day:5", "day:9", "percent:10"}),
        ("５０％", {"percent:50"}),
        ("order RI-10482, parcel DE706300591443", {"id:RI10482", "id:DE706300591443"}),
        ("see https://rialto.example/x.", {"link:rialto.example/x"}),
        ("write to hello@rialto.example", {"email:hello@rialto.example"}),
        ("1. First\n2. Second", set()),
        ("one of two colours", set()),
    ],
)
def test_values_are_read(text: str, readings: set[str]) -> None:
    values = read(text)

    assert {reading for value in values for reading in value.readings} == readings


def test_a_number_that_may_be_written_in_two_ways_has_both_readings() -> None:
    [value] = read("1.234")

    assert value.readings == {"number:1.234", "number:1234"}


def test_an_article_of_the_demo_shop_proves_each_of_its_own_values() -> None:
    [text, *_] = [text for text in articles()["shipping-cost"] if "€4.90" in text]

    known = {reading for value in read(text) for reading in value.readings}

    assert len(known) >= 4
    assert all(is_proven(value, known) for value in read(text))
