"""Who is rarely asked never fills the window: so many failures one after another open it too."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.kit.breaker import Breaker, Mode, Phase, Refusal
from tests.unit.kit.test_breaker import RULES, fail, let_through, succeed


def rarely_asked() -> Breaker:
    """Return a breaker whose window never holds enough, and that opens after three failures in a row."""
    return Breaker(msgspec.structs.replace(RULES, in_a_row=3))


def fail_every_minute(breaker: Breaker, times: int, since_ms: int = 0) -> None:
    for number in range(times):
        fail(breaker, since_ms + number * 60_000)


def test_failures_in_a_row_open_it_however_far_apart() -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 2)
    assert breaker.phase(60_000) is Phase.CLOSED

    fail(breaker, 7_200_000)

    assert breaker.admit(7_200_000, 0.0) == Refusal(Phase.OPEN, 7_201_000)
    assert breaker.why == "it is down"


@pytest.mark.parametrize("slow", [False, True])
def test_an_answer_breaks_the_row_even_a_slow_one(*, slow: bool) -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 2)
    succeed(breaker, 120_000, slow=slow)

    fail_every_minute(breaker, 2, since_ms=180_000)

    assert breaker.phase(240_000) is Phase.CLOSED


def test_a_cancelled_attempt_neither_breaks_the_row_nor_belongs_to_it() -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 2)
    breaker.cancelled(let_through(breaker, 120_000))
    before = breaker.phase(120_000)

    fail(breaker, 180_000)

    assert (before, breaker.phase(180_000)) == (Phase.CLOSED, Phase.OPEN)


def test_where_the_window_holds_enough_its_shares_decide_and_no_row_does() -> None:
    breaker = rarely_asked()
    succeed(breaker, 0, 5)

    fail(breaker, 0, 3)

    assert breaker.phase(0) is Phase.CLOSED


def test_a_row_that_began_among_many_attempts_goes_on_when_they_have_left_the_window() -> None:
    breaker = rarely_asked()
    succeed(breaker, 0, 5)
    fail(breaker, 0, 3)

    fail(breaker, 60_000)

    assert breaker.phase(60_000) is Phase.OPEN


def test_without_a_row_failures_far_apart_open_nothing() -> None:
    breaker = Breaker(RULES)

    fail_every_minute(breaker, 50)

    assert breaker.phase(50 * 60_000) is Phase.CLOSED


def test_what_a_row_opened_is_probed_again_and_left_alone_for_longer_where_that_fails() -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 3)

    fail(breaker, 121_000)

    assert breaker.admit(122_999, 0.0) == Refusal(Phase.OPEN, 123_000)


def test_the_row_begins_afresh_after_it_was_open() -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 3)
    succeed(breaker, 121_000, 2)

    fail_every_minute(breaker, 2, since_ms=180_000)

    assert breaker.phase(240_000) is Phase.CLOSED


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.CLOSED])
def test_the_row_begins_afresh_once_somebody_has_decided(mode: Mode) -> None:
    breaker = rarely_asked()
    fail_every_minute(breaker, 2)
    breaker.force(mode, 70_000)
    breaker.force(Mode.AUTO, 80_000)

    fail_every_minute(breaker, 2, since_ms=120_000)

    assert breaker.phase(180_000) is Phase.CLOSED


def test_late_failures_of_attempts_begun_before_it_opened_make_no_row() -> None:
    breaker = rarely_asked()
    stale = [let_through(breaker, 0) for _ in range(3)]
    fail(breaker, 0, 3)
    succeed(breaker, 1_000, 2)

    breaker.failed(stale[0], 60_000)
    breaker.failed(stale[1], 60_000)
    breaker.failed(stale[2], 60_000)

    assert breaker.phase(60_000) is Phase.CLOSED
