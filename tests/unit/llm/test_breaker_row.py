"""A target that is rarely asked is left alone after a row of failures, with the settings as they come."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.kit.breaker import Phase
from fondaco.kit.chance import SeededChance
from fondaco.llm.breaker_groups import FailureGroup
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.failures import FailureClass
from fondaco.llm.options import BreakerOptions
from fondaco.testing.clock import FakeClock
from tests.unit.llm.places_to_ask import a_failure
from tests.unit.llm.test_breakers import NEVER_COUNTED, denial_of, fail, permit_for


def a_board(clock: FakeClock, in_a_row: int = 4) -> BreakerBoard:
    return BreakerBoard(BreakerOptions(in_a_row=in_a_row), clock, SeededChance(1))


async def fail_every_minute(clock: FakeClock, board: BreakerBoard, times: int) -> None:
    for _ in range(times):
        await clock.advance(60)
        fail(board, FailureClass.TOO_SLOW)


async def test_a_provider_that_stalls_is_left_alone_though_it_is_rarely_asked() -> None:
    clock = FakeClock()
    board = a_board(clock)
    await fail_every_minute(clock, board, 4)

    denied = denial_of(board)

    assert (denied.group, denied.retry_at_ms) == (FailureGroup.REACH, clock.now_ms() + 5_000)


@pytest.mark.parametrize("kind", NEVER_COUNTED)
async def test_failures_of_the_request_neither_break_a_row_nor_belong_to_it(kind: FailureClass) -> None:
    clock = FakeClock()
    board = a_board(clock)
    await fail_every_minute(clock, board, 3)
    fail(board, kind, 9)
    before = board.states()[0].phase

    await fail_every_minute(clock, board, 1)

    assert (before, board.states()[0].phase) == (Phase.CLOSED, Phase.OPEN)


def test_our_own_lateness_makes_no_row() -> None:
    clock = FakeClock()
    board = a_board(clock)
    ours = msgspec.structs.replace(a_failure(FailureClass.TOO_SLOW), ours=True)

    for _ in range(50):
        permit_for(board).failed(ours)

    assert board.states()[0].phase is Phase.CLOSED


async def test_a_row_of_no_failures_is_never_full() -> None:
    clock = FakeClock()
    board = a_board(clock, in_a_row=0)

    await fail_every_minute(clock, board, 50)

    assert board.states()[0].phase is Phase.CLOSED
