"""One tool call: bound, authorised, journalled, timed, and with at most one effect."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import structs

from fondaco.domain.errors import ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import CallState, Effect, Parameter, ToolSpec, Verification
from fondaco.kit.clock import SystemClock
from fondaco.testing.clock import FakeClock
from fondaco.tools import Toolbox, ToolCaller, VerifierOptions
from tests.unit.tools.toolkit import (
    CONTACT,
    MESSAGE,
    NUMBER,
    SUBJECT,
    Crash,
    MemoryJournal,
    Scripted,
    binding,
    scripted,
    spec,
)

FOUND: dict[str, Any] = {"state": "sent"}
MATCHED = Verification.MATCHED


def caller_of(tool: Scripted, verifier: VerifierOptions | None = None) -> ToolCaller:
    return ToolCaller(Toolbox((tool,), verifier), FakeClock(auto=True))


async def test_a_call_brings_back_the_result_and_is_journalled() -> None:
    tool, journal = scripted(spec(), FOUND), MemoryJournal()

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert (call.state, call.result, call.arguments) == (CallState.DONE, FOUND, {"number": "7"})
    assert [step.call for step in journal.written] == [call]


async def test_a_finished_call_is_not_made_again_in_its_turn() -> None:
    tool, journal = scripted(spec(), FOUND, {"state": "lost"}), MemoryJournal()
    first = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    second = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert second == first
    assert len(tool.calls) == 1


async def test_other_arguments_are_another_call() -> None:
    tool, journal = scripted(spec(), FOUND, {"state": "lost"}), MemoryJournal()
    await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    other = await caller_of(tool).call("parcel", {"number": "8"}, binding(), journal)

    assert other.result == {"state": "lost"}
    assert len(set(tool.keys)) == 2


@pytest.mark.parametrize("parameter", [SUBJECT, CONTACT])
async def test_what_the_server_binds_is_never_taken_from_the_arguments(parameter: Parameter) -> None:
    tool = scripted(spec(NUMBER, parameter), FOUND)
    bound = binding(subject="mira", message="subject: harry, contact_id: con_harry")

    await caller_of(tool).call(
        "parcel", {"number": "7", "subject": "harry", "contact_id": "con_harry"}, bound, MemoryJournal()
    )

    assert set(tool.calls[0].values()) <= {"7", "mira", "con_mira"}


async def test_an_argument_that_is_not_declared_is_dropped() -> None:
    tool = scripted(spec(), FOUND)

    await caller_of(tool).call("parcel", {"number": "7", "admin": "1"}, binding(), MemoryJournal())

    assert tool.calls == [{"number": "7"}]


async def test_the_whole_message_is_given_to_who_asks_for_it() -> None:
    tool = scripted(spec(MESSAGE), FOUND)

    await caller_of(tool).call("parcel", {}, binding(message="Is it here?"), MemoryJournal())

    assert tool.calls == [{"message": "Is it here?"}]


@pytest.mark.parametrize(
    ("demanded", "given", "allowed"),
    [
        (Verification.NONE, Verification.NONE, True),
        (Verification.MATCHED, Verification.NONE, False),
        (Verification.MATCHED, Verification.MATCHED, True),
        (Verification.MATCHED, Verification.SIGNED, True),
        (Verification.CODE, Verification.MATCHED, False),
        (Verification.CODE, Verification.SIGNED, False),
        (Verification.SIGNED, Verification.CODE, False),
        (Verification.SIGNED, Verification.MATCHED, False),
        (Verification.SIGNED, Verification.SIGNED, True),
    ],
)
async def test_a_tool_runs_for_who_is_verified_enough(
    demanded: Verification, given: Verification, *, allowed: bool
) -> None:
    tool = scripted(spec(verification=demanded), FOUND)

    [outcome] = await asyncio.gather(
        caller_of(tool).call("parcel", {"number": "7"}, binding(verification=given), MemoryJournal()),
        return_exceptions=True,
    )

    assert isinstance(outcome, ToolRefused) is not allowed
    assert len(tool.calls) == allowed


@pytest.mark.parametrize("given", [Verification.MATCHED, Verification.SIGNED])
async def test_a_tool_that_demands_a_code_runs_for_whose_code_came_back(given: Verification) -> None:
    tool = scripted(spec(verification=Verification.CODE), FOUND)
    coded = structs.replace(binding(verification=given), by_code=True)

    await caller_of(tool).call("parcel", {"number": "7"}, coded, MemoryJournal())

    assert tool.calls == [{"number": "7"}]


@pytest.mark.parametrize(("name", "arguments"), [("parcel", {}), ("parcel", {"number": ""}), ("none", {})])
async def test_a_call_that_cannot_be_made_is_refused_and_leaves_no_trace(
    name: str, arguments: dict[str, str]
) -> None:
    tool, journal = scripted(spec(), FOUND), MemoryJournal()

    with pytest.raises(ToolRefused):
        await caller_of(tool).call(name, arguments, binding(), journal)

    assert (tool.calls, journal.written) == ([], [])


TYPED = Parameter(name="quantity", schema={"type": "integer", "minimum": 1})


@pytest.mark.parametrize("arguments", [{"quantity": 2}, {"quantity": "2"}])
async def test_an_argument_is_sent_as_its_schema_wants_it(arguments: dict[str, Any]) -> None:
    tool = scripted(spec(TYPED), FOUND)

    call = await caller_of(tool).call("parcel", arguments, binding(), MemoryJournal())

    assert (call.arguments, tool.calls) == ({"quantity": 2}, [{"quantity": 2}])


@pytest.mark.parametrize("quantity", [0, "many", [1], {"a": 1}, 1.5])
async def test_a_wrong_argument_is_refused_before_anything_is_sent(quantity: Any) -> None:
    tool, journal = scripted(spec(TYPED, effect=Effect.WRITE), FOUND), MemoryJournal()

    with pytest.raises(ToolRefused, match=r"parcel: quantity: .*; correct it and call again"):
        await caller_of(tool).call("parcel", {"quantity": quantity}, binding(), journal)

    assert (tool.calls, journal.written) == ([], [])


@pytest.mark.parametrize(
    ("effect", "state"), [(Effect.READ, CallState.FAILED), (Effect.WRITE, CallState.UNKNOWN)]
)
async def test_a_result_that_is_not_as_declared_is_not_kept(effect: Effect, state: CallState) -> None:
    declared = structs.replace(
        spec(effect=effect, attempts=1),
        result_schema={"type": "object", "properties": {"state": {"type": "integer"}}},
    )

    call = await caller_of(scripted(declared, FOUND)).call(
        "parcel", {"number": "7"}, binding(), MemoryJournal()
    )

    assert (call.state, call.result) == (state, None)
    assert call.error == 'parcel: the result is not as declared (state: the value is not of type "integer")'


async def test_a_key_of_ones_own_makes_it_another_call_and_is_sent() -> None:
    tool, journal = scripted(spec(effect=Effect.WRITE), FOUND, FOUND), MemoryJournal()
    caller = caller_of(tool)
    first = await caller.call("parcel", {"number": "7"}, binding(), journal, idempotency_key="act_1")

    other = await caller.call("parcel", {"number": "7"}, binding(), journal, idempotency_key="act_2")
    again = await caller.call("parcel", {"number": "7"}, binding(), journal, idempotency_key="act_1")

    assert tool.keys == ["act_1", "act_2"]
    assert again == first != other


async def test_a_read_is_tried_again() -> None:
    tool = scripted(spec(attempts=2), ToolFailed("busy"), FOUND)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert call.state is CallState.DONE


async def test_a_read_that_keeps_failing_has_failed() -> None:
    tool = scripted(spec(attempts=2), ToolFailed("busy"), ToolFailed("still busy"))

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert (call.state, call.error) == (CallState.FAILED, "still busy")


async def test_a_refusal_is_final() -> None:
    tool = scripted(spec(attempts=3), ToolRefused("no"), FOUND)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert call.state is CallState.FAILED
    assert len(tool.calls) == 1


async def test_a_write_is_not_tried_again() -> None:
    tool = scripted(spec(effect=Effect.WRITE, attempts=3), ToolFailed("busy"), FOUND)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert call.state is CallState.FAILED
    assert len(tool.calls) == 1


async def test_the_intent_to_write_is_journalled_before_anything_is_sent() -> None:
    journal = MemoryJournal()
    tool = scripted(spec(effect=Effect.WRITE), Crash())

    with pytest.raises(Crash):
        await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert [step.call.state for step in journal.written if step.call] == [CallState.EXECUTING]


async def test_a_write_that_broke_off_is_unknown_and_not_repeated() -> None:
    journal, tool = MemoryJournal(), scripted(spec(effect=Effect.WRITE), Crash(), FOUND)
    with pytest.raises(Crash):
        await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)
    again = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert call.state is again.state is CallState.UNKNOWN
    assert len(tool.calls) == 1


async def test_a_write_that_broke_off_is_repeated_under_its_key_where_that_is_harmless() -> None:
    journal = MemoryJournal()
    tool = scripted(spec(effect=Effect.WRITE, idempotent=True), Crash(), FOUND)
    with pytest.raises(Crash):
        await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert call.state is CallState.DONE
    assert tool.keys == [call.idempotency_key] * 2


async def test_a_write_that_broke_off_and_then_fails_stays_in_doubt() -> None:
    journal = MemoryJournal()
    tool = scripted(spec(effect=Effect.WRITE, idempotent=True, attempts=1), Crash(), ToolFailed("gone"))
    with pytest.raises(Crash):
        await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), journal)

    assert call.state is CallState.UNKNOWN


@pytest.mark.parametrize("last", [ToolFailed("no connection"), ToolRefused("no")])
async def test_once_in_doubt_no_later_failure_makes_a_write_certain(last: Exception) -> None:
    declared = spec(effect=Effect.WRITE, idempotent=True, attempts=2)
    tool = scripted(declared, ToolUncertain("the connection broke"), last)

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert call.state is CallState.UNKNOWN


@pytest.mark.parametrize(
    ("effect", "state"), [(Effect.READ, CallState.FAILED), (Effect.WRITE, CallState.UNKNOWN)]
)
async def test_a_tool_that_takes_too_long_is_given_up(effect: Effect, state: CallState) -> None:
    tool = scripted(spec(effect=effect, attempts=1, timeout_seconds=0.001), FOUND)
    tool.wait = asyncio.Event().wait

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert (call.state, call.error) == (state, "parcel: no answer within 0.001 s")


@pytest.mark.parametrize(
    ("effect", "state"), [(Effect.READ, CallState.FAILED), (Effect.WRITE, CallState.UNKNOWN)]
)
async def test_a_result_beyond_all_measure_is_not_kept(effect: Effect, state: CallState) -> None:
    tool = scripted(spec(effect=effect, attempts=1), {"text": "x" * 256_001})

    call = await caller_of(tool).call("parcel", {"number": "7"}, binding(), MemoryJournal())

    assert (call.state, call.result) == (state, None)


async def test_a_proof_is_sent_and_never_written_down() -> None:
    declared = ToolSpec(name="parcel", description="", parameters=(NUMBER, Parameter(name="proof")))
    tool, journal = scripted(declared, {"matched": True}), MemoryJournal()
    verifier = VerifierOptions(tool="parcel", scope_parameter="number")

    call = await caller_of(tool, verifier).call(
        "parcel", {"number": "7", "proof": "10115"}, binding(), journal
    )

    assert tool.calls == [{"number": "7", "proof": "10115"}]
    assert call.arguments == {"number": "7", "proof": "•••"}
    assert [step.call for step in journal.written] == [call]


class Crowded:
    """A tool that counts how many are with it at once."""

    def __init__(self) -> None:
        self.spec = spec()
        self.inside = self.most = 0
        self.open = asyncio.Event()

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        self.inside -= 1
        return FOUND


async def test_a_rush_of_turns_is_no_rush_for_the_merchants_system() -> None:
    tool = Crowded()
    caller = ToolCaller(Toolbox((tool,), None), FakeClock(auto=True))
    calls = [
        asyncio.create_task(caller.call("parcel", {"number": str(number)}, binding(), MemoryJournal()))
        for number in range(100)
    ]
    await SystemClock().sleep(0)

    tool.open.set()
    done = await asyncio.gather(*calls)

    assert tool.most == 32
    assert {call.state for call in done} == {CallState.DONE}
