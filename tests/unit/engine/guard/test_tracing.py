"""Tracing: each value of a reply is proven by a fact, computed in one step, or reported."""

from __future__ import annotations

import pytest

from fondaco.domain.evidence import EvidenceSource
from fondaco.kit.language import Language
from tests.unit.engine.guard.shop import LAMP, call, known, traced

RIGHT = [
    (Language.DE, "Ihre Bestellung RI-10482 über 129,90 € kommt am 24. November 2026."),
    (Language.EN, "Your order RI-10482 for €129.90 arrives on 24 November 2026."),
    (Language.ZH, "您的订单RI-10482（€129.90）将于2026年11月24日送达。"),
    (Language.JA, "ご注文RI-10482（€129.90）は2026年11月24日に届きます。"),
    (Language.KO, "주문 RI-10482(€129.90)은 2026년 11월 24일에 도착합니다."),
]
WRONG = [
    (Language.DE, "Ihre Bestellung RI-10482 über 139,90 € kommt am 24. November 2026.", "139,90 €"),
    (Language.EN, "Your order RI-10482 for €129.90 arrives on 27 November 2026.", "27 November 2026"),
    (Language.ZH, "您的订单RI-10483（€129.90）将于2026年11月24日送达。", "RI-10483"),
    (Language.JA, "ご注文RI-10482（€129.90）は2026年11月29日に届きます。", "2026年11月29日"),
    (Language.KO, "주문 RI-10482(€126.90)은 2026년 11월 24일에 도착합니다.", "€126.90"),
]


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_values_of_a_tool_result_are_proven_in_each_language(language: Language, text: str) -> None:
    found = traced(text, known(), language)

    assert found.findings == ()
    assert [proof.value.written for proof in found.proofs if not proof.facts] == []
    assert len(found.evidence) >= 3


@pytest.mark.parametrize(("language", "text", "wrong"), WRONG)
def test_a_changed_value_is_found_in_each_language(language: Language, text: str, wrong: str) -> None:
    found = traced(text, known(), language)

    assert [text[one.begin : one.end] for one in found.findings] == [wrong]
    assert wrong in found.findings[0].text


def test_the_evidence_names_call_and_field() -> None:
    found = traced("It costs €99.90.", known())

    [evidence] = found.evidence

    assert (evidence.written, evidence.source) == ("€99.90", EvidenceSource.TOOL)
    assert (evidence.reference, evidence.field) == ("call_1", "items.0.price")


@pytest.mark.parametrize(
    "text",
    [
        "The lamp is €99.90 and the sofa €849, together €948.90.",
        "The sofa is €849, the lamp €99.90: a difference of €749.10.",
        "2 bulbs at €15 make €30.",
        "€99.90, €15 and €849 make €963.90.",
        "The lamp is €99.90 and the sofa €849, together €948.90, less €15 that is €933.90.",
    ],
)
def test_one_step_of_arithmetic_within_the_reply_is_allowed(text: str) -> None:
    found = traced(text, known())

    assert found.findings == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Together that is €948.90.", "€948.90"),
        ("The lamp is €99.90, together with the sofa €948.90.", "€948.90"),
        ("The lamp is €99.90 and the sofa €849, together €949.90.", "€949.90"),
        ("The lamp is €98.90 and the sofa €849, together €947.90.", "€98.90"),
    ],
)
def test_a_sum_needs_its_operands_in_the_reply_and_proven(text: str, wrong: str) -> None:
    found = traced(text, known())

    assert wrong in [text[one.begin : one.end] for one in found.findings]


def test_the_evidence_of_a_sum_shows_both_fields() -> None:
    found = traced("The lamp is €99.90 and the sofa €849, together €948.90.", known())

    assert found.evidence[-1].field == "items.0.price + total.amount_minor"


def test_the_contact_proves_what_the_contact_said() -> None:
    found = traced("You wrote that you paid €77.10.", known("I paid 77.10 EUR"))

    assert [one.source for one in found.evidence] == [EvidenceSource.CONTACT]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("The parcel with the number ending in 0385 is on its way.", 0),
        ("The parcel with the number ending in 0386 is on its way.", 1),
    ],
)
def test_the_end_of_a_number_is_proven_by_the_whole(text: str, findings: int) -> None:
    found = traced(text, known(calls=(call(1, LAMP),)))

    assert len(found.findings) == findings
