"""Mix-ups: what is true of one order is not said of another."""

from __future__ import annotations

import pytest

from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.mixups import find_mixups
from fondaco.engine.guard.records import Trait
from fondaco.kit.language import Language
from tests.unit.engine.guard.shop import LAMP, call, known, mixed_up, traced


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.DE, "Ihre Bestellung RI-10482 über 129,90 € kommt am 24. November 2026."),
        (Language.EN, "Your order RI-10517 for €849 arrives on 3 December 2026."),
        (Language.ZH, "您的订单RI-10482（€129.90）将于2026年11月24日送达。"),
        (Language.JA, "ご注文RI-10517（€849）は2026年12月3日に届きます。"),
        (Language.KO, "주문 RI-10482(€129.90)은 2026년 11월 24일에 도착합니다."),
    ],
)
def test_values_of_the_named_order_may_stand(language: Language, text: str) -> None:
    found = mixed_up(text, known(language=language), language)

    assert found == []


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        (Language.DE, "Ihre Bestellung RI-10482 kommt am 3. Dezember 2026.", "3. Dezember 2026"),
        (Language.EN, "Your order RI-10517 for €129.90 is being packed.", "€129.90"),
        (Language.ZH, "您的订单RI-10482将于2026年12月3日送达。", "2026年12月3日"),
        (Language.JA, "ご注文RI-10517は2026年11月24日に届きます。", "2026年11月24日"),
        (Language.KO, "주문 RI-10482은 2026년 12월 3일에 도착합니다.", "2026년 12월 3일"),
    ],
)
def test_a_true_value_of_another_order_is_found(language: Language, text: str, wrong: str) -> None:
    found = mixed_up(text, known(language=language), language)

    assert found == [wrong]


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        (Language.DE, "Die Arco Stehlampe kostet 15 €.", "15 €"),
        (Language.EN, "The Vintage Bulb costs €99.90.", "€99.90"),
        (Language.ZH, "Arco Stehlampe的价格是€15。", "€15"),
        (Language.JA, "Arco Stehlampeは€15です。", "€15"),
        (Language.KO, "Arco Stehlampe 가격은 €15입니다.", "€15"),
    ],
)
def test_things_are_told_by_their_names_too(language: Language, text: str, wrong: str) -> None:
    found = mixed_up(text, known(language=language), language)

    assert found == [wrong]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Your orders:\n\n1. **Order RI-10482**\n   - Total: €849\n\n2. **Order RI-10517**\n   - Total: €849",
         ["€849"]),
        ("### Order RI-10517\n\n- Arrival: 24 November 2026\n- Total: €849", ["24 November 2026"]),
        ("Order RI-10482 has been shipped. It arrives on 3 December 2026.", ["3 December 2026"]),
        ("Order RI-10482 has been shipped.\n\nIt arrives on 3 December 2026.", ["3 December 2026"]),
        ("| Order | Total |\n| --- | --- |\n| RI-10482 | €849.00 |\n| RI-10517 | €849.00 |", ["€849.00"]),
        ("- Order: RI-10482\n- Total: €849.00", ["€849.00"]),
    ],
)  # fmt: skip
def test_what_a_heading_or_the_text_before_names_holds_for_what_follows(text: str, wrong: list[str]) -> None:
    found = mixed_up(text, known())

    assert found == wrong


@pytest.mark.parametrize(
    "text",
    [
        "Orders:\n\n1. **Order RI-10482**\n   - Total: €129.90\n\n2. **Order RI-10517**\n   - Total: €849",
        "RI-10482 comes on 24 November 2026 and RI-10517 on 3 December 2026.",
        "Order RI-10482 is €129.90 and with RI-10517 for €849 you pay €978.90 in all.",
        "Order RI-10482: the lamp is €99.90, and with the sofa for €849 that makes €948.90.",
        "Both arrive between 24 November 2026 and 3 December 2026.",
        "Order RI-10482 holds the Arco Stehlampe for €99.90 and the Vintage Bulb for €15.",
        "You may return order RI-10482 within 30 days.",
    ],
)
def test_two_orders_sums_and_rules_raise_no_alarm(text: str) -> None:
    found = mixed_up(text, known("Is it true that I have 30 days?"))

    assert found == []


@pytest.mark.parametrize(
    "text",
    ["Order RI-10482 lies in parcel DE9902716643.", "- Order: RI-10482\n- Tracking number: DE9902716643"],
)
def test_either_of_two_ids_may_be_the_wrong_one(text: str) -> None:
    found = mixed_up(text, known())

    assert sorted(found) == ["DE9902716643", "RI-10482"]


VARIANTS = call(
    3,
    {
        "name": "Kite T-Shirt",
        "variants": {
            "90011": {"options": {"colour": "blue", "size": "medium"}, "price": 50.88},
            "90012": {"options": {"colour": "purple", "size": "large"}, "price": 49.67},
            "90013": {"options": {"colour": "red", "size": "small"}, "price": 46.85},
        },
    },
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1. Blue, medium: €50.88\n2. Purple, large: €49.67", []),
        ("1. Blue, medium: €49.67\n2. Red, small: €46.85", ["€49.67"]),
        ("- Colour: red\n- Size: small\n- Price: €50.88", ["€50.88"]),
        ("- Colour: red\n- Size: small\n- Price: €46.85", []),
    ],
)
def test_qualities_tell_which_variant_is_spoken_of(text: str, wrong: list[str]) -> None:
    found = mixed_up(text, known(calls=(VARIANTS,)))

    assert found == wrong


def test_the_conversation_tells_what_a_text_without_names_is_about() -> None:
    text, facts = "It arrives on 3 December 2026.", known()

    proofs = traced(text, facts).proofs

    assert find_mixups(text, proofs, facts) == ()
    assert len(find_mixups(text, proofs, facts, focus=[Trait("order", "RI10482")])) == 1


@pytest.mark.parametrize(
    ("language", "said", "text", "wrong"),
    [
        (Language.DE, "Kommt sie am 29. November?", "RI-10482 kommt am 29. November 2026.", 1),
        (Language.EN, "Will it come on 29 November?", "Yes, RI-10482 comes on 29 November 2026.", 1),
        (Language.ZH, "11月29日会到吗？", "订单RI-10482将于2026年11月29日送达。", 1),
        (Language.JA, "11月29日に届きますか？", "ご注文RI-10482は2026年11月29日に届きます。", 1),
        (Language.KO, "11월 29일에 오나요?", "주문 RI-10482은 2026년 11월 29일에 도착합니다.", 1),
        (Language.EN, "Will it come on 29 November?", "Should RI-10482 come on 29 November 2026?", 0),
        (Language.EN, "Will it come on 29 November?",
         "RI-10482 comes on 24 November 2026, not on 29 November 2026.", 0),
    ],
)  # fmt: skip
def test_the_contacts_words_do_not_outweigh_a_tool(
    language: Language, said: str, text: str, wrong: int
) -> None:
    facts = known(said, calls=(call(1, LAMP),), language=language)

    found = find_mixups(text, traced(text, facts, language).proofs, facts)

    assert traced(text, facts, language).findings == ()
    assert len(found) == wrong


def test_a_finding_says_whose_value_it_is() -> None:
    text, facts = "Your order RI-10482 arrives on 3 December 2026.", known()

    [finding] = find_mixups(text, traced(text, facts).proofs, facts)

    assert finding.text == "'3 December 2026' is true of order RI10517, but is said of order RI10482."


def test_nothing_known_is_nothing_mixed_up() -> None:
    found = mixed_up("Your order RI-10482 arrives on 3 December 2026.", Facts())

    assert found == []
