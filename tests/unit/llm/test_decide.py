"""Every class of failure in every situation that matters has one answer."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.llm.decide import Act, Decision, Situation, decide, wait_before_retry
from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.options import RetryOptions

OPTIONS = RetryOptions(attempts=3, base_ms=200, cap_ms=4_000, wait_at_most_ms=2_000)
FRACTION = 0.5

ALONE = Situation(attempt=1, left_ms=10_000, typical_ms=1_000, other_targets=False)
OTHERS = msgspec.structs.replace(ALONE, other_targets=True)
TIRED = msgspec.structs.replace(OTHERS, attempt=3)
TIRED_ALONE = msgspec.structs.replace(ALONE, attempt=3)
POOR = msgspec.structs.replace(OTHERS, retry_allowed=False)
LATE = msgspec.structs.replace(OTHERS, left_ms=1_000)
LATE_ALONE = msgspec.structs.replace(ALONE, left_ms=1_000)

RETRY, NEXT, STOP = Act.RETRY, Act.NEXT_TARGET, Act.GIVE_UP
SITUATIONS = (ALONE, OTHERS, TIRED, TIRED_ALONE, POOR, LATE, LATE_ALONE)
#: By class: what is done in each of the situations above, without a Retry-After.
TABLE = {
    FailureClass.NOT_SENT: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.BROKEN: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.INCOMPLETE: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.TOO_SLOW: (RETRY, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.OVERLOADED: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.RATE_LIMITED: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.QUOTA: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.CREDENTIAL: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.MODEL_GONE: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.TOO_LONG: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.REFUSED: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.OUR_FAULT: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.EMPTY: (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.OPEN_CIRCUIT: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.NO_ROOM: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
    FailureClass.NO_BUDGET: (STOP, NEXT, NEXT, STOP, NEXT, NEXT, STOP),
}
ROWS = [(kind, *row) for kind, acts in TABLE.items() for row in zip(SITUATIONS, acts, strict=True)]
SHORT_MS, LONG_MS, TOO_LONG_MS = 200, 3_000, 60_000
#: By class and wait: alone, and with other targets.
WAITS = {
    (FailureClass.OVERLOADED, SHORT_MS): (RETRY, RETRY),
    (FailureClass.OVERLOADED, LONG_MS): (RETRY, NEXT),
    (FailureClass.OVERLOADED, TOO_LONG_MS): (STOP, NEXT),
    (FailureClass.RATE_LIMITED, SHORT_MS): (RETRY, RETRY),
    (FailureClass.RATE_LIMITED, 500): (RETRY, NEXT),
    (FailureClass.RATE_LIMITED, LONG_MS): (RETRY, NEXT),
    (FailureClass.RATE_LIMITED, TOO_LONG_MS): (STOP, NEXT),
    (FailureClass.OPEN_CIRCUIT, SHORT_MS): (RETRY, RETRY),
    (FailureClass.OPEN_CIRCUIT, 500): (RETRY, NEXT),
    (FailureClass.OPEN_CIRCUIT, TOO_LONG_MS): (STOP, NEXT),
}


def a_failure(kind: FailureClass, retry_after_ms: int | None = None, *, forbidden: bool = False) -> Failure:
    return Failure(kind=kind, message="no", retry_after_ms=retry_after_ms, retry_forbidden=forbidden)


def decided(failure: Failure, situation: Situation) -> Decision:
    return decide(failure, situation, OPTIONS, FRACTION)


def test_the_table_names_every_class() -> None:
    assert set(TABLE) == set(FailureClass)


@pytest.mark.parametrize(("kind", "situation", "act"), ROWS)
def test_each_class_has_its_answer_in_each_situation(
    kind: FailureClass, situation: Situation, act: Act
) -> None:
    assert decided(a_failure(kind), situation).act is act


@pytest.mark.parametrize(("case", "acts"), WAITS.items())
def test_a_short_wait_is_waited_a_long_one_is_left_to_another(
    case: tuple[FailureClass, int], acts: tuple[Act, Act]
) -> None:
    failure = a_failure(*case)

    assert (decided(failure, ALONE).act, decided(failure, OTHERS).act) == acts


@pytest.mark.parametrize("kind", FailureClass)
def test_a_forbidden_retry_is_not_made(kind: FailureClass) -> None:
    failure = a_failure(kind, forbidden=True)

    assert (decided(failure, ALONE).act, decided(failure, OTHERS).act) == (STOP, NEXT)


@pytest.mark.parametrize("kind", FailureClass)
def test_words_that_cannot_be_taken_back_end_the_step(kind: FailureClass) -> None:
    shown = msgspec.structs.replace(OTHERS, released=True, replaceable=False)

    assert decided(a_failure(kind), shown).act is STOP


@pytest.mark.parametrize("kind", FailureClass)
def test_when_the_time_is_over_nothing_more_is_tried(kind: FailureClass) -> None:
    over = msgspec.structs.replace(OTHERS, left_ms=0)

    assert decided(a_failure(kind), over).act is STOP


@pytest.mark.parametrize(
    ("situation", "act"), list(zip(SITUATIONS, (RETRY, RETRY, NEXT, STOP, NEXT, NEXT, STOP), strict=True))
)
def test_nothing_is_known_against_a_target_that_we_did_not_listen_to(situation: Situation, act: Act) -> None:
    unheard = msgspec.structs.replace(a_failure(FailureClass.TOO_SLOW), ours=True)

    assert decided(unheard, situation).act is act


@pytest.mark.parametrize("kind", [FailureClass.BROKEN, FailureClass.TOO_SLOW])
def test_words_that_were_shown_are_taken_back_before_another_answer(kind: FailureClass) -> None:
    shown = msgspec.structs.replace(OTHERS, released=True)

    assert decided(a_failure(kind), shown).retract


def test_a_prompt_that_is_too_long_goes_only_where_more_fits() -> None:
    decision = decided(a_failure(FailureClass.TOO_LONG), OTHERS)

    assert (decision.act, decision.more_context) == (NEXT, True)


def test_a_second_model_that_declines_ends_it() -> None:
    twice = msgspec.structs.replace(OTHERS, refusals=2)

    assert decided(a_failure(FailureClass.REFUSED), twice).act is STOP


def test_an_empty_answer_is_asked_for_once_more_and_then_elsewhere() -> None:
    again = msgspec.structs.replace(OTHERS, attempt=2)
    failure = a_failure(FailureClass.EMPTY)

    first, second = decided(failure, OTHERS), decided(failure, again)

    assert (first.act, first.wait_ms, second.act) == (RETRY, 0, NEXT)


def test_an_open_tool_round_rather_waits_where_it_began() -> None:
    mid_round = msgspec.structs.replace(OTHERS, tool_round_open=True)
    acts = [decided(a_failure(FailureClass.RATE_LIMITED, wait), mid_round).act for wait in (1_000, LONG_MS)]

    assert acts == [RETRY, NEXT]


def test_an_open_breaker_is_waited_for_however_often_and_without_a_budget() -> None:
    situation = msgspec.structs.replace(ALONE, attempt=30, retry_allowed=False)

    decision = decided(a_failure(FailureClass.OPEN_CIRCUIT, 0), situation)

    assert (decision.act, decision.wait_ms) == (RETRY, 50 + 102)


@pytest.mark.parametrize(
    ("kind", "wait_ms", "first_left_ms", "act"),
    [
        (FailureClass.OPEN_CIRCUIT, 4_000, 7_000, RETRY),
        (FailureClass.OPEN_CIRCUIT, 4_000, 3_000, STOP),
        (FailureClass.OPEN_CIRCUIT, 0, -1, STOP),
        (FailureClass.RATE_LIMITED, 1_500, 1_000, STOP),
        (FailureClass.BROKEN, None, -20_000, RETRY),
    ],
)
def test_nobody_waits_for_first_words_beyond_their_deadline(
    kind: FailureClass, wait_ms: int | None, first_left_ms: int, act: Act
) -> None:
    situation = msgspec.structs.replace(ALONE, first_left_ms=first_left_ms)

    assert decided(a_failure(kind, wait_ms), situation).act is act


def test_the_wait_without_a_word_of_the_provider_doubles_up_to_its_cap() -> None:
    waits = [
        wait_before_retry(a_failure(FailureClass.BROKEN), attempt, OPTIONS, 0.999)
        for attempt in (1, 2, 3, 9, 10_000)
    ]

    assert waits == [199, 399, 799, 3_996, 3_996]


def test_the_reason_says_what_happened_and_what_is_done() -> None:
    decision = decided(a_failure(FailureClass.CREDENTIAL), ALONE)

    assert decision.reason == "credential: the key is refused; no other target is left"


@given(
    kind=st.sampled_from(FailureClass),
    retry_after_ms=st.none() | st.integers(0, 100_000),
    fraction=st.floats(0, 1, exclude_max=True),
    attempt=st.integers(1, 5),
    left_ms=st.integers(-10, 60_000),
    others=st.booleans(),
    allowed=st.booleans(),
)
def test_a_retry_obeys_the_provider_and_finishes_in_time(
    kind: FailureClass,
    retry_after_ms: int | None,
    fraction: float,
    attempt: int,
    left_ms: int,
    others: bool,
    allowed: bool,
) -> None:
    situation = Situation(
        attempt=attempt, left_ms=left_ms, typical_ms=1_000, other_targets=others, retry_allowed=allowed
    )

    decision = decide(a_failure(kind, retry_after_ms), situation, OPTIONS, fraction)

    assert decision.act is not RETRY or decision.wait_ms >= (retry_after_ms or 0)
    assert decision.act is not RETRY or decision.wait_ms + 1_000 < left_ms
    assert decision.act is not NEXT or others


def test_a_retry_at_the_time_that_a_limit_names_needs_no_budget() -> None:
    situation = msgspec.structs.replace(ALONE, retry_allowed=False)

    named = decide(a_failure(FailureClass.RATE_LIMITED, 400), situation, OPTIONS, 0.5)
    unnamed = decide(a_failure(FailureClass.RATE_LIMITED, None), situation, OPTIONS, 0.5)
    tired = decide(
        a_failure(FailureClass.RATE_LIMITED, 400),
        msgspec.structs.replace(TIRED_ALONE, retry_allowed=False),
        OPTIONS,
        0.5,
    )

    assert (named.act, unnamed.act, tired.act) == (RETRY, STOP, STOP)


def test_who_was_too_slow_is_not_asked_again_with_less_time() -> None:
    over = msgspec.structs.replace(ALONE, first_left_ms=-1.0)

    slow = decided(a_failure(FailureClass.TOO_SLOW), over)
    ours = decided(msgspec.structs.replace(a_failure(FailureClass.TOO_SLOW), ours=True), over)
    broken = decided(a_failure(FailureClass.BROKEN), over)

    assert (slow.act, ours.act, broken.act) == (STOP, RETRY, RETRY)
    assert "less time" in slow.reason


def test_the_cases_of_the_table_are_all_different() -> None:
    assert len({msgspec.json.encode(situation) for situation in SITUATIONS}) == len(SITUATIONS)
    assert len(ROWS) == len(list(product(FailureClass, SITUATIONS)))
