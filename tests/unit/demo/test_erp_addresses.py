from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.demo.erp.addresses import Address, is_complete, read_address

COUNTRIES = ["DE", "AT", "CH", "NL", "GB", "IE", "CN", "JP", "KR"]


@pytest.mark.parametrize(
    ("country", "text", "street", "postcode", "city"),
    [
        ("DE", "Lindenstraße 5, 04109 Leipzig", "Lindenstraße 5", "04109", "Leipzig"),
        ("DE", "Lindenstraße 5\n04109 Leipzig\nDeutschland", "Lindenstraße 5", "04109", "Leipzig"),
        ("DE", "Hof 3, Lindenstr. 5b, 04109 Leipzig", "Hof 3, Lindenstr. 5b", "04109", "Leipzig"),
        ("AT", "Kirchengasse 9/2, 1070 Wien", "Kirchengasse 9/2", "1070", "Wien"),
        ("CH", "Seestrasse 41, 8001 Zürich", "Seestrasse 41", "8001", "Zürich"),
        ("NL", "Kerkstraat 18, 1012 ab Amsterdam", "Kerkstraat 18", "1012 AB", "Amsterdam"),
        ("GB", "22 Church Lane, London SW1A 1AA", "22 Church Lane", "SW1A 1AA", "London"),
        ("GB", "22 Church Lane, London, sw1a 1aa", "22 Church Lane", "SW1A 1AA", "London"),
        ("IE", "14 Abbey Road, Dublin, D02 X285", "14 Abbey Road", "D02 X285", "Dublin"),
        ("CN", "200040 上海市南京西路1266号", "南京西路1266号", "200040", "上海市"),
        ("CN", "上海市，南京西路1266号，200040", "南京西路1266号", "200040", "上海市"),
        ("JP", "〒530-0001 大阪市梅田2丁目4-9", "梅田2丁目4-9", "530-0001", "大阪市"),
        ("JP", "５３０－０００１ 大阪市 梅田２丁目４－９", "梅田2丁目4-9", "530-0001", "大阪市"),
        ("KR", "04524 서울 세종대로 110", "세종대로 110", "04524", "서울"),
    ],
)
def test_an_address_is_read_as_its_country_writes_it(
    country: str, text: str, street: str, postcode: str, city: str
) -> None:
    address = read_address(text, country)

    assert address == Address(street=street, postcode=postcode, city=city, country=country)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("DE", ""),
        ("DE", "Leipzig"),
        ("DE", "04109 Leipzig"),
        ("DE", "Lindenstraße 5, Leipzig"),
        ("DE", "Lindenstraße 5, 04109"),
        ("DE", "Lindenstraße, 04109 Leipzig"),
        ("GB", "SW1A 1AA"),
        ("JP", "大阪市梅田2丁目4-9"),
        ("KR", "04524"),
        ("DE", "Lindenstraße 5, 04109 Leipzig" * 10),
    ],
)
def test_what_a_parcel_would_not_find_is_no_address(country: str, text: str) -> None:
    assert read_address(text, country) is None


@pytest.mark.parametrize(
    ("country", "written"),
    [("DE", "Lindenstraße 5, 04109 Leipzig"), ("KR", "04524 서울 세종대로 110")],
)
def test_an_address_is_written_as_it_was_read(country: str, written: str) -> None:
    address = read_address(written, country)

    assert address is not None
    assert address.written == written


@given(text=st.text(max_size=80), country=st.sampled_from(COUNTRIES))
def test_any_text_is_a_complete_address_or_none(text: str, country: str) -> None:
    address = read_address(text, country)

    assert address is None or is_complete(address)
