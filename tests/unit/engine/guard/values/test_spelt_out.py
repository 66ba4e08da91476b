"""Amounts and addresses that are spelt out are values like any other."""

from __future__ import annotations

import pytest

from fondaco.engine.guard.links import links_in
from fondaco.engine.guard.values import read_values
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("You get back ⅭⅮⅬⅩⅩⅢ euros.", Language.EN, "473 EUR"),
        ("You get EUR CDLXXIII back.", Language.EN, "473 EUR"),
        ("Sie bekommen cdlxxiii Euro.", Language.DE, "473 EUR"),
        ("退还CDLXXIII欧元。", Language.ZH, "473 EUR"),
        ("CDLXXIIIユーロが戻ります。", Language.JA, "473 EUR"),
        ("CDLXXIII 유로를 돌려받습니다.", Language.KO, "473 EUR"),
        ("four thousand two hundred and fifty euros", Language.EN, "4250 EUR"),
        ("two thousand five hundred dollars", Language.EN, "2500 USD"),
        ("half a million dollars", Language.EN, "500000 USD"),
        ("zweitausendfünfhundert Euro", Language.DE, "2500 EUR"),
        ("tausendzweihundertfünfzig Euro", Language.DE, "1250 EUR"),
        ("eine Million Euro", Language.DE, "1000000 EUR"),
        ("退还肆佰柒拾叁欧元。", Language.ZH, "473 EUR"),
        ("弐百円", Language.JA, "200 JPY"),
    ],
)
def test_an_amount_in_roman_numerals_or_words_is_read(text: str, language: Language, amount: str) -> None:
    (value,) = read_values(text, language)

    assert (value.kind, value.readings) == (Kind.AMOUNT, (amount,))


@pytest.mark.parametrize("text", ["Size XL €29.90", "29.90 € XL", "M €29.90", "EUR 29.90 L"])
def test_a_size_beside_a_price_is_no_amount(text: str) -> None:
    (value,) = read_values(text, Language.EN)

    assert value.readings == ("29.9 EUR",)


@pytest.mark.parametrize("text", ["I euro, mix dollars, vi pounds", "Louis XIV", "CD oder DVD"])
def test_letters_that_could_be_roman_numerals_are_letters(text: str) -> None:
    assert read_values(text, Language.EN) == ()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("See evil dot example slash j.", "evil.example"),
        ("Siehe evil punkt de.", "evil.de"),
        ("evil [dot] com", "evil.com"),
        ("evil(punkt)shop", "evil.shop"),
        ("请访问 evil点com", "evil.com"),
        ("evil ドット com をご覧ください", "evil.com"),
        ("evil닷com 을 보세요", "evil.com"),
        ("evil . example", "evil.example"),
        ("evil dot top slash pay", "evil.top"),
    ],
)
def test_a_link_that_is_spelt_out_leads_where_it_says(text: str, host: str) -> None:
    assert [one.host for one in links_in(text)] == [host]


@pytest.mark.parametrize(
    "text",
    ["The polka dot shop.", "Der Punkt de facto.", "A dot. Example text.", "um 9点", "The red dot page."],
)
def test_a_mere_dot_is_no_link(text: str) -> None:
    assert links_in(text) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Write to max at firma dot com.", Language.EN),
        ("Schreiben Sie an max [ät] firma [punkt] com.", Language.DE),
        ("请写信到 max艾特firma点com", Language.ZH),
        ("max アットマーク firma ドット com まで", Language.JA),
        ("max골뱅이firma닷com 으로", Language.KO),
    ],
)
def test_an_address_of_e_mail_that_is_spelt_out_is_read(text: str, language: Language) -> None:
    (value,) = read_values(text, language)

    assert (value.kind, value.readings) == (Kind.EMAIL, ("max@firma.com",))
