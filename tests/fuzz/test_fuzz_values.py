"""Whatever a text holds, its values are read without failing, in order and inside the text."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.engine.guard.values import StateNames, read_values
from fondaco.engine.guard.words import Kind
from fondaco.engine.writing import write_date, write_money, write_number, write_time
from fondaco.kit.language import Language
from fondaco.kit.money import Money

TODAY = date(2026, 11, 22)
IDS = (re.compile(r"RI[- ]?\d{5}"),)
STATES = StateNames((("shipped", "shipped"), ("发货", "shipped"), ("配送中", "on_its_way")))
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CNY", "KRW", "CHF", "KWD")

any_text = st.text(st.characters(exclude_categories=()), max_size=200)
#: Pieces of which values are made, and signs that fold into something else.
_PIECES = (
    "1 24 2026 007 99999999999999999999 . , ' : - – / ~ ( ) # % € $ ¥ 円 元 원 万 만 천 百 十 三 半 割 "
    "百分之 January Mai Nov 月 日 年 월 일 时 時 시 下午 오후 Uhr am pm Tage days business 営業日 個 개 다섯 "
    "zwei hundred morgen tomorrow Friday 来週 金曜日 下周五 in vor ago 後 bis to x EUR US$ RI- W2 @ .com "
    "https:// www. +49 030 ending endet 末尾 끝자리 • * nicht shipped 发货 ① ５ ² ½ İ ㈱ \u0301 \u20e3 \ufe0f"
).split(" ")
_GAPS = [" ", " ", "\n", "\u200b", "\u202e", "\ud83d", "\u00a0"]
pieces = st.lists(st.sampled_from([*_PIECES, *_GAPS]), max_size=40).map("".join)
texts = any_text | pieces
languages = st.sampled_from(list(Language))


@given(texts, languages)
def test_values_stand_inside_the_text_in_order_and_apart(text: str, language: Language) -> None:
    values = read_values(text, language, TODAY, IDS, STATES)

    edges = [edge for value in values for edge in (value.begin, value.end)]
    assert edges == sorted(edges)
    assert all(0 <= value.begin < value.end <= len(text) for value in values)
    assert all(text[value.begin : value.end] == value.written for value in values)
    assert all(value.readings and all(value.readings) for value in values)


@given(pieces, languages)
def test_the_same_text_says_the_same_again(text: str, language: Language) -> None:
    assert read_values(text, language, TODAY) == read_values(text, language, TODAY)


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "a-",
        "1 ",
        "5 €, ",
        "十",
        "한",
        "http://漢",
        "1-",
        "a1-",
        "@a",
        "a.",
        "24. ",
        "3 to ",
        "½",
        "e\u0301",
        "9",
    ],
)
def test_a_long_text_of_one_piece_is_read(piece: str) -> None:
    assert len(read_values(piece * 5_000, Language.EN, TODAY)) <= 10_000


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), languages, languages)
def test_a_date_is_read_back_as_it_was_written(day: date, writer: Language, reader: Language) -> None:
    (value,) = read_values(f"({write_date(day, writer)})", reader, TODAY)

    assert (value.kind, value.readings) == (Kind.DATE, (day.isoformat(),))


@given(st.integers(-(10**9), 10**9), st.sampled_from(CURRENCIES), languages)
def test_an_amount_is_read_back_as_it_was_written(minor: int, currency: str, language: Language) -> None:
    money = Money(minor, currency)
    written = write_money(money, language)

    (value,) = read_values(written, language, TODAY)

    exact = f"{minor / 10**money.digits:.{money.digits}f}"
    plain = exact.rstrip("0").rstrip(".") if "." in exact else exact
    assert value.written == written
    assert f"{plain} {currency}" in value.readings


@given(st.integers(4, 9_999) | st.integers(-(10**9), -4), languages)
def test_a_number_is_read_back_as_it_was_written(number: int, language: Language) -> None:
    (value,) = read_values(f"({write_number(number, language)})", language, TODAY)

    assert (value.kind, value.readings) == (Kind.NUMBER, (str(number),))


@given(st.integers(0, 4_000_000_000_000), languages)
def test_an_hour_is_read_back_as_it_was_written(at_ms: int, language: Language) -> None:
    written = write_time(at_ms, "UTC", at_ms, language)

    (value,) = read_values(written, language, TODAY)

    assert value.kind is Kind.TIME
    assert written[:5] in value.readings
