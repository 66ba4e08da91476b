"""Dates and hours, as five languages write them; today is Sunday, 22 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.engine.guard.values.reads import said


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "24. November 2026", "2026-11-24"),
        ("de", "Dienstag, den 24. November 2026", "2026-11-24"),
        ("de", "24.11.2026", "2026-11-24"),
        ("de", "24.11.26", "2026-11-24"),
        ("de", "24.11.", "--11-24"),
        ("de", "am 24.11 um", "--11-24"),
        ("de", "Di, 24.11.", "--11-24"),
        ("de", "3. März", "--03-03"),
        ("de", "im November 2026", "2026-11"),
        ("de", "bis Dezember", "--12"),
        ("de", "31. Februar 2026", "2026-02-31"),
        ("en", "November 24th, 2026", "2026-11-24"),
        ("en", "the 24th of November 2026", "2026-11-24"),
        ("en", "24 November 2026", "2026-11-24"),
        ("en", "Tuesday, November 24", "--11-24"),
        ("en", "Nov 24", "--11-24"),
        ("en", "24/11/2026", "2026-11-24"),
        ("en", "03/04/2026", "2026-03-04 | 2026-04-03"),
        ("de", "03/04/2026", "2026-04-03"),
        ("en", "2026-11-24", "2026-11-24"),
        ("en", "2026/11/24", "2026-11-24"),
        ("en", "3/4", "--03-04 | --04-03"),
        ("en", "on the 24th", "2026-11-24 | 2026-12-24 | 2026-10-24"),
        ("en", "24. November 2026", "2026-11-24"),
        ("zh", "3月4日", "--03-04"),
        ("zh", "4月3日", "--04-03"),
        ("zh", "2026年11月24日（星期二）", "2026-11-24"),
        ("zh", "十一月二十四日", "--11-24"),
        ("zh", "2026年11月", "2026-11"),
        ("ja", "11月24日(火)", "--11-24"),
        ("ja", "令和8年11月24日", "2026-11-24"),
        ("ja", "令和元年5月1日", "2019-05-01"),
        ("ja", "24日", "2026-11-24 | 2026-12-24 | 2026-10-24 | P24D"),
        ("ko", "2026년 11월 24일", "2026-11-24"),
        ("ko", "11월 24일", "--11-24"),
        ("ko", "2026. 11. 24.", "2026-11-24"),
    ],
)
def test_a_date_is_read(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [f"date: {normal}"]


@pytest.mark.parametrize(
    ("language", "written", "normals"),
    [
        ("de", "vom 24. bis 26. November", ["--11-24", "--11-26"]),
        ("de", "24.-26.11.2026", ["2026-11-24", "2026-11-26"]),
        ("en", "November 24-26, 2026", ["2026-11-24", "2026-11-26"]),
        ("en", "24–26 November", ["--11-24", "--11-26"]),
        ("ja", "3月4日～6日", ["--03-04", "--03-06"]),
        ("zh", "5月3-5日", ["--05-03", "--05-05"]),
        ("ko", "5월 3일~5일", ["--05-03", "--05-05"]),
    ],
)
def test_both_days_of_a_range_are_in_its_month(language: str, written: str, normals: list[str]) -> None:
    assert said(written, language) == [f"date: {normal}" for normal in normals]


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "heute", "2026-11-22"),
        ("de", "kommt morgen an", "2026-11-23"),
        ("de", "Morgen kommt es an", "2026-11-23"),
        ("de", "übermorgen", "2026-11-24"),
        ("de", "gestern", "2026-11-21"),
        ("de", "in 3 Tagen", "2026-11-25 | P3D"),
        ("de", "vor zwei Wochen", "2026-11-08 | P14D"),
        ("de", "am Freitag", "2026-11-27 | 2026-11-20"),
        ("de", "letzten Freitag", "2026-11-20"),
        ("en", "today", "2026-11-22"),
        ("en", "the day after tomorrow", "2026-11-24"),
        ("en", "next Friday", "2026-11-27 | 2026-12-04"),
        ("en", "in five days", "2026-11-27 | P5D"),
        ("en", "3 days ago", "2026-11-19 | P3D"),
        ("zh", "明天", "2026-11-23"),
        ("zh", "后天", "2026-11-24"),
        ("zh", "昨天", "2026-11-21"),
        ("zh", "下周五", "2026-11-27 | 2026-12-04"),
        ("zh", "3天后", "2026-11-25 | P3D"),
        ("ja", "本日", "2026-11-22"),
        ("ja", "明後日", "2026-11-24"),
        ("ja", "来週の金曜日", "2026-11-27 | 2026-12-04"),
        ("ja", "3日後", "2026-11-25 | P3D"),
        ("ko", "내일", "2026-11-23"),
        ("ko", "모레", "2026-11-24"),
        ("ko", "다음 주 금요일", "2026-11-27 | 2026-12-04"),
        ("ko", "3일 후", "2026-11-25 | P3D"),
    ],
)
def test_a_day_told_from_today_is_read_by_the_clock(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [f"date: {normal}"]


def test_two_days_beside_each_other_are_two_dates() -> None:
    values = said("Not today but tomorrow, perhaps next Friday.")

    assert values == ["date: 2026-11-22", "date: 2026-11-23", "date: 2026-11-27 | 2026-12-04"]


@pytest.mark.parametrize("written", ["heute", "on Friday", "明天", "来週の金曜日", "내일"])
def test_without_a_clock_no_day_is_told_from_today(written: str) -> None:
    assert said(written, today=None) == []


@pytest.mark.parametrize(
    "written",
    [
        "Guten Morgen",
        "Montag bis Freitag",
        "every Monday",
        "next week",
        "毎週月曜日",
        "周一至周五",
        "一周三次",
        "오늘날",
        "it may be returned",
    ],
)
def test_what_names_no_day_is_no_date(written: str) -> None:
    assert said(written, "de") == []


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("de", "Montag, 24. November 2026"),
        ("en", "Mon, Nov 24"),
        ("ja", "11月24日(金)"),
        ("zh", "2026年11月24日星期五"),
    ],
)
def test_a_wrong_weekday_is_a_value_of_its_own(language: str, written: str) -> None:
    assert len(said(written, language)) == 2


def test_a_weekday_is_checked_against_the_year_that_is_written() -> None:
    assert said("Tuesday, November 24, 2026", today=date(2020, 1, 1)) == ["date: 2026-11-24"]


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "14:30", "14:30"),
        ("de", "14.30 Uhr", "14:30"),
        ("de", "14 Uhr", "14:00"),
        ("de", "14 Uhr 30", "14:30"),
        ("de", "zehn Uhr", "10:00"),
        ("en", "2:30 pm", "14:30"),
        ("en", "12 am", "00:00"),
        ("en", "2:30", "02:30 | 14:30"),
        ("en", "02:30", "02:30"),
        ("en", "2 o'clock", "02:00 | 14:00"),
        ("en", "noon", "12:00"),
        ("zh", "下午2点30分", "14:30"),
        ("zh", "下午两点", "14:00"),
        ("zh", "下午2点半", "14:30"),
        ("ja", "午後2時半", "14:30"),
        ("ja", "14時", "14:00"),
        ("ja", "正午", "12:00"),
        ("ko", "오후 2시 30분", "14:30"),
        ("ko", "두 시", "02:00 | 14:00"),
        ("ko", "정오", "12:00"),
    ],
)
def test_an_hour_is_read(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [f"time: {normal}"]


@pytest.mark.parametrize(
    ("language", "written", "normals"),
    [
        ("de", "9-17 Uhr", ["time: 09:00", "time: 17:00"]),
        ("en", "9 am to 5 pm", ["time: 09:00", "time: 17:00"]),
        ("ja", "10時から18時", ["time: 10:00 | 22:00", "time: 18:00"]),
    ],
)
def test_a_range_of_hours_is_two_hours(language: str, written: str, normals: list[str]) -> None:
    assert said(written, language) == normals
