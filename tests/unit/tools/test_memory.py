"""Results are remembered for a while, for one subject, within bounds."""

from __future__ import annotations

from msgspec import structs

from fondaco.domain.ids import CallId, WorkspaceId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.testing.clock import FakeClock
from fondaco.tools.memory import Known, Memory, memory_key
from tests.unit.tools.toolkit import binding, spec

KEY, OTHER = b"one", b"other"
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
        memory_key(declared, call, mira),
        memory_key(declared, call, binding(subject="harry")),
        memory_key(declared, call, structs.replace(mira, workspace_id=WorkspaceId("wsp_2"))),
        memory_key(structs.replace(declared, name="letter"), call, mira),
        memory_key(declared, structs.replace(call, arguments={"number": "8"}), mira),
    }

    assert len(keys) == 5
