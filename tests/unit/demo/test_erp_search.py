from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.demo.erp.catalog import Product, catalog
from fondaco.demo.erp.search import ProductSearch

SEARCH = ProductSearch(catalog())


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("Habt ihr die Seladon-Teekannen noch auf Lager?", "TK-104"),
        ("Is the celadon teapot in stock?", "TK-104"),
        ("请问青瓷茶壶还有货吗？", "TK-104"),
        ("青磁の急須はまだありますか", "TK-104"),
        ("청자 찻주전자가 아직 있나요?", "TK-104"),
        ("청자찻주전자 재고 있어요?", "TK-104"),
        ("tk104有货吗", "TK-104"),
        ("Was kostet ＴＫ－１０４?", "TK-104"),
        ("Which is nicer, the LA 303 or the celadon teapot?", "LA-303"),
        ("I need two tea towels", "TX-408"),
        ("a bath towel please", "TX-404"),
        ("抹茶碗多少钱", "TK-102"),
        ("抹茶多少钱", "TE-108"),
        ("말차 다완 가격", "TK-102"),
        ("WOLLDECKE?", "TX-403"),
        ("Reise-Teesets", "TR-506"),
    ],
)
def test_the_longest_name_within_a_text_decides(text: str, sku: str) -> None:
    product = SEARCH.find(text)

    assert product is not None
    assert product.sku == sku


@pytest.mark.parametrize(
    "text", ["Where is my parcel?", "", "   ", "entdecken", "platelets", "TK-1040", "xTK-104", "退款"]
)
def test_a_text_about_nothing_on_sale_finds_nothing(text: str) -> None:
    product = SEARCH.find(text)

    assert product is None


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("Do you have the moon lantern?", "LA-301"),
        ("a lantern with the moon", "LA-301"),
        ("matcha bowls", "TK-102"),
        ("two bowls for matcha, please", "TK-102"),
        ("Is the camping lantern back?", "LA-307"),
        ("a lamp made of bamboo", "LA-303"),
        ("tea caddies", "TK-106"),
        ("striped towels", "TX-408"),
        ("silk scarves", "TX-402"),
        ("packing cube", "TR-505"),
        ("Mondlaterne", "LA-301"),
        ("Gibt es die Laterne mit Mond?", "LA-301"),
        ("Schalen für Matcha", "TK-102"),
        ("Handtücher", "TX-404"),
        ("Handtuecher", "TX-404"),
        ("Kissenbezüge", "TX-405"),
        ("eine Lampe aus Bambus", "LA-303"),
        ("Decke für den Tisch", "TX-401"),
        ("Schreibtischlampen", "LA-302"),
        ("月亮灯笼", "LA-301"),
        ("有没有黄铜灯？", "LA-302"),
        ("青瓷壶多少钱", "TK-104"),
        ("我想要乌木的抹茶碗", "TK-102"),
        ("真鍮のライト", "LA-302"),
        ("竹のランプはありますか", "LA-303"),
        ("月の提灯を二つ", "LA-301"),
        ("청자 주전자 있어요?", "TK-104"),
        ("황동 스탠드", "LA-302"),
        ("대나무 램프 얼마예요?", "LA-303"),
        ("몬순 우산들", "TR-507"),
    ],
)
def test_some_words_of_a_name_are_enough_in_any_order_and_number(text: str, sku: str) -> None:
    product = SEARCH.find(text)

    assert product is not None
    assert product.sku == sku


@pytest.mark.parametrize(
    "text",
    [
        "lamps",
        "Do you sell lanterns?",
        "paper",
        "tea",
        "a set of three",
        "Good morning, the moon is nice",
        "I paid by silk road",
        "last night my lamp broke",
        "Do you take paper. Lanterns are nice.",
        "Lampen",
        "Guten Morgen",
        "Papier",
        "Habt ihr Tee?",
        "die Kannen",
        "Was kostet die Reise?",
        "灯",
        "有茶吗",
        "纸",
        "早上好",
        "ランプ",
        "お茶",
        "おはようございます",
        "램프 있어요?",
        "차",
        "좋은 아침이에요",
    ],
)
def test_a_word_that_fits_several_products_or_only_describes_one_finds_nothing(text: str) -> None:
    product = SEARCH.find(text)

    assert product is None


@pytest.mark.parametrize("product", catalog(), ids=lambda product: product.sku)
def test_every_word_of_a_product_leads_to_it(product: Product) -> None:
    words = [product.sku, *product.names.values(), *product.aliases]

    found = {word: SEARCH.find(f"? {word}.") for word in words}

    assert found == dict.fromkeys(words, product)


@given(text=st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    product = SEARCH.find(text)

    assert product is None or product in catalog()
