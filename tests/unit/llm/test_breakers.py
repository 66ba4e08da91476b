"""Each target has its breakers; each kind of failure opens the right one for the right time."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.kit.breaker import Mode, Phase, Snapshot
from fondaco.kit.chance import SeededChance
from fondaco.llm.breaker_groups import FailureGroup
from fondaco.llm.breakers import BreakerBoard, Denied, Permit
from fondaco.llm.failures import FailureClass
from fondaco.llm.options import BreakerOptions
from fondaco.llm.targets import Target
from fondaco.testing.clock import FakeClock
from tests.unit.llm.places_to_ask import a_failure, a_target

OPTIONS = BreakerOptions(minimum=2, open_seconds=5, probes=1, ramp_seconds=10, slow_first_token_ms=1_000)
TARGET = a_target()
OTHER_MODEL = a_target(model="gpt-4.1-mini")
OTHER_KEY = a_target(credential="second")
NEVER_COUNTED = [
    FailureClass.OUR_FAULT,
    FailureClass.REFUSED,
    FailureClass.TOO_LONG,
    FailureClass.EMPTY,
    FailureClass.OPEN_CIRCUIT,
    FailureClass.NO_ROOM,
    FailureClass.NO_BUDGET,
]


def a_board(clock: FakeClock, *, most_targets: int = 8) -> BreakerBoard:
    return BreakerBoard(OPTIONS, clock, SeededChance(1), most_targets=most_targets)


def permit_for(board: BreakerBoard, target: Target = TARGET) -> Permit:
    permit = board.may_ask(target)
    assert isinstance(permit, Permit)
    return permit


def denial_of(board: BreakerBoard, target: Target = TARGET) -> Denied:
    denied = board.may_ask(target)
    assert isinstance(denied, Denied)
    return denied


def fail(board: BreakerBoard, kind: FailureClass, times: int = 1, retry_after_ms: int | None = None) -> None:
    for _ in range(times):
        permit_for(board).failed(a_failure(kind, retry_after_ms))


@pytest.mark.parametrize(
    "kind",
    [
        FailureClass.NOT_SENT,
        FailureClass.BROKEN,
        FailureClass.INCOMPLETE,
        FailureClass.OVERLOADED,
        FailureClass.TOO_SLOW,
    ],
)
def test_failures_of_the_target_open_it_once_there_are_enough(kind: FailureClass) -> None:
    clock = FakeClock()
    board = a_board(clock)
    fail(board, kind, 2)

    denied = denial_of(board)

    assert (denied.group, denied.retry_at_ms) == (FailureGroup.REACH, clock.now_ms() + 5_000)
    assert denied.reason == f"openai-gpt-4.1 is left alone for another 5 s ({kind.value}: it said no)"


@pytest.mark.parametrize("kind", NEVER_COUNTED)
def test_failures_of_the_request_open_nothing(kind: FailureClass) -> None:
    board = a_board(FakeClock())

    fail(board, kind, 50)

    [view] = board.states()
    assert (view.phase, view.attempts) == (Phase.CLOSED, 0)


def test_cancelled_attempts_open_nothing() -> None:
    board = a_board(FakeClock())

    for _ in range(50):
        permit_for(board).cancelled()

    [view] = board.states()
    assert (view.phase, view.attempts) == (Phase.CLOSED, 0)


def test_a_rate_limit_opens_at_once_for_as_long_as_the_provider_says() -> None:
    clock = FakeClock()
    board = a_board(clock)

    fail(board, FailureClass.RATE_LIMITED, retry_after_ms=7_000)

    assert denial_of(board).retry_at_ms == clock.now_ms() + 7_000


def test_a_rate_limit_without_a_time_is_short() -> None:
    clock = FakeClock()
    board = a_board(clock)

    fail(board, FailureClass.RATE_LIMITED)

    assert denial_of(board).retry_at_ms == clock.now_ms() + 250


async def test_after_a_rate_limit_one_good_answer_is_enough() -> None:
    clock = FakeClock()
    board = a_board(clock)
    fail(board, FailureClass.RATE_LIMITED, retry_after_ms=1_000)
    await clock.advance(1)

    permit_for(board).succeeded(100)
    await clock.advance(1)

    assert board.states()[0].phase is Phase.CLOSED


@pytest.mark.parametrize("kind", [FailureClass.CREDENTIAL, FailureClass.QUOTA])
def test_a_refused_key_closes_every_model_of_it_for_long_and_says_what_to_do(kind: FailureClass) -> None:
    clock = FakeClock()
    board = a_board(clock)

    fail(board, kind)

    denied = denial_of(board, OTHER_MODEL)
    assert denied.retry_at_ms == clock.now_ms() + 600_000
    assert "Put in a valid key or top up the balance" in denied.reason
    assert isinstance(board.may_ask(OTHER_KEY), Permit)


def test_a_missing_model_closes_that_model_alone() -> None:
    board = a_board(FakeClock())

    fail(board, FailureClass.MODEL_GONE)

    assert denial_of(board).group is FailureGroup.MODEL
    assert isinstance(board.may_ask(OTHER_MODEL), Permit)


def test_an_absurd_retry_after_is_cut_short() -> None:
    clock = FakeClock()
    board = a_board(clock)

    fail(board, FailureClass.RATE_LIMITED, retry_after_ms=10**12)

    assert denial_of(board).retry_at_ms == clock.now_ms() + 3_600_000


def test_first_tokens_that_come_late_open_it() -> None:
    board = a_board(FakeClock())

    for _ in range(2):
        permit_for(board).succeeded(1_001)

    assert denial_of(board).group is FailureGroup.REACH


def test_answers_that_do_not_stream_are_never_slow() -> None:
    board = a_board(FakeClock())

    for _ in range(5):
        permit_for(board).succeeded()

    assert board.states()[0].slow_share == 0.0


def test_a_permit_counts_what_it_is_told_first() -> None:
    board = a_board(FakeClock())
    permit = permit_for(board)
    permit.succeeded(10)

    for _ in range(10):
        permit.failed(a_failure(FailureClass.BROKEN))

    assert (board.states()[0].attempts, board.states()[0].failure_share) == (1, 0.0)


async def test_a_probe_that_another_breaker_denies_is_given_back() -> None:
    clock = FakeClock()
    board = a_board(clock)
    together = [permit_for(board) for _ in range(3)]
    together[0].failed(a_failure(FailureClass.BROKEN))
    together[1].failed(a_failure(FailureClass.BROKEN))
    together[2].failed(a_failure(FailureClass.RATE_LIMITED, 1_000))
    await clock.advance(1)
    denied = denial_of(board)
    await clock.advance(4)

    permit = board.may_ask(TARGET)

    assert denied.group is FailureGroup.REACH
    assert isinstance(permit, Permit)


async def test_while_probes_are_under_way_it_is_worth_asking_again_soon() -> None:
    clock = FakeClock()
    board = a_board(clock)
    fail(board, FailureClass.BROKEN, 2)
    await clock.advance(5)
    permit_for(board)

    denied = denial_of(board)

    assert denied.retry_at_ms == clock.now_ms() + 500


def test_what_is_switched_off_by_hand_is_not_asked() -> None:
    board = a_board(FakeClock())

    board.force(TARGET, Mode.OPEN)

    denied = denial_of(board)
    assert (denied.retry_at_ms, denied.reason) == (None, "openai-gpt-4.1 is switched off by hand")
    assert isinstance(board.may_ask(OTHER_MODEL), Permit)


def test_what_is_always_asked_by_hand_is_asked_with_a_refused_key_too() -> None:
    board = a_board(FakeClock())
    fail(board, FailureClass.CREDENTIAL)

    board.force(TARGET, Mode.CLOSED)

    assert isinstance(board.may_ask(TARGET), Permit)
    assert board.states()[0].state == "is always asked, by hand"


def test_closed_by_hand_and_left_alone_again_it_starts_afresh() -> None:
    board = a_board(FakeClock())
    fail(board, FailureClass.CREDENTIAL)
    board.force(TARGET, Mode.CLOSED)

    board.force(TARGET, Mode.AUTO)

    assert isinstance(board.may_ask(TARGET), Permit)
    assert board.states()[0].phase is Phase.CLOSED


async def test_people_see_each_state_in_plain_words() -> None:
    clock = FakeClock()
    board = a_board(clock)
    usual = permit_for(board)
    seen = [board.states()[0].state]
    usual.succeeded(10)
    fail(board, FailureClass.BROKEN, 1)
    seen.append(board.states()[0].state)
    await clock.advance(5)
    seen.append(board.states()[0].state)
    permit_for(board).succeeded(10)
    seen.append(board.states()[0].state)

    assert seen == [
        "is asked as usual",
        "is left alone for another 5 s",
        "is being tried again, a few attempts at a time",
        "works again and is asked more and more often",
    ]


def test_the_hardest_trouble_is_the_one_that_is_shown() -> None:
    board = a_board(FakeClock())
    together = [permit_for(board), permit_for(board)]
    together[0].failed(a_failure(FailureClass.RATE_LIMITED, 9_000))
    together[1].failed(a_failure(FailureClass.CREDENTIAL))

    [view] = board.states()

    assert (view.phase, view.why[:10]) == (Phase.OPEN, "credential")


def test_known_targets_are_shown_before_they_are_asked() -> None:
    board = BreakerBoard(OPTIONS, FakeClock(), SeededChance(1), targets=[TARGET, OTHER_MODEL])

    assert [view.target for view in board.states()] == ["openai-gpt-4.1", "openai-gpt-4.1-mini"]


def test_the_slow_share_is_over_all_targets() -> None:
    board = a_board(FakeClock())
    permit_for(board).succeeded(5_000)

    permit_for(board, OTHER_MODEL).succeeded(10)

    assert board.slow_share() == 0.5


def test_no_more_targets_are_kept_than_allowed_and_the_troubled_one_stays() -> None:
    board = a_board(FakeClock(), most_targets=3)
    fail(board, FailureClass.MODEL_GONE)

    for number in range(20):
        permit_for(board, a_target(model=f"m{number}"))

    assert [view.model for view in board.states()] == ["gpt-4.1", "m18", "m19"]
    assert denial_of(board).group is FailureGroup.MODEL


def test_only_changes_are_told_and_only_once() -> None:
    board = a_board(FakeClock())
    permit_for(board).succeeded(10)
    quiet = board.take_changes()
    fail(board, FailureClass.MODEL_GONE)

    told = [board.take_changes(), board.take_changes()]

    assert (quiet, [len(one) for one in told]) == ([], [1, 0])


def test_another_board_learns_of_an_opening_of_a_target_it_never_asked() -> None:
    clock = FakeClock()
    here, there = a_board(clock), a_board(clock)
    fail(here, FailureClass.MODEL_GONE)

    for change in here.take_changes():
        there.adopt(*change)

    assert denial_of(there).reason == denial_of(here).reason
    assert there.take_changes() == []


def test_who_knows_more_than_a_note_says_it_again() -> None:
    clock = FakeClock()
    here, there = a_board(clock), a_board(clock)
    fail(there, FailureClass.RATE_LIMITED, retry_after_ms=100)
    fail(here, FailureClass.RATE_LIMITED, retry_after_ms=9_000)
    here.take_changes()
    [weaker] = there.take_changes()

    here.adopt(*weaker)

    assert len(here.take_changes()) == 1


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("no json", b"{}"),
        ('["p","c","m","unknown"]', b"{}"),
        ('["openai","key","gpt-4.1","reach"]', b"no json"),
        (
            '["openai","key","gpt-4.1","reach"]',
            msgspec.json.encode(Snapshot(open_until_ms=10**15, recovered=0)),
        ),
    ],
)
def test_a_note_that_makes_no_sense_changes_nothing(key: str, data: bytes) -> None:
    board = a_board(FakeClock())

    board.adopt(key, data)

    assert isinstance(board.may_ask(TARGET), Permit)
