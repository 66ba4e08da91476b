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


@pytest.mark.parametrize("product", catalog(), ids=lambda product: product.sku)
def test_every_word_of_a_product_leads_to_it(product: Product) -> None:
    words = [product.sku, *product.names.values(), *product.aliases]

    found = {word: SEARCH.find(f"? {word}.") for word in words}

    assert found == dict.fromkeys(words, product)


@given(text=st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    product = SEARCH.find(text)

    assert product is None or product in catalog()
