"""Nothing unproven leaves: the guard reads the finished text anew."""

from __future__ import annotations

import re
from datetime import date

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.engine.draft import Draft, Source
from fondaco.engine.guard import judge
from fondaco.engine.phrasebook import phrases
from fondaco.engine.slots import fill
from fondaco.kit.language import Language
from tests.scenario.turns_house import BODIES, ORDER, tools

SPECS = {name: tool.spec for name, tool in tools().items()}


def call(result: dict[str, object], name: str = "call_1") -> ToolCall:
    return ToolCall(
        id=CallId(name),
        tool="order",
        arguments={},
        effect=Effect.READ,
        idempotency_key="key",
        state=CallState.DONE,
        result=result,
    )


def draft_of(language: Language, result: dict[str, object]) -> Draft:
    made = call(result)
    text, slots = fill(BODIES[language], {"order": made}, SPECS, language)
    return Draft(
        text=text,
        language=language,
        slots=slots,
        sources=(Source(article_id="art_1", text=BODIES[language]),),
        calls=(made,),
    )


def said(text: str, *sources: str, language: Language = Language.EN) -> Draft:
    return Draft(
        text=text,
        language=language,
        sources=tuple(Source(article_id=f"art_{number}", text=one) for number, one in enumerate(sources)),
    )


@pytest.mark.parametrize("language", Language)
def test_a_filled_text_passes_with_evidence_for_all_its_values(language: Language) -> None:
    verdict = judge(draft_of(language, dict(ORDER)))

    assert verdict.findings == ()
    assert {one.field for one in verdict.evidence} == {
        "order_number",
        "state",
        "due_on",
        "items",
        "total",
        "body",
    }


@st.composite
def orders(draw: st.DrawFn) -> dict[str, object]:
    day = draw(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
    return {
        "order_number": f"RI-{draw(st.integers(10_000, 99_999))}",
        "state": "on_its_way",
        "due_on": day.isoformat(),
        "total": {
            "amount_minor": draw(st.integers(-9_999_999, 9_999_999)),
            "currency": draw(st.sampled_from(["EUR", "JPY", "CNY", "KWD"])),
        },
        "items": draw(st.integers(0, 99_999)),
    }


@given(orders(), st.sampled_from(Language), st.data())
def test_no_digit_of_a_filled_text_can_be_changed(
    order: dict[str, object], language: Language, data: st.DataObject
) -> None:
    draft = draft_of(language, order)
    places = [match.start() for match in re.finditer(r"\d", draft.text)]
    place, digit = data.draw(st.sampled_from(places)), data.draw(st.sampled_from("0123456789"))
    planted = f"{draft.text[:place]}{digit}{draft.text[place + 1 :]}"
    # Another value of the same order in this place would be proven, if not meant.
    assume(not _numbers(planted) <= _numbers(draft.text))

    verdict = judge(msgspec.structs.replace(draft, text=planted))

    assert not verdict.passed


@given(orders(), st.sampled_from(Language), st.data())
def test_no_digit_can_be_added_to_a_filled_text(
    order: dict[str, object], language: Language, data: st.DataObject
) -> None:
    draft = draft_of(language, order)
    places = [match.start() for match in re.finditer(r"(?<=\d)|(?=\d)", draft.text)]
    place, digit = data.draw(st.sampled_from(places)), data.draw(st.sampled_from("0123456789"))
    planted = f"{draft.text[:place]}{digit}{draft.text[place:]}"
    assume(digit != "0" or draft.text[:place][-1:].isdigit())  # the 01st of a month is its 1st
    assume(not _numbers(planted) <= _numbers(draft.text))

    verdict = judge(msgspec.structs.replace(draft, text=planted))

    assert not verdict.passed


@pytest.mark.parametrize(
    "text",
    [
        "We have 55 in stock.",
        "We have 15 in stock.",
        "We have 5.5 in stock.",
        "We have 5 in stock, order 7.",
        "It costs 30.",
        "We have ５５ in stock.",
        "We have ⑤⑤ in stock.",
        "We have ٥٥ in stock.",
    ],
)
def test_a_proven_number_proves_no_longer_one(text: str) -> None:
    stated = Evidence(written="5", value="5", source=EvidenceSource.SHOP, reference="stock")
    draft = msgspec.structs.replace(said(text, "It costs 14,30 €."), stated=(stated,))

    assert not judge(draft).passed


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Send it back within 30 days.", "You have 30 days."),
        ("Ruft uns an: 030 12345-67.", "Telefon 030 12345-67, werktags."),
        ("We answer within 24/7 hours.", "We are there 24/7."),
    ],
)
def test_what_stands_in_a_cited_article_is_proven(text: str, source: str) -> None:
    verdict = judge(said(text, source, language=Language.EN))

    assert [finding for finding in verdict.findings if "stands in no" in finding] == []


def test_a_slot_that_was_not_filled_is_found() -> None:
    assert "{order.state} was not filled" in judge(said("It is {order.state}.")).findings


@pytest.mark.parametrize(
    "text",
    [
        "<articles>\nReturns are free.\n</articles>",
        '<tool_call>{"name": "order"}</tool_call>',
        "<|im_start|>assistant",
        "[TOOL_CALLS] order",
        '{"name": "order", "arguments": {}}',
        "<think>The person wants a refund.</think> Returns are free.",
        "<function=order> Returns are free.",
    ],
)
def test_the_markup_of_a_model_is_found(text: str) -> None:
    verdict = judge(Draft(text=text, language=Language.EN))

    assert [finding for finding in verdict.findings if "markup of a model" in finding or "data" in finding]


@pytest.mark.parametrize(
    "text", ["Returns are free <3", "Is it 2 < 3 and 3 > 2?", "Reply with [yes] or (no)."]
)
def test_brackets_that_people_write_are_no_markup(text: str) -> None:
    verdict = judge(Draft(text=text, language=Language.EN))

    assert verdict.findings == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ihre Bestellung ist leider noch nicht angekommen.", Language.EN),
        ("Your order has not arrived yet, I am sorry.", Language.KO),
        ("您的订单还没有送达，非常抱歉。", Language.JA),
    ],
)
def test_a_text_in_another_language_is_found(text: str, language: Language) -> None:
    assert f"the text is not in {language.value}" in judge(said(text, language=language)).findings


@pytest.mark.parametrize(
    "calls",
    [
        (),
        (call(dict(ORDER), "call_2"),),
        (call({}),),
        (call({**ORDER, "items": 3}),),
        (msgspec.structs.replace(call(dict(ORDER)), state=CallState.FAILED),),
    ],
)
def test_a_slot_that_no_result_bears_out_is_found(calls: tuple[ToolCall, ...]) -> None:
    draft = msgspec.structs.replace(draft_of(Language.EN, dict(ORDER)), calls=calls)

    verdict = judge(draft)

    assert any("has no such result" in finding for finding in verdict.findings)


@pytest.mark.parametrize("language", Language)
def test_the_assistants_own_sentences_pass(language: Language) -> None:
    filled = {"promised", "opens", "tries_left", "name", "title", "amount", "currency", "hours", "minutes"}
    filled |= {"sent_to"}
    stated = Evidence(written="10:30", value="", source=EvidenceSource.SHOP, reference="workspace.hours")
    sentences = phrases(language)
    texts = {key: sentences.say(key, **dict.fromkeys(filled, "10:30")) for key in sentences.sentences}

    findings = {
        key: judge(Draft(text=text, language=language, stated=(stated,), stored=True)).findings
        for key, text in texts.items()
    }

    assert {key: found for key, found in findings.items() if found} == {}


def test_all_languages_have_the_same_sentences() -> None:
    keys = {language: set(phrases(language).sentences) for language in Language}

    assert set(map(frozenset, keys.values())) == {frozenset(keys[Language.EN])}


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text; a zero in front makes no other one."""
    return set(re.findall(r"\d[\d.,]*\d|\d", re.sub(r"(?<![\d.,])0+(?=\d)", "", text)))


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        ("You have 30 days.", True),
        ("We refund 20 euros.", True),
        ("You get 10 % off.", True),
        ("We refund 30 EUR.", False),
        ("We refund EUR 30.", False),
        ("You get 30 % off.", False),
        ("You get 20 percent off.", False),
        ("We refund 10 euros.", False),
    ],
)
def test_a_number_of_an_article_proves_no_money_and_no_share(said: str, *, passed: bool) -> None:
    source = Source(article_id="art_1", text="Within 30 days we refund 20 euros, and then there is 10 % off.")

    assert judge(Draft(text=said, language=Language.EN, sources=(source,))).passed is passed
