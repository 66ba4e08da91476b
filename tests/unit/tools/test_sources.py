"""Where a result comes from: memory, the tool, the next source, the last known value; never from nowhere."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from msgspec import structs

from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError, ToolFailed, ToolRefused
from fondaco.domain.tools import CallState, Effect, Parameter, ToolCall, ToolSpec, Verification
from fondaco.kit.chance import SeededChance
from fondaco.testing.clock import FakeClock
from fondaco.tools import Toolbox, ToolCaller, VerifierOptions
from fondaco.tools.toolbox import Absent
from tests.unit.tools.toolkit import NUMBER, MemoryJournal, Scripted, binding, scripted, spec

NEW, OLD, OTHER = {"state": "sent"}, {"state": "packed"}, {"state": "on its way"}
DOWN = ToolFailed("parcel: status 503: secret stack trace")


def first(**promises: Any) -> ToolSpec:
    return structs.replace(spec(attempts=1), **promises)


def second(**promises: Any) -> ToolSpec:
    return structs.replace(spec(attempts=1), name="carrier", **promises)


class House:
    """A caller on a clock of its own, whose every call is one of a new turn."""

    def __init__(self, *tools: Scripted, verifier: VerifierOptions | None = None) -> None:
        self.clock = FakeClock(auto=True)
        self.caller = ToolCaller(Toolbox(tools, verifier), self.clock, SeededChance(1))

    async def ask(self, subject: str = "mira", number: str = "7", **more: Any) -> ToolCall:
        bound = binding(subject=subject, verification=Verification.MATCHED)
        return await self.caller.call("parcel", {"number": number}, bound, MemoryJournal(), **more)


async def test_a_result_is_fresh_for_as_long_as_the_operator_says() -> None:
    tool = scripted(first(cache_seconds=10), OLD, NEW)
    house = House(tool)
    before = await house.ask()

    await house.clock.sleep(9)
    again = await house.ask()
    await house.clock.sleep(2)
    later = await house.ask()

    assert [one.result for one in (before, again, later)] == [OLD, OLD, NEW]
    assert again.age_seconds is None


@pytest.mark.parametrize(("subject", "number"), [("harry", "7"), ("", "7"), ("mira", "8")])
async def test_what_one_person_was_told_is_not_told_to_another(subject: str, number: str) -> None:
    tool = scripted(first(cache_seconds=10, last_known_seconds=60), OLD, DOWN)
    house = House(tool)
    await house.ask()

    other = await house.ask(subject, number)

    assert (other.state, other.result) == (CallState.FAILED, None)


async def test_where_a_tool_fails_the_next_source_is_asked() -> None:
    house = House(scripted(first(fallback=("carrier",)), DOWN), scripted(second(), OTHER))

    call = await house.ask()

    assert (call.state, call.result, call.answered_by) == (CallState.DONE, OTHER, "carrier")
    assert (call.tool, call.age_seconds) == ("parcel", None)


async def test_the_sources_are_asked_in_their_order() -> None:
    third = structs.replace(second(), name="depot")
    tools = [scripted(first(fallback=("carrier", "depot")), DOWN), scripted(second(), DOWN)]

    call = await House(*tools, scripted(third, OTHER)).ask()

    assert call.answered_by == "depot"


async def test_a_source_that_lacks_what_the_tool_promises_is_passed_over() -> None:
    promised = {"type": "object", "required": ["state", "promised_on"]}
    tools = [
        scripted(first(fallback=("carrier",), result_schema=promised), DOWN),
        scripted(second(), OTHER),
    ]

    call = await House(*tools).ask()

    assert (call.state, call.result) == (CallState.FAILED, None)


async def test_a_source_that_demands_more_proof_is_not_asked() -> None:
    signed = scripted(second(verification=Verification.SIGNED), OTHER)

    call = await House(scripted(first(fallback=("carrier",)), DOWN), signed).ask()

    assert (call.state, signed.calls) == (CallState.FAILED, [])


@pytest.mark.parametrize("error", [ToolRefused("no"), ToolFailed("status 409", is_final=True)])
async def test_where_a_tool_says_no_nobody_else_is_asked(error: Exception) -> None:
    other = scripted(second(), OTHER)
    tool = scripted(first(fallback=("carrier",), last_known_seconds=60), NEW, error)
    house = House(tool, other)
    await house.ask()

    call = await house.ask()

    assert (call.state, call.result, other.calls) == (CallState.FAILED, None, [])


async def test_the_last_known_result_is_given_with_its_age() -> None:
    house = House(scripted(first(last_known_seconds=600), OLD, DOWN))
    await house.ask()

    await house.clock.sleep(120)
    call = await house.ask()

    assert (call.state, call.result, call.age_seconds) == (CallState.DONE, OLD, 120)


async def test_a_result_that_is_too_old_is_not_given() -> None:
    house = House(scripted(first(last_known_seconds=600), OLD, DOWN))
    await house.ask()

    await house.clock.sleep(601)
    call = await house.ask()

    assert (call.state, call.result, call.age_seconds) == (CallState.FAILED, None, None)


async def test_a_last_known_result_does_not_become_a_new_one() -> None:
    house = House(scripted(first(last_known_seconds=600, cache_seconds=10), OLD, DOWN, DOWN))
    await house.ask()
    await house.clock.sleep(300)
    await house.ask()

    await house.clock.sleep(5)
    call = await house.ask()

    assert call.age_seconds == 305


async def test_what_was_known_before_something_was_changed_is_fetched_anew() -> None:
    cancel = scripted(structs.replace(spec(effect=Effect.WRITE), name="cancel"), {"done": True})
    tool = scripted(first(cache_seconds=60, last_known_seconds=600), OLD, NEW)
    house = House(tool, cancel)
    await house.ask()
    await house.clock.sleep(1)
    await house.caller.call("cancel", {"number": "7"}, binding(subject="mira"), MemoryJournal())

    call = await house.ask()

    assert call.result == NEW


async def test_a_proof_of_identity_is_never_remembered() -> None:
    declared = first(cache_seconds=10, last_known_seconds=60, parameters=(NUMBER, Parameter(name="proof")))
    tool = scripted(declared, {"matched": True}, DOWN)
    house = House(tool, verifier=VerifierOptions(tool="parcel", scope_parameter="number"))
    secret = {"number": "7", "proof": "10115"}
    await house.caller.call("parcel", secret, binding(), MemoryJournal())

    call = await house.caller.call("parcel", secret, binding(), MemoryJournal())

    assert (call.state, len(tool.calls)) == (CallState.FAILED, 2)


async def test_a_tool_that_asks_to_wait_long_is_left_for_the_next_source() -> None:
    busy = ToolFailed("status 429", wait_seconds=10)
    tool = scripted(structs.replace(first(fallback=("carrier",)), attempts=3), busy)
    house = House(tool, scripted(second(), OTHER))

    call = await house.ask()

    assert (call.answered_by, len(tool.calls), house.clock.monotonic_ms()) == ("carrier", 1, 0)


async def test_a_tool_that_asks_to_wait_shortly_is_waited_for() -> None:
    tool = scripted(structs.replace(first(), attempts=2), ToolFailed("status 429", wait_seconds=2), NEW)
    house = House(tool)

    call = await house.ask()

    assert (call.state, house.clock.monotonic_ms()) == (CallState.DONE, 2_000)


@pytest.mark.parametrize("effect", list(Effect))
async def test_nothing_is_begun_after_the_deadline(effect: Effect) -> None:
    tool = scripted(first(effect=effect), NEW)
    house = House(tool)

    call = await house.ask(deadline_ms=0.0)

    assert (call.state, tool.calls) == (CallState.FAILED, [])


async def test_no_further_attempt_is_made_that_would_begin_after_the_deadline() -> None:
    tool = scripted(first(attempts=3), ToolFailed("busy", wait_seconds=1), NEW)
    house = House(tool)

    call = await house.ask(deadline_ms=900.0)

    assert (call.state, len(tool.calls)) == (CallState.FAILED, 1)


def test_a_fallback_whose_source_is_not_there_just_now_may_be_named() -> None:
    toolbox = Toolbox(
        (scripted(first(fallback=("carrier",))), Absent("carrier"), Absent("identify")),
        VerifierOptions(tool="identify"),
    )

    assert [spec.name for spec in toolbox.specs] == ["parcel"]
    assert toolbox.get("carrier") is None


@pytest.mark.parametrize(
    ("contract", "wrong"),
    [
        (Contract(preview="carrier"), ""),
        (Contract(preview="nobody"), "contract.preview = 'nobody', which is no tool that reads"),
        (Contract(find_out="parcel"), "contract.find_out = 'parcel', which is no tool that reads"),
        (Contract(compensate="carrier"), "contract.compensate = 'carrier', which is no tool that changes"),
        (Contract(record="order"), "contract.record = 'order'; name a parameter: number"),
    ],
)
def test_a_contract_that_cannot_be_kept_is_found_at_the_start(contract: Contract, wrong: str) -> None:
    tools = (scripted(first(effect=Effect.WRITE, contract=contract)), scripted(second()))

    with pytest.raises(ConfigurationError, match=wrong) if wrong else nullcontext():
        Toolbox(tools)


def test_a_contract_of_a_tool_that_changes_nothing_is_found() -> None:
    with pytest.raises(ConfigurationError, match="'parcel' has a contract and changes nothing"):
        Toolbox((scripted(first(contract=Contract())),))


@pytest.mark.parametrize(
    ("declared", "other", "wrong"),
    [
        (first(fallback=("nobody",)), second(), "falls back on 'nobody', which is no other tool"),
        (first(fallback=("parcel",)), second(), "falls back on 'parcel', which is no other tool"),
        (first(fallback=("carrier",)), second(effect=Effect.WRITE), "which is no other tool that reads"),
        (
            first(fallback=("carrier",)),
            second(parameters=(NUMBER, Parameter(name="zip", pattern="x"))),
            "which needs 'zip' too",
        ),
        (first(effect=Effect.WRITE, fallback=("carrier",)), second(), "changes something"),
        (first(effect=Effect.WRITE, cache_seconds=1), second(), "changes something"),
    ],
)
def test_a_fallback_that_cannot_work_is_found_at_the_start(
    declared: ToolSpec, other: ToolSpec, wrong: str
) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        Toolbox((scripted(declared), scripted(other)))
