"""What happened lately is counted, and what happened long ago is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kit.window import Totals, Window

SPAN_MS = 1_000


def test_attempts_failures_and_slow_answers_are_counted_apart() -> None:
    window = Window(SPAN_MS)

    window.add(0)
    window.add(50, failed=True)
    window.add(99, slow=True)

    totals = window.totals(100)
    assert totals == Totals(attempts=3, failures=1, slow=1)
    assert totals.failure_share == pytest.approx(1 / 3)
    assert totals.slow_share == pytest.approx(1 / 2)


def test_without_attempts_every_share_is_nothing() -> None:
    totals = Window(SPAN_MS).totals(5)

    assert (totals.failure_share, totals.slow_share) == (0.0, 0.0)


def test_what_is_older_than_the_span_is_forgotten_a_tenth_at_a_time() -> None:
    window = Window(SPAN_MS)
    window.add(0)
    window.add(100)

    counts = [window.totals(now_ms).attempts for now_ms in (999, 1_000, 1_100)]

    assert counts == [2, 1, 0]


def test_a_clock_that_goes_back_loses_nothing() -> None:
    window = Window(SPAN_MS)
    window.add(5_000)

    window.add(10, failed=True)

    assert window.totals(5_000) == Totals(attempts=2, failures=1)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=60))
def test_the_counts_are_those_of_the_buckets_in_the_span(happened: list[tuple[int, bool]]) -> None:
    ordered = sorted(happened)
    window = Window(SPAN_MS)
    for at_ms, failed in ordered:
        window.add(at_ms, failed=failed)

    totals = window.totals(10_000)

    recent = [failed for at_ms, failed in ordered if at_ms // 100 > 10_000 // 100 - 10]
    assert totals == Totals(attempts=len(recent), failures=sum(recent))
