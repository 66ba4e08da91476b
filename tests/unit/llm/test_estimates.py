"""Estimates of tokens lie above what was ever reported, and come closer with every report."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Prompt, Said, Speaker, ToolAnswered, ToolOffer, ToolWish, Wished
from fondaco.llm.estimates import Estimator, widths
from tests.unit.llm.places_to_ask import a_target

TARGET = a_target()
ENGLISH = "The parcel left our warehouse yesterday and will arrive tomorrow morning. "
CHINESE = "您的包裹昨天已经从仓库发出，预计明天上午送达。"


def prompt(text: str, **more: object) -> Prompt:
    said = Said(by=Speaker.CONTACT, text="Where is my parcel?")
    return msgspec.structs.replace(Prompt(system=text, history=(said,)), **more)


def reported(tokens: int) -> Usage:
    return Usage(input=tokens, output=1)


def taught(text: str, ratio: float, times: int) -> tuple[Estimator, int]:
    """Return an estimator that was told so often that a prompt has so many times what it had guessed."""
    estimator = Estimator()
    true = round(estimator.expected_input(prompt(text), TARGET) * ratio)
    for _ in range(times):
        estimator.learn(prompt(text), TARGET, reported(true))
    return estimator, true


@given(st.text())
def test_every_sign_is_of_one_width(text: str) -> None:
    encoded = text.encode("utf-8", "surrogatepass")

    one, two, three, four = widths(encoded)

    assert one + two + three + four == len(text)
    assert one + 2 * two + 3 * three + 4 * four == len(encoded)


# Forty times the text, counted by toktok-rs 0.3.0 with OpenAI's vocabularies cl100k_base and o200k_base.
@pytest.mark.parametrize(
    ("text", "dearer", "cheaper"),
    [
        (ENGLISH, 481, 481),
        (CHINESE, 1_040, 760),
        ("Ваш заказ отправлен со склада вчера вечером и прибудет завтра утром. ", 1_161, 601),
        ("お客様の荷物は昨日倉庫から出荷され、明日の午前中に到着する予定です。", 1_560, 1_080),
        ("고객님의 상품은 어제 창고에서 출고되었으며 내일 오전에 도착할 예정입니다.", 1_640, 1_000),
    ],
)
def test_the_first_upper_estimate_is_enough_for_either_vocabulary(
    text: str, dearer: int, cheaper: int
) -> None:
    upper = Estimator().upper_input(prompt(text * 40), TARGET)

    assert upper >= dearer >= cheaper


def test_an_unknown_model_is_estimated_with_a_margin() -> None:
    estimator = Estimator()

    assert estimator.upper_input(prompt(ENGLISH * 40), TARGET) > 1.5 * estimator.expected_input(
        prompt(ENGLISH * 40), TARGET
    )


@pytest.mark.parametrize("ratio", [0.5, 0.9, 1.0, 1.3, 2.5])
def test_reports_bring_the_estimate_to_what_is_true(ratio: float) -> None:
    estimator, true = taught(ENGLISH * 40, ratio, 30)

    assert estimator.expected_input(prompt(ENGLISH * 40), TARGET) == pytest.approx(true, rel=0.02)
    assert true < estimator.upper_input(prompt(ENGLISH * 40), TARGET)


def test_a_text_has_no_more_tokens_than_its_upper_estimate_or_its_bytes() -> None:
    estimator, text = Estimator(), ENGLISH * 5

    assert estimator.upper(text, TARGET) > 1.6 * estimator.expected(text, TARGET)
    assert estimator.upper("您好", TARGET) == 6
    assert estimator.upper("", TARGET) == 0


def test_the_upper_estimate_comes_down_slowly_and_goes_up_at_once() -> None:
    few, true = taught(ENGLISH * 40, 0.8, 1)
    many, _ = taught(ENGLISH * 40, 0.8, 200)
    before = many.upper_input(prompt(ENGLISH * 40), TARGET)

    many.learn(prompt(ENGLISH * 40), TARGET, reported(3 * true))

    assert few.upper_input(prompt(ENGLISH * 40), TARGET) > before
    assert before < 1.25 * true
    assert many.upper_input(prompt(ENGLISH * 40), TARGET) > 3 * true


@given(st.lists(st.floats(0.3, 5.0), min_size=1, max_size=40), st.integers(200, 4_000))
def test_the_upper_estimate_is_never_below_the_last_report(ratios: list[float], length: int) -> None:
    estimator, text = Estimator(), "é" * length
    guess = Estimator().expected_input(prompt(text), TARGET)

    for ratio in ratios:
        estimator.learn(prompt(text), TARGET, reported(min(int(guess * ratio), 2 * length)))

    assert estimator.upper_input(prompt(text), TARGET) >= min(int(guess * ratios[-1]), 2 * length)


def test_no_estimate_is_above_the_bytes_that_are_sent() -> None:
    estimator, _ = taught(ENGLISH * 40, 6.0, 5)

    upper = estimator.upper_input(prompt("x"), TARGET)

    assert upper < 200


@given(st.integers(1, 30))
def test_a_longer_prompt_is_never_estimated_shorter(count: int) -> None:
    estimator = Estimator()

    sizes = [estimator.upper_input(prompt(CHINESE * times), TARGET) for times in range(count + 1)]

    assert all(shorter <= longer for shorter, longer in pairwise(sizes))


def test_models_are_learnt_one_by_one() -> None:
    estimator, _ = taught(ENGLISH * 40, 2.0, 20)
    other = a_target("gpt-4.1", provider="relay")

    assert estimator.expected(ENGLISH, other) == Estimator().expected(ENGLISH, other)
    assert estimator.expected(ENGLISH, TARGET) > estimator.expected(ENGLISH, other)


def test_tools_and_their_calls_count_too() -> None:
    estimator = Estimator()
    offer = ToolOffer(name="find_order", description=ENGLISH, parameters={"type": "object"})
    wished = Wished(wishes=(ToolWish(id="w1", name="find_order", arguments='{"number": "RB-1"}'),))
    answered = ToolAnswered(wish_id="w1", name="find_order", content=ENGLISH * 5)

    alone = estimator.upper_input(prompt(ENGLISH), TARGET)
    offering = estimator.upper_input(prompt(ENGLISH, tools=(offer,)), TARGET)
    called = estimator.upper_input(prompt(ENGLISH, history=(wished, answered)), TARGET)

    assert alone + 20 < offering < called


@pytest.mark.parametrize(("tokens", "text"), [(0, ENGLISH * 40), (5_000, "Hi")])
def test_a_report_that_tells_nothing_changes_nothing(tokens: int, text: str) -> None:
    estimator = Estimator()
    short = Prompt(system=text, history=())

    estimator.learn(short, TARGET, reported(tokens))

    assert estimator.expected(ENGLISH, TARGET) == Estimator().expected(ENGLISH, TARGET)


def test_an_absurd_report_does_no_lasting_harm() -> None:
    estimator, true = taught(ENGLISH * 40, 1.0, 20)
    estimator.learn(prompt(ENGLISH * 40), TARGET, reported(10**9))

    for _ in range(200):
        estimator.learn(prompt(ENGLISH * 40), TARGET, reported(true))

    assert estimator.upper_input(prompt(ENGLISH * 40), TARGET) < 1.3 * true


def test_only_the_latest_models_are_remembered() -> None:
    estimator, _ = taught(ENGLISH * 40, 2.0, 20)

    for number in range(256):
        estimator.learn(prompt(ENGLISH * 40), a_target(f"m{number}"), reported(1_000))

    assert estimator.expected(ENGLISH, TARGET) == Estimator().expected(ENGLISH, TARGET)


def test_nothing_has_no_tokens() -> None:
    assert Estimator().expected("", TARGET) == 0
    assert Estimator().expected("a", TARGET) == 1
