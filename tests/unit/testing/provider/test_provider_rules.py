"""The simulator's own rules: how it counts, draws, waits, plans and speaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.testing.provider.acts import slivers
from fondaco.testing.provider.draws import draw
from fondaco.testing.provider.faults import Fault, FaultRule, Plan, Planner, availability
from fondaco.testing.provider.latency import Spread
from fondaco.testing.provider.limits import Bucket, Limiter, Limits
from fondaco.testing.provider.presets import PRESETS
from fondaco.testing.provider.script import (
    Answer,
    Ask,
    Call,
    Line,
    Offered,
    Role,
    Rule,
    WireName,
    by_rules,
    clerk,
    recorded,
)
from fondaco.testing.provider.tokens import count, pieces_of, shares, within
from fondaco.testing.provider.trouble import Trouble

SCHEMA = b'{"type":"object","required":["order_number"]}'
STATUS = Offered(name="order_status", schema=SCHEMA)
HELLO = Answer(text="Hello")


def asked(*lines: Line | str, **rest: Any) -> Ask:
    said = tuple(Line(role=Role.USER, text=line) if isinstance(line, str) else line for line in lines)
    given_ = {"wire": WireName.OPENAI, "model": "m", "parts": ()} | rest
    return Ask(lines=said, **given_)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("你好", 2)])
def test_a_token_is_four_bytes(text: str, tokens: int) -> None:
    assert count(text) == tokens


@given(st.text(), st.integers(1, 50))
def test_pieces_lose_nothing_and_count_as_the_whole(text: str, tokens: int) -> None:
    pieces = pieces_of(text, tokens)

    assert "".join(pieces) == text
    assert sum(shares(pieces)) == count(text)


@given(st.text(), st.integers(0, 20))
def test_a_beginning_keeps_to_its_tokens(text: str, tokens: int) -> None:
    beginning = within(text, tokens)

    assert text.startswith(beginning)
    assert count(beginning) <= tokens


@given(st.binary(), st.integers(1, 50))
def test_slivers_lose_nothing(data: bytes, most: int) -> None:
    assert b"".join(slivers(data, most)) == data


def test_slivers_cut_inside_characters() -> None:
    assert slivers("a你b".encode(), 9) == [b"a\xe4", b"\xbd", b"\xa0b"]


@given(st.integers(0, 2**64), st.integers(0, 10**9), st.integers(0, 2_000))
def test_a_draw_is_a_fraction_and_the_same_again(seed: int, number: int, purpose: int) -> None:
    drawn = draw(seed, number, purpose)

    assert 0 <= drawn < 1
    assert drawn == draw(seed, number, purpose)


@pytest.mark.parametrize("purpose", [0, 1, 1_001])
def test_draws_are_even(purpose: int) -> None:
    drawn = sorted(draw(7, number, purpose) for number in range(10_000))

    assert abs(drawn[5_000] - 0.5) < 0.02
    assert abs(drawn[9_900] - 0.99) < 0.005


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_has_the_percentiles_it_was_fitted_to(name: str) -> None:
    spread = PRESETS[name].options.latency.first_token

    waits = sorted(spread.at(draw(7, number, 1_001)) for number in range(20_000))

    assert waits[10_000] == pytest.approx(spread.p50_ms, rel=0.03)
    assert waits[19_800] == pytest.approx(spread.p99_ms, rel=0.05)


def test_a_spread_of_one_value_never_varies() -> None:
    assert {Spread(p50_ms=47, p99_ms=47).at(fraction) for fraction in (0.0, 0.5, 0.999)} == {47}


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (FaultRule(fault=Fault.CUT), [1, 2, 3, 4, 5, 6]),
        (FaultRule(fault=Fault.CUT, first=2), [1, 2]),
        (FaultRule(fault=Fault.CUT, every=3), [3, 6]),
        (FaultRule(fault=Fault.CUT, share=0.0), []),
        (FaultRule(fault=Fault.CUT, from_seconds=3), [4, 5, 6]),
        (FaultRule(fault=Fault.CUT, until_seconds=2), [1, 2]),
        (FaultRule(fault=Fault.CUT, model="another"), []),
        (FaultRule(fault=Fault.CUT, wire=WireName.GEMINI), []),
        (FaultRule(fault=Fault.DRIP), []),
    ],
)
def test_a_rule_hits_whom_it_says(rule: FaultRule, hit: list[int]) -> None:
    planner = Planner(Plan(rules=(rule,)), seed=7, now_ms=0)

    chosen = {
        number: planner.choose(asked("Hi"), HELLO, number, (number - 1) * 1000) for number in range(1, 7)
    }

    assert [number for number, found in chosen.items() if found] == hit


def test_of_two_rules_the_first_that_hits_counts() -> None:
    rules = (FaultRule(fault=Fault.CUT, first=1), FaultRule(fault=Fault.RESET))
    planner = Planner(Plan(rules=rules), seed=7, now_ms=0)

    chosen = [planner.choose(asked("Hi"), HELLO, number, 0) for number in (1, 2)]

    assert [rule.fault for rule in chosen if rule] == [Fault.CUT, Fault.RESET]


def test_availability_is_the_share_of_answers() -> None:
    planner = Planner(availability(0.9), seed=7, now_ms=0)

    failed = [planner.choose(asked("Hi"), HELLO, number, 0) for number in range(10_000)]

    assert len([rule for rule in failed if rule]) == pytest.approx(1_000, rel=0.1)


def test_a_bucket_fills_up_steadily_and_not_beyond_its_brim() -> None:
    bucket = Bucket(60, now_ms=0)
    bucket.take(60, now_ms=0)

    assert bucket.wait_ms(10, now_ms=0) == 10_000
    assert (bucket.level(5_000), bucket.level(500_000)) == (5, 60)


def test_a_limit_by_the_second_saves_up_no_more_than_a_second() -> None:
    limiter = Limiter(Limits(requests_per_minute=600, saved_seconds=1))

    at_once = [limiter.admit("key", 1, now_ms=0) for _ in range(11)]

    assert at_once == [0] * 10 + [100]
    assert [limiter.admit("key", 1, now_ms=90_000) for _ in range(11)] == [0] * 10 + [100]


def test_who_is_refused_takes_nothing() -> None:
    limiter = Limiter(Limits(requests_per_minute=10, tokens_per_minute=60))
    limiter.admit("key", 60, now_ms=0)

    waits = [limiter.admit("key", 30, now_ms=0) for _ in range(20)]

    assert waits == [30_000] * 20
    assert limiter.admit("another key", 30, now_ms=0) == 0


def test_what_never_fits_is_admitted_when_the_bucket_is_full() -> None:
    limiter = Limiter(Limits(tokens_per_minute=60))

    assert limiter.admit("key", 1_000, now_ms=0) == 0
    assert limiter.admit("key", 1, now_ms=0) > 60_000


def test_the_clerk_calls_a_tool_for_a_number_and_tells_its_result() -> None:
    calling = clerk(asked("Where is RI-10482?", tools=(STATUS,)))
    telling = clerk(asked("Where is RI-10482?", Line(role=Role.TOOL, text="Sent."), tools=(STATUS,)))

    assert calling.calls == (Call(name="order_status", arguments='{"order_number":"RI-10482"}'),)
    assert telling.text == "The tool says: Sent."


def test_the_clerk_calls_nothing_that_needs_more_than_it_was_told() -> None:
    proof = Offered(name="prove", schema=b'{"required":["order_number","postcode"]}')

    short = clerk(asked("RI-10482", tools=(proof,)))
    long = clerk(asked("RI-10482", "My postcode is 20095.", tools=(proof,)))

    assert short.calls == ()
    assert [call.arguments for call in long.calls] == ['{"order_number":"RI-10482","postcode":"20095"}']


def given_articles(articles: str, question: str) -> str:
    return f"<articles>\n{articles}\n</articles>\n\n{question}"


FEES = "[Shipping]\nShipping is €4.90. It is free from €49.\n\n[Returns]\nYou may send it back."
BY_TOOL = "[Orders]\nWhat is true here is told by order_status: call it and answer from its result."
ASKED = "What does it cost?"


@pytest.mark.parametrize(
    ("articles", "question", "said"),
    [
        (FEES, ASKED, "Shipping is €4.90."),
        ("[Versand]\nAb 2026 kostet er 4,90 €", "Was kostet das?", "Ab 2026 kostet er 4,90 €"),
        ("[送料]\n送料は500円です。無料ではありません。", "送料は?", "送料は500円です。"),
        (f"{BY_TOOL}\n\n{FEES}", ASKED, "Shipping is €4.90."),
        (BY_TOOL, ASKED, "I am sorry, I found nothing about that."),
        ("nothing was found", ASKED, "I am sorry, I found nothing about that."),
        ("nothing was found", "Wie spät ist es bei euch?", "Dazu habe ich leider nichts gefunden."),
        ("nothing was found", "请问几点关门？", "抱歉，我没有找到相关信息。"),
        (
            "nothing was found",
            "営業時間を教えてください",
            "申し訳ございませんが、該当する情報が見つかりませんでした。",
        ),
        ("nothing was found", "영업시간이 어떻게 되나요?", "죄송합니다. 관련 정보를 찾지 못했습니다."),
    ],
)
def test_the_clerk_answers_with_the_first_sentence_that_it_is_given(
    articles: str, question: str, said: str
) -> None:
    assert clerk(asked(given_articles(articles, question))).text == said


def test_a_number_in_an_article_is_no_reason_to_look_anything_up() -> None:
    since = given_articles("[Since]\nWe are here since 1998.", "Since when?")

    assert clerk(asked(since, tools=(STATUS,))).text == "We are here since 1998."


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (
            '{"due_on":"24 November 2026","items":2,"_note":"old","gift":true}',
            "due on 24 November 2026, items 2",
        ),
        ('{"error":"Not proven who writes."}', "I am sorry, I found nothing about that."),
        ('{"lines":[]}', "I am sorry, I found nothing about that."),
        ("On its way.", "I am sorry, I found nothing about that."),
    ],
)
def test_of_what_a_shops_tool_tells_the_clerk_says_the_values(result: str, said: str) -> None:
    question = given_articles(BY_TOOL, "Where is my order RI-10482?")

    assert clerk(asked(question, Line(role=Role.TOOL, text=result), tools=(STATUS,))).text == said


def test_a_corrected_clerk_goes_back_to_the_question() -> None:
    again = asked(given_articles(FEES, ASKED), "Your answer was not sent: 1234 stands nowhere.")

    assert clerk(again).text == "Shipping is €4.90."


def test_rules_answer_in_their_order_and_fill_in_what_they_found() -> None:
    rules = (
        Rule(
            pattern=r"(?P<order>RI-\d+)",
            offered="order_status",
            call="order_status",
            arguments={"n": "{order}"},
        ),
        Rule(role=Role.USER, text="Which order?"),
    )
    script = by_rules(rules)

    assert [call.arguments for call in script(asked("RI-10482", tools=(STATUS,))).calls] == [
        '{"n":"RI-10482"}'
    ]
    assert script(asked("RI-10482")).text == "Which order?"


def test_a_recording_goes_by_how_often_the_assistant_has_spoken() -> None:
    script = recorded([Answer(text="first"), Answer(text="second")])
    spoken = Line(role=Role.ASSISTANT, text="first")

    assert [script(asked("Hi")).text, script(asked("Hi")).text] == ["first", "first"]
    assert script(asked("Hi", spoken, "And?")).text == "second"
    with pytest.raises(Trouble, match="ends after 2"):
        script(asked("Hi", spoken, spoken, "And?"))
