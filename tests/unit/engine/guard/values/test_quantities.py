"""Amounts, shares, measures, counts and lengths of time, as five languages write them."""

from __future__ import annotations

import pytest

from tests.unit.engine.guard.values.reads import said


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "1.234,56 €", "1234.56 EUR"),
        ("de", "12,- €", "12 EUR"),
        ("de", "49,90 EUR", "49.9 EUR"),
        ("de", "12 Euro", "12 EUR"),
        ("de", "1'234.50 CHF", "1234.5 CHF"),
        ("de", "1\u202f234,50 €", "1234.5 EUR"),
        ("de", "zwanzig Euro", "20 EUR"),
        ("de", "zweihundertfünfzig Euro", "250 EUR"),
        ("de", "3 Mio. Euro", "3000000 EUR"),
        ("de", "50 ct", "0.5 EUR"),
        ("de", "3 Euro 50", "3.5 EUR"),
        ("en", "€1,234.56", "1234.56 EUR"),
        ("en", "EUR 12", "12 EUR"),
        ("en", "EUR12.50", "12.5 EUR"),
        ("en", "$17,021", "17021 USD"),
        ("en", "US$5.50", "5.5 USD"),
        ("en", "$17k", "17000 USD"),
        ("en", "-€5.00", "-5 EUR"),
        ("en", "minus 5 €", "-5 EUR"),
        ("en", "99 cents", "0.99 EUR | 0.99 USD"),
        ("en", "**50** euros", "50 EUR"),
        ("en", "x8 €", "8 EUR"),
        ("en", "ten euros", "10 EUR"),
        ("en", "twenty-five dollars", "25 USD"),
        ("en", "two hundred and fifty euros", "250 EUR"),
        ("en", "¥500", "JPY and CNY"),
        ("zh", "¥99", "99 CNY"),
        ("zh", "300 元", "300 CNY"),
        ("zh", "300块", "300 CNY"),
        ("zh", "300塊", "300 CNY | 300 TWD"),
        ("zh", "人民币300元", "300 CNY"),
        ("zh", "1.5万元", "15000 CNY"),
        ("zh", "三十元", "30 CNY"),
        ("zh", "二十块", "20 CNY"),
        ("ja", "3万円", "30000 JPY"),
        ("ja", "1万2千円", "12000 JPY"),
        ("ja", "１，９８０円", "1980 JPY"),
        ("ja", "¥1,980", "1980 JPY"),
        ("ja", "十万円", "100000 JPY"),
        ("ko", "3만원", "30000 KRW"),
        ("ko", "2만 5천원", "25000 KRW"),
        ("ko", "12,000원", "12000 KRW"),
        ("ko", "₩12,000", "12000 KRW"),
        ("ko", "삼만 원", "30000 KRW"),
        ("ko", "이만원", "20000 KRW"),
    ],
)
def test_an_amount_is_read_with_its_currency(language: str, written: str, normal: str) -> None:
    normal = {"JPY and CNY": "500 JPY | 500 CNY"}.get(normal, normal)

    assert said(written, language) == [f"amount: {normal}"]


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "5 Stück", "number: 5"),
        ("de", "2,5 kg", "number: 2.5 kg"),
        ("en", "2.5 kg", "number: 2.5 kg"),
        ("en", "five items", "number: 5"),
        ("en", "0.125 kg", "number: 0.125 kg"),
        ("en", "3x", "number: 3"),
        ("en", "12345 points", "number: 12345"),
        ("en", "-7", "number: -7"),
        ("zh", "1万", "number: 10000"),
        ("zh", "5千", "number: 5000"),
        ("zh", "五个", "number: 5"),
        ("ja", "3点", "number: 3"),
        ("ja", "五台", "number: 5"),
        ("ko", "다섯 개", "number: 5"),
        ("ko", "열두 명", "number: 12"),
        ("de", "19 %", "percent: 19 %"),
        ("de", "19 Prozent", "percent: 19 %"),
        ("en", "19 percent", "percent: 19 %"),
        ("en", "-20 %", "percent: -20 % | 20 %"),
        ("zh", "百分之十九", "percent: 19 %"),
        ("ja", "19パーセント", "percent: 19 %"),
        ("ja", "2割", "percent: 20 %"),
        ("ko", "19퍼센트", "percent: 19 %"),
    ],
)
def test_a_number_is_read_with_its_unit(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [normal]


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "fünf Tage", "P5D"),
        ("de", "zwei Wochen", "P14D"),
        ("de", "eine Woche", "P7D"),
        ("de", "14-tägig", "P14D"),
        ("de", "5 Werktage", "P5BD"),
        ("de", "eine halbe Stunde", "PT30M"),
        ("en", "30 days", "P30D"),
        ("en", "3 business days", "P3BD"),
        ("en", "five (5) business days", "P5BD"),
        ("en", "a 24-month warranty", "P24M"),
        ("en", "2 years", "P24M"),
        ("en", "2 hours and 30 minutes", "PT2H30M"),
        ("en", "90 minutes", "PT1H30M"),
        ("en", "48 hours", "PT48H | P2D"),
        ("en", "2½ hours", "PT2H30M"),
        ("zh", "两周", "P14D"),
        ("zh", "3个月", "P3M"),
        ("zh", "3个工作日", "P3BD"),
        ("zh", "半小时", "PT30M"),
        ("zh", "十分钟", "PT10M"),
        ("ja", "3日間", "P3D"),
        ("ja", "3営業日以内", "P3BD"),
        ("ja", "2時間30分", "PT2H30M"),
        ("ja", "三日間", "P3D"),
        ("ja", "3ヶ月", "P3M"),
        ("ko", "2시간", "PT2H"),
        ("ko", "이틀", "P2D"),
        ("ko", "3일 이내", "P3D"),
        ("ko", "두 달", "P2M"),
        ("ko", "영업일 기준 3일이 걸립니다", "P3BD"),
    ],
)
def test_a_length_of_time_is_read_in_iso_8601(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [f"duration: {normal}"]


@pytest.mark.parametrize(
    ("language", "written", "normals"),
    [
        ("de", "3-5 Werktage", ["duration: P3BD", "duration: P5BD"]),
        ("de", "zwischen 10 und 20 €", ["amount: 10 EUR", "amount: 20 EUR"]),
        ("en", "3 to 5 days", ["duration: P3D", "duration: P5D"]),
        ("en", "€10–20", ["amount: 10 EUR", "amount: 20 EUR"]),
        ("en", "€10-€20", ["amount: 10 EUR", "amount: 20 EUR"]),
        ("en", "60x40 cm", ["number: 60 cm", "number: 40 cm"]),
        ("de", "ca. 2–4 Tage", ["duration: P2D", "duration: P4D"]),
        ("de", "2x 19,99 €", ["number: 2", "amount: 19.99 EUR"]),
        ("zh", "三四天", ["duration: P3D", "duration: P4D"]),
        ("ja", "500円〜1,000円", ["amount: 500 JPY", "amount: 1000 JPY"]),
        ("ko", "영업일 기준 3~5일", ["duration: P3BD", "duration: P5BD"]),
    ],
)
def test_a_range_is_two_values_of_one_unit(language: str, written: str, normals: list[str]) -> None:
    assert said(written, language) == normals


@pytest.mark.parametrize(
    ("language", "written", "normals"),
    [
        ("de", "2 bis 4 Werktage, in die Schweiz 3 bis 6", ["P2BD", "P4BD", "P3BD", "P6BD"]),
        ("en", "2 to 4 working days in Germany, 3 to 6 abroad", ["P2BD", "P4BD", "P3BD", "P6BD"]),
        ("ko", "독일은 영업일 기준 2~4일, 스위스는 3~6일", ["P2BD", "P4BD", "P3D | P3BD", "P6D | P6BD"]),
    ],
)
def test_a_second_range_keeps_the_unit_of_the_first(language: str, written: str, normals: list[str]) -> None:
    assert said(written, language) == [f"duration: {normal}" for normal in normals]


def test_a_range_in_another_sentence_has_no_unit() -> None:
    assert said("It takes 5 days. See pages 4 to 6.")[1:] == ["number: 4", "number: 6"]


@pytest.mark.parametrize(
    ("language", "written", "normal"),
    [
        ("de", "1.234", "number: 1234"),
        ("de", "1,234", "number: 1.234"),
        ("en", "1.234", "number: 1.234"),
        ("en", "1,234", "number: 1234"),
        ("de", "1,234 €", "amount: 1.234 EUR | 1234 EUR"),
        ("en", "49,90", "number: 49.9"),
        ("de", "49.90", "number: 49.9"),
    ],
)
def test_the_language_decides_what_a_separator_means(language: str, written: str, normal: str) -> None:
    assert said(written, language) == [normal]


@pytest.mark.parametrize(
    "written",
    [
        "1. First\n2. Second\n4. Fourth",
        "> 5) fifth",
        "12. twelfth",
        "one of the three items",
        "the 5th attempt",
        "Step 7: done",
        "24/7",
        "MP3 over A4 and 5G",
        "4️⃣ pay",
        "⑤ 支払う",
        "一个，第五个，十分感谢，千万不要",
        "좋은 하루 되세요",
        "3 of them",
    ],
)
def test_what_only_counts_lines_or_is_everyday_speech_is_free(written: str) -> None:
    assert said(written) == []


@pytest.mark.parametrize(
    "written",
    [
        "５０ €",
        "5\u200b0 €",
        "5\u00ad0 €",
        "\u200f50\u200e €",
        "𝟓𝟎 €",
        "⑤⓪ €",
        "⁵⁰ €",
        "٥٠ €",
        "5️⃣0️⃣ €",
        "5\u03360\u0336 €",
        "5\u00a00 €".replace("\u00a0", "\u2060"),
    ],
)
def test_no_sign_hides_an_amount(written: str) -> None:
    assert said(written) == ["amount: 50 EUR"]
