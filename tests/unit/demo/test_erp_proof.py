from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.demo.erp.books import Books
from fondaco.demo.erp.generate import generate
from fondaco.demo.erp.proof import normal_order_number

BOOKS = Books(generate(today=date(2026, 3, 2)))


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("RI-10482", "10115"),
        ("ri 10482", " 1 0115 "),
        ("10482", "１０１１５"),
        ("#RI10482", "MIRA.HOFFMANN@EXAMPLE.COM"),
        ("ＲＩ－１０４８２", "mira.hoffmann＠example.com"),
        ("RI-10311", "530-0001"),
        ("RI-10311", "〒５３０－０００１"),
        ("RI-10311", "530ー0001"),
        ("RI-10311", "5300001"),
        ("RI-10404", "sw1a1aa"),
        ("RI-10404", "SW1A\u00a01AA"),
        ("RI-10390", "04524"),
        ("RI-10250", "200040\u200b"),
    ],
)
def test_a_proof_counts_however_it_is_typed(number: str, proof: str) -> None:
    order = BOOKS.proofs.identify(number, proof)

    assert order is not None
    assert order.order_number == normal_order_number(number)


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("RI-10482", "10116"),
        ("RI-10482", ""),
        ("RI-10482", "1011"),
        ("RI-10482", "harry.bennett@example.com"),
        ("RI-10404", "10115"),
        ("RI-99999", "10115"),
        ("", ""),
        ("RI-99999", "\0nobody's postcode"),
    ],
)
def test_a_wrong_proof_and_an_unknown_order_match_nothing(number: str, proof: str) -> None:
    order = BOOKS.proofs.identify(number, proof)

    assert order is None


@given(number=st.text(max_size=40), proof=st.text(max_size=80))
def test_made_up_text_identifies_nobody(number: str, proof: str) -> None:
    order = BOOKS.proofs.identify(number, proof + "!")

    assert order is None
