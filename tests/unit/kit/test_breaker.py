"""A breaker opens when it must, lets a few try, and comes back step by step."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.kit.breaker import Breaker, Mode, Permit, Phase, Refusal, Rules

RULES = Rules(
    window_ms=10_000,
    minimum=4,
    in_a_row=0,
    open_ms=1_000,
    open_cap_ms=3_000,
    probes=2,
    proofs=2,
    probe_ms=5_000,
    ramp_ms=1_000,
)


def let_through(breaker: Breaker, now_ms: int, fraction: float = 0.0) -> Permit:
    permit = breaker.admit(now_ms, fraction)
    assert isinstance(permit, Permit)
    return permit


def fail(breaker: Breaker, now_ms: int, times: int = 1, until_ms: int = 0) -> None:
    for _ in range(times):
        breaker.failed(let_through(breaker, now_ms), now_ms, until_ms=until_ms, why="it is down")


def succeed(breaker: Breaker, now_ms: int, times: int = 1, *, slow: bool = False) -> None:
    for _ in range(times):
        breaker.succeeded(let_through(breaker, now_ms), now_ms, slow=slow)


def opened(at_ms: int = 0) -> Breaker:
    """Return a breaker that opened at this time, for a second."""
    breaker = Breaker(RULES)
    fail(breaker, at_ms, 4)
    return breaker


def returning() -> Breaker:
    """Return a breaker that has been returning since 1,000."""
    breaker = opened()
    succeed(breaker, 1_000, 2)
    return breaker


def test_fewer_attempts_than_the_minimum_open_nothing() -> None:
    breaker = Breaker(RULES)

    fail(breaker, 0, 3)

    assert breaker.phase(0) is Phase.CLOSED


def test_it_opens_when_the_share_of_failures_is_reached() -> None:
    breaker = Breaker(RULES)
    succeed(breaker, 0, 2)

    fail(breaker, 0, 2)

    assert breaker.admit(0, 0.0) == Refusal(Phase.OPEN, 1_000)
    assert breaker.why == "it is down"


def test_failures_below_the_share_open_nothing() -> None:
    breaker = Breaker(RULES)
    succeed(breaker, 0, 5)

    fail(breaker, 0, 4)

    assert breaker.phase(0) is Phase.CLOSED


def test_failures_that_left_the_window_count_no_more() -> None:
    breaker = Breaker(RULES)
    fail(breaker, 0, 3)

    fail(breaker, 10_000)

    assert breaker.phase(10_000) is Phase.CLOSED


def test_it_opens_when_nearly_all_answers_begin_too_late() -> None:
    breaker = Breaker(RULES)

    succeed(breaker, 0, 4, slow=True)

    assert breaker.phase(0) is Phase.OPEN


def test_some_slow_answers_open_nothing() -> None:
    breaker = Breaker(RULES)
    succeed(breaker, 0, 2)

    succeed(breaker, 0, 7, slow=True)

    assert breaker.phase(0) is Phase.CLOSED


def test_one_failure_of_the_hard_kind_opens_at_once() -> None:
    breaker = Breaker(RULES)

    breaker.failed(let_through(breaker, 0), 0, until_ms=9_000, at_once=True)

    assert breaker.admit(8_999, 0.0) == Refusal(Phase.OPEN, 9_000)


def test_the_time_it_is_open_doubles_up_to_the_cap() -> None:
    breaker = opened()

    deadlines = [breaker.open_until_ms]
    for _ in range(3):
        fail(breaker, breaker.open_until_ms)
        deadlines.append(breaker.open_until_ms)

    assert deadlines == [1_000, 3_000, 6_000, 9_000]


def test_a_late_failure_that_names_a_time_keeps_it_open_for_so_long() -> None:
    breaker = Breaker(RULES)
    late = let_through(breaker, 0)
    fail(breaker, 0, 4)

    breaker.failed(late, 10, until_ms=7_000)

    assert breaker.open_until_ms == 7_000


def test_a_late_failure_never_shortens_the_time() -> None:
    breaker = Breaker(RULES)
    late = let_through(breaker, 0)
    fail(breaker, 0, 4)

    breaker.failed(late, 10, until_ms=500)

    assert breaker.open_until_ms == 1_000


def test_only_so_many_probes_are_under_way_at_a_time() -> None:
    breaker = opened()
    let_through(breaker, 1_000)
    let_through(breaker, 1_100)

    third = breaker.admit(1_200, 0.0)

    assert third == Refusal(Phase.PROBING, 6_000)


def test_a_cancelled_probe_gives_its_place_back() -> None:
    breaker = opened()
    let_through(breaker, 1_000)
    cancelled = let_through(breaker, 1_000)

    breaker.cancelled(cancelled)

    assert isinstance(breaker.admit(1_000, 0.0), Permit)


def test_a_lost_probe_gives_its_place_back_after_a_while() -> None:
    breaker = opened()
    let_through(breaker, 1_000)
    let_through(breaker, 1_000)

    later = breaker.admit(6_000, 0.0)

    assert isinstance(later, Permit)


def test_what_a_lost_probe_says_at_last_changes_nothing() -> None:
    breaker = opened()
    lost = let_through(breaker, 1_000)
    let_through(breaker, 6_000)

    breaker.failed(lost, 6_100)

    assert breaker.phase(6_100) is Phase.PROBING


def test_one_failed_probe_opens_it_again() -> None:
    breaker = opened()
    succeed(breaker, 1_000)

    fail(breaker, 1_000)

    assert breaker.admit(1_000, 0.0) == Refusal(Phase.OPEN, 3_000)


def test_probes_that_are_answered_too_slowly_open_it_again() -> None:
    breaker = opened()

    succeed(breaker, 1_000, 2, slow=True)

    assert (breaker.phase(1_000), breaker.why) == (Phase.OPEN, "it answers again, but too slowly")


def test_after_enough_good_probes_a_growing_part_returns() -> None:
    breaker = returning()

    early, half, late = (breaker.admit(now_ms, 0.5) for now_ms in (1_400, 1_501, 2_000))

    assert early == Refusal(Phase.RETURNING, 1_501)
    assert isinstance(half, Permit)
    assert isinstance(late, Permit)


def test_a_tenth_returns_at_once() -> None:
    breaker = returning()

    admitted = breaker.admit(1_000, 0.09)

    assert isinstance(admitted, Permit)


def test_who_is_returning_is_trusted_less() -> None:
    breaker = returning()

    fail(breaker, 1_100, 2)

    assert breaker.admit(1_100, 0.0) == Refusal(Phase.OPEN, 3_100)


def test_after_the_ramp_the_time_it_is_open_begins_anew() -> None:
    breaker = returning()

    fail(breaker, 2_000, 4)

    assert breaker.open_until_ms == 3_000


def test_what_began_before_it_opened_counts_for_nothing_afterwards() -> None:
    breaker = Breaker(RULES)
    early = [let_through(breaker, 0) for _ in range(6)]
    fail(breaker, 0, 4)
    succeed(breaker, 1_000, 2)

    breaker.succeeded(early.pop(), 1_500)
    for permit in early:
        breaker.failed(permit, 1_500)

    assert (breaker.phase(1_500), breaker.totals(1_500).attempts) == (Phase.RETURNING, 0)


def test_good_probes_before_a_bad_one_prove_nothing_afterwards() -> None:
    breaker = opened()
    succeed(breaker, 1_000)
    fail(breaker, 1_000)

    succeed(breaker, 3_000)

    assert breaker.phase(3_000) is Phase.PROBING


def test_forced_open_lets_nothing_through_until_somebody_says_so() -> None:
    breaker = Breaker(RULES)
    breaker.force(Mode.OPEN, 0)

    refused = breaker.admit(10**9, 0.0)
    breaker.force(Mode.AUTO, 10**9)

    assert refused == Refusal(Phase.CLOSED, None)
    assert isinstance(breaker.admit(10**9, 0.0), Permit)


def test_forced_closed_lets_everything_through_whatever_fails() -> None:
    breaker = opened()
    breaker.force(Mode.CLOSED, 10)

    fail(breaker, 20, 30)
    breaker.failed(let_through(breaker, 20), 20, at_once=True)

    assert isinstance(breaker.admit(20, 0.999), Permit)
    assert breaker.totals(20).failures == 31


def test_forced_closed_and_then_automatic_ends_an_opening() -> None:
    breaker = opened()
    breaker.force(Mode.CLOSED, 10)

    breaker.force(Mode.AUTO, 20)

    assert isinstance(breaker.admit(20, 0.999), Permit)


@pytest.mark.parametrize("probe", [True, False])
def test_a_permit_counts_once(probe: bool) -> None:
    breaker = opened() if probe else Breaker(RULES)
    permit = let_through(breaker, 1_000)
    breaker.cancelled(permit)

    breaker.cancelled(permit)

    assert breaker.totals(1_000).attempts == 0


def test_another_process_learns_of_an_opening() -> None:
    here, there = opened(), Breaker(RULES)

    there.adopt(here.snapshot())

    assert there.admit(999, 0.0) == Refusal(Phase.OPEN, 1_000)
    assert there.why == "it is down"


def test_another_process_returns_without_probes_of_its_own() -> None:
    here, there = opened(), opened()
    succeed(here, 1_000, 2)

    there.adopt(here.snapshot())

    assert there.phase(1_100) is Phase.RETURNING


def test_another_process_cannot_shorten_an_opening() -> None:
    here, there = opened(), opened(at_ms=500)
    here.force(Mode.CLOSED, 600)
    here.force(Mode.AUTO, 700)

    there.adopt(here.snapshot())

    assert there.admit(1_200, 0.0) == Refusal(Phase.OPEN, 1_500)


def test_a_new_opening_reaches_who_had_closed_the_last_one() -> None:
    here = Breaker(RULES)
    here.failed(let_through(here, 0), 0, until_ms=90_000, at_once=True)
    here.force(Mode.CLOSED, 10)
    here.force(Mode.AUTO, 20)
    there = Breaker(RULES)
    there.adopt(here.snapshot())
    fail(here, 30, 4)

    there.adopt(here.snapshot())

    assert there.phase(40) is Phase.OPEN


def test_what_began_before_another_process_opened_it_counts_for_nothing_either() -> None:
    there = Breaker(RULES)
    early = let_through(there, 0)
    there.adopt(opened().snapshot())
    succeed(there, 1_000, 2)

    there.failed(early, 1_100)

    assert there.totals(1_100).attempts == 0


def test_what_another_process_knows_does_not_lend_more_probes() -> None:
    there = opened()
    probes = [let_through(there, 1_000), let_through(there, 1_000)]

    there.adopt(msgspec.structs.replace(there.snapshot(), openings=7))

    assert there.admit(1_000, 0.0) == Refusal(Phase.PROBING, 6_000)
    assert len(probes) == RULES.probes


def test_the_newer_of_two_commands_holds_everywhere() -> None:
    here, there = Breaker(RULES), Breaker(RULES)
    here.force(Mode.OPEN, 10)
    there.force(Mode.CLOSED, 20)

    here.adopt(there.snapshot())
    there.adopt(here.snapshot())

    assert (here.mode, there.mode) == (Mode.CLOSED, Mode.CLOSED)


def test_the_version_tells_whether_there_is_something_to_share() -> None:
    breaker = Breaker(RULES)
    succeed(breaker, 0, 4)
    quiet = breaker.version
    fail(breaker, 0, 4)

    assert (quiet, breaker.version > quiet) == (0, True)
