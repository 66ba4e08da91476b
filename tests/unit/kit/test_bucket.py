"""A bucket fills up by the minute and believes the provider, as far as the operator allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kit.bucket import Bucket


def test_without_a_limit_there_is_always_enough() -> None:
    bucket = Bucket(0, 0)

    bucket.take(0, 10**9)

    assert bucket.wait_ms(0, 10**9) == 0.0


def test_what_was_taken_comes_back_with_the_minute() -> None:
    bucket = Bucket(600, 0)

    bucket.take(0, 600)

    assert [bucket.wait_ms(at_ms, 10) for at_ms in (0, 500, 1_000)] == [1_000, 500, 0.0]


def test_it_never_holds_more_than_the_limit() -> None:
    bucket = Bucket(600, 0)
    bucket.take(0, -100)

    assert bucket.level(3_600_000) == 600


def test_more_than_was_there_has_to_be_earned_back() -> None:
    bucket = Bucket(600, 0)

    bucket.take(0, 700)

    assert bucket.wait_ms(0, 1) == pytest.approx(10_100)


def test_a_limit_is_learnt() -> None:
    bucket = Bucket(0, 0)

    bucket.learn(0, 60, 59, 1_000)

    assert (bucket.capacity, bucket.level(0), bucket.wait_ms(0, 60)) == (60, 59, 1_000)


def test_what_others_used_under_the_same_key_is_learnt() -> None:
    bucket = Bucket(600, 0)

    bucket.learn(0, 600, 100, 50_000)

    assert bucket.level(0) == 100


def test_an_answer_that_comes_late_raises_nothing() -> None:
    bucket = Bucket(600, 0)
    bucket.take(0, 500)

    bucket.learn(0, 600, 590, 1_000)

    assert bucket.level(0) == 100


def test_the_operators_limit_is_not_exceeded() -> None:
    bucket = Bucket(60, 0)

    bucket.learn(0, 10_000, 0, 1_000)

    assert (bucket.capacity, bucket.wait_ms(0, 1)) == (60, 1_000)


def test_the_pace_of_a_daily_limit_is_learnt_from_its_reset() -> None:
    bucket = Bucket(0, 0)

    bucket.learn(0, 200, 0, 86_400_000)

    assert bucket.wait_ms(0, 1) == pytest.approx(432_000)


def test_a_reset_of_a_hardly_used_limit_says_nothing_of_the_pace() -> None:
    bucket = Bucket(0, 0)

    bucket.learn(0, 6_000, 5_999, 1_000)
    bucket.take(0, 5_999)

    assert bucket.wait_ms(0, 1) == pytest.approx(10)


def test_headers_without_a_limit_teach_nothing_unknown() -> None:
    bucket = Bucket(0, 0)

    bucket.learn(0, None, 3, 1_000)

    assert bucket.wait_ms(0, 100) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 400)), min_size=1, max_size=50),
)
def test_who_waits_as_told_never_takes_more_than_was_granted(calls: list[tuple[int, int]]) -> None:
    bucket, now_ms, taken = Bucket(600, 0), 0.0, 0
    for pause_ms, amount in calls:
        now_ms += pause_ms
        now_ms += bucket.wait_ms(now_ms, amount)
        bucket.take(now_ms, amount)
        taken += amount

    assert taken <= 600 + now_ms / 100 + 1


def test_what_is_configured_may_change_and_nothing_is_given_for_it() -> None:
    bucket = Bucket(600, 0)

    bucket.configure(0, 300)
    bucket.take(0, 300)
    bucket.configure(0, 600)

    assert bucket.level(0) == 0
    assert bucket.level(30_000) == 300


def test_a_provider_that_allows_less_is_believed_whatever_is_configured_later() -> None:
    bucket = Bucket(600, 0)
    bucket.learn(0, 200, None, None)

    bucket.configure(0, 300)

    assert bucket.capacity == 200
