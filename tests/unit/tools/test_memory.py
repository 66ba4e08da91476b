"""Results are remembered for a while, for one subject, within bounds."""

from __future__ import annotations

from collections import deque

from msgspec import structs

from fondaco.domain.ids import CallId, WorkspaceId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.testing.clock import FakeClock
from fondaco.tools.memory import Known, Memory, Place, place_of
from tests.unit.tools.toolkit import binding, spec

MIRA, HARRY = ("wsp_1", "mira"), ("wsp_1", "harry")
KEY, OTHER = Place(MIRA, b"one"), Place(HARRY, b"other")
RESULT = {"state": "sent"}


async def test_a_result_is_known_with_its_age() -> None:
    clock = FakeClock()
    memory = Memory(clock)
    memory.remember(KEY, RESULT, 60)

    await clock.advance(12.5)

    assert memory.recall(KEY, 60) == Known(result=RESULT, age_seconds=12.5)


async def test_a_result_that_is_too_old_is_not_known() -> None:
    clock = FakeClock()
    memory = Memory(clock)
    memory.remember(KEY, RESULT, 60)

    await clock.advance(11)

    assert memory.recall(KEY, 10) is None


def test_a_result_that_is_changed_afterwards_is_kept_as_it_was() -> None:
    memory, given = Memory(FakeClock()), {"state": "sent"}
    memory.remember(KEY, given, 60)

    given["state"] = "lost"

    assert memory.recall(KEY, 60) == Known(result=RESULT, age_seconds=0)


def test_the_oldest_is_forgotten_where_there_is_no_room() -> None:
    memory = Memory(FakeClock(), most_bytes=40)
    memory.remember(KEY, RESULT, 60)
    memory.remember(OTHER, {"state": "lost, or stolen"}, 60)

    assert memory.recall(KEY, 60) is None
    assert memory.recall(OTHER, 60) is not None


async def test_what_nobody_may_use_any_more_is_forgotten() -> None:
    clock = FakeClock()
    memory = Memory(clock, most_bytes=40)
    memory.remember(KEY, RESULT, 60)
    await clock.advance(61)

    memory.remember(OTHER, RESULT, 60)

    assert memory.recall(KEY, 1_000) is None


async def test_what_was_known_before_a_change_is_not_believed_any_more() -> None:
    clock = FakeClock()
    memory = Memory(clock)
    memory.remember(KEY, RESULT, 60)
    memory.remember(OTHER, RESULT, 60)
    await clock.advance(1)

    memory.spoil(MIRA)
    before = memory.recall(KEY, 60)
    await clock.advance(1)
    memory.remember(KEY, {"state": "cancelled"}, 60)
    after = memory.recall(KEY, 60)

    assert (before, after) == (None, Known(result={"state": "cancelled"}, age_seconds=0))
    assert memory.recall(OTHER, 60) is not None


def test_the_count_of_changes_stays_bounded() -> None:
    memory = Memory(FakeClock())
    memory.remember(KEY, RESULT, 60)

    deque(map(memory.spoil, (("wsp_1", str(number)) for number in range(10_001))), maxlen=0)

    assert memory.recall(KEY, 60) is None


async def test_a_result_is_as_old_as_the_question() -> None:
    clock = FakeClock()
    memory, asked_ms = Memory(clock), clock.monotonic_ms()
    await clock.advance(3)

    memory.remember(KEY, RESULT, 60, asked_ms)

    assert memory.recall(KEY, 60) == Known(result=RESULT, age_seconds=3)


def test_every_subject_workspace_tool_and_argument_has_a_place_of_its_own() -> None:
    declared = spec()
    call = ToolCall(
        id=CallId("call_1"),
        tool="parcel",
        arguments={"number": "7"},
        effect=Effect.READ,
        idempotency_key="call_1",
        state=CallState.EXECUTING,
    )
    mira = binding(subject="mira")
    keys = {
        place_of(declared, call, mira),
        place_of(declared, call, binding(subject="harry")),
        place_of(declared, call, structs.replace(mira, workspace_id=WorkspaceId("wsp_2"))),
        place_of(structs.replace(declared, name="letter"), call, mira),
        place_of(declared, structs.replace(call, arguments={"number": "8"}), mira),
    }

    assert len(keys) == 5
