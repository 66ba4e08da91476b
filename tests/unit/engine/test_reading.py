"""Values of parameters, read out of what people write."""

from __future__ import annotations

import pytest

from fondaco.domain.tools import Parameter, ParameterSource
from fondaco.engine.local.reading import read_values, several, without_values
from tests.scenario.turns_house import ORDER_NUMBER, PROOF

BOTH = (ORDER_NUMBER, PROOF)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RI-10482", {"order_number": "RI-10482"}),
        ("ri-10482, 10115", {"order_number": "RI-10482", "proof": "10115"}),
        ("10115 RI-10482", {"order_number": "RI-10482", "proof": "10115"}),
        ("ＲＩ－１０４８２ １０１１５", {"order_number": "RI-10482", "proof": "10115"}),
        ("我的订单RI-10482到哪里了", {"order_number": "RI-10482"}),
        ("注文番号はRI-10482です。郵便番号は10115です", {"order_number": "RI-10482", "proof": "10115"}),
        ("주문RI-10482은", {"order_number": "RI-10482"}),
        ("RI-104821", {}),
        ("nothing", {}),
        ("", {}),
    ],
)
def test_values_are_found_in_any_script_and_width(text: str, found: dict[str, str]) -> None:
    assert read_values(text, BOTH) == found


def test_the_digits_of_an_order_number_are_no_postcode() -> None:
    assert read_values("Where is RI-10482?", BOTH) == {"order_number": "RI-10482"}


@pytest.mark.parametrize("source", [ParameterSource.SERVER, ParameterSource.TEXT])
def test_what_the_server_binds_is_never_read(source: ParameterSource) -> None:
    bound = Parameter(name="subject", source=source, pattern=r"\w+", server_value="subject")

    assert read_values("mira", (bound,)) == {}


def test_the_question_is_what_is_left_without_the_values() -> None:
    assert without_values("Where is RI-10482 (10115)?", BOTH) == "Where is ( )?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RI-10482 and RI-10264, 10115", {"order_number": "RI-10482", "proof": "10115"}),
        ("10115 for RI-10482 and RI-10264", {"order_number": "RI-10482", "proof": "10115"}),
        ("RI-10482、RI-10264、RI-10300", {"order_number": "RI-10482"}),
    ],
)
def test_the_digits_of_a_second_order_number_are_no_postcode(text: str, found: dict[str, str]) -> None:
    assert read_values(text, BOTH) == found


def test_two_parameters_of_one_form_each_have_a_value() -> None:
    ends = (Parameter(name="old", pattern=r"\d{5}"), Parameter(name="new", pattern=r"\d{5}"))

    assert read_values("from 10115 to 20095", ends) == {"old": "10115", "new": "20095"}


@pytest.mark.parametrize(
    ("text", "is_several"),
    [("RI-10482 and ri-10264", True), ("RI-10482, I said RI-10482", False), ("RI-10482", False), ("", False)],
)
def test_several_values_are_different_ones(text: str, is_several: bool) -> None:
    assert several(text, ORDER_NUMBER) is is_several


def test_what_has_no_pattern_is_never_given_several_times() -> None:
    assert not several("anything at all", Parameter(name="message", source=ParameterSource.TEXT))
