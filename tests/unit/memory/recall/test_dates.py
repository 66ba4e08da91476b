"""Dates in questions."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.memory.recall.dates import AskedDate, closeness, dates_in, day_of

MAY_8 = AskedDate(month=5, day=8)


@pytest.mark.parametrize(
    "text",
    [
        "What did I order on 8 May?",
        "what arrived on May 8th",
        "on the 8th of May",
        "Was kam am 8. Mai?",
        "am 8.5. bestellt",
        "am 08.05.2023 bestellt",
        "on 2023-05-08",
        "5月8日买的",
        "5月8日に注文",
        "5월 8일에 주문",
    ],
)
def test_a_day_is_read_in_every_language(text: str) -> None:
    assert MAY_8 in dates_in(text)


def test_a_month_and_a_year_are_read_without_a_day() -> None:
    assert dates_in("in October 2023") == (AskedDate(year=2023), AskedDate(month=10))


@pytest.mark.parametrize(
    "text", ["may I return it?", "May I return it?", "we march on", "order 12345678", ""]
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert dates_in(text) == ()


def test_a_turn_of_the_day_is_closer_than_one_of_the_month_or_year() -> None:
    days = np.array([[2023, 5, 8], [2023, 5, 9], [2023, 6, 8], [2022, 7, 1]], dtype=np.int32)

    found = closeness([MAY_8, AskedDate(year=2023)], days)

    assert found.tolist() == pytest.approx([3.3, 1.3, 0.3, 0.0])


def test_a_moment_is_of_a_day() -> None:
    assert day_of(1_683_554_160_000) == (2023, 5, 8)
