"""Ids, addresses and states, and where they stand in the text."""

from __future__ import annotations

import re

import pytest

from fondaco.domain.tools import ToolSpec
from fondaco.engine.guard.values import StateNames, read_values
from fondaco.kit.language import Language
from tests.unit.engine.guard.values.reads import SUNDAY, said

STATES = StateNames.of(
    [
        ToolSpec(
            name="shipment",
            description="",
            state_names={
                "state": {
                    "shipped": {"de": "versandt", "en": "shipped", "zh": "发货", "ja": "発送", "ko": "배송"},
                    "open": {"de": "in Bearbeitung", "en": "in progress"},
                },
                "refund": {"done": {"en": "in progress"}},
            },
        )
    ]
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("RI-10482", "RI10482"),
        ("ri10482", "RI10482"),
        ("#W2378156", "W2378156"),
        ("1Z999AA10123456784", "1Z999AA10123456784"),
        ("9083642334", "9083642334"),
        ("98101", "98101"),
        ("HAT001", "HAT001"),
        ("mia_li_3668", "MIALI3668"),
        ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("1234 5678 9012 3456", "1234567890123456"),
        ("注文RI-10482は", "RI10482"),
        ("2.4.1", "2.4.1"),
        ("Version 10.0.19045.2", "10.0.19045.2"),
        ("card ending in 1784", "…1784"),
        ("endet auf 1784", "…1784"),
        ("die letzten vier Ziffern: 1784", "…1784"),
        ("ending in **1784**", "…1784"),
        ("v2.0,", "V20"),
        ("•••• 1784", "…1784"),
        ("**** **** **** 1784", "…1784"),
        ("尾号1784", "…1784"),
        ("末尾が1784", "…1784"),
        ("1784で終わるカード", "…1784"),
        ("끝자리 1784", "…1784"),
    ],
)
def test_an_id_is_its_letters_and_digits(written: str, normal: str) -> None:
    assert said(written) == [f"id: {normal}"]


def test_an_id_of_the_merchant_is_read_as_a_whole() -> None:
    values = read_values("Order RI 10482.", Language.EN, ids=[re.compile(r"RI[- ]?\d{5}")])

    assert [(value.written, value.readings) for value in values] == [("RI 10482", ("RI10482",))]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("mail Info@Shop.Example.", "email: info@shop.example"),
        ("https://www.Shop.example/Returns/", "url: shop.example/Returns"),
        ("(see shop.example/returns)", "url: shop.example/returns"),
        ("https://shop.example/faqで確認", "url: shop.example/faq"),
        ("https://shop.example/faq，您可以", "url: shop.example/faq"),
        ("shop.example/a?order=10482", "url: shop.example/a?order=10482"),
        ("evil.xyz", "url: evil.xyz"),
        ("bit.ly/3Ab9", "url: bit.ly/3Ab9"),
        ("+49 30 1234567", "phone: +49301234567"),
        ("+49 (0)30 1234567", "phone: +49301234567"),
        ("(030) 123-4567", "phone: 0301234567"),
        ("090-1234-5678", "phone: 09012345678"),
        ("010-1234-5678", "phone: 01012345678"),
        ("1-800-555-0199", "phone: 18005550199"),
        ("Tel. 4001234567", "phone: 4001234567"),
    ],
)
def test_an_address_or_a_number_to_call_is_read(written: str, normal: str) -> None:
    assert said(written) == [normal]


@pytest.mark.parametrize("written", ["z.B. heute", "It ends.At last.", "e.g. this", "Dr.Who"])
def test_a_point_between_words_is_no_link(written: str) -> None:
    assert said(written, today=None) == []


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("It was shipped.", ["state: shipped"]),
        ("Die versandten Artikel", ["state: shipped"]),
        ("It has not been shipped.", ["state: !shipped"]),
        ("Noch nicht versandt", ["state: !shipped"]),
        ("尚未发货", ["state: !shipped"]),
        ("已发货", ["state: shipped"]),
        ("発送されていません", ["state: !shipped"]),
        ("배송되지 않았습니다", ["state: !shipped"]),
        ("It is in progress.", ["state: open | done"]),
        ("It will be shipped soon.", []),
        ("Sobald es versandt wird", []),
        ("unshipped goods", []),
    ],
)
def test_a_state_is_read_as_it_is_claimed(written: str, readings: list[str]) -> None:
    assert said(written, states=STATES) == readings


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Ｔｏｔａｌ ５０ €!", ["５０ €"]),
        ("①⑤日間です", ["①⑤日間"]),
        ("合計は三十元、明天", ["三十元", "明天"]),
        ("㈱ 5\u200b0 € bis morgen", ["5\u200b0 €", "morgen"]),
        ("İİ 50 €", ["50 €"]),
    ],
)
def test_a_value_points_into_the_text_as_it_was_given(text: str, written: list[str]) -> None:
    values = read_values(text, Language.DE, SUNDAY)

    assert [value.written for value in values] == written
    assert [text[value.begin : value.end] for value in values] == written
