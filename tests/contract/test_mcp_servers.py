"""Tools of a real MCP server, a process of its own, over its standard streams and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from fondaco.domain.errors import ConfigurationError, ToolFailed, ToolUncertain
from fondaco.domain.ids import ContactId, TurnId, WorkspaceId
from fondaco.domain.tools import CallState, Effect, Parameter, ParameterSource, Verification
from fondaco.kit.clock import SystemClock
from fondaco.kit.language import Language
from fondaco.tools import Binding, Tool, Toolbox, ToolCaller, ToolSourceOptions
from tests.contract.mcp_support import READ, chosen, http_server, opened, stdio
from tests.unit.tools.toolkit import MemoryJournal

BINDING = Binding(
    turn_id=TurnId("trn_1"),
    workspace_id=WorkspaceId("wsp_1"),
    contact_id=ContactId("con_1"),
    language=Language.EN,
    verification=Verification.MATCHED,
    subject="mira",
)


TOOLS = tuple(chosen(name, effect=READ) for name in ("parcel", "told", "written", "big", "slow", "key"))
together = pytest.mark.asyncio(loop_scope="module")  # a server takes a second to start


@pytest_asyncio.fixture(params=["stdio", "http"], scope="module", loop_scope="module")
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[dict[str, Tool]]:
    async with AsyncExitStack() as stack:
        source = stdio(*TOOLS)
        if request.param == "http":
            address = await stack.enter_async_context(http_server())
            source = ToolSourceOptions(mcp_url=address, tools=TOOLS)
        yield await stack.enter_async_context(opened(source))


@together
async def test_a_tool_is_offered_with_its_schemas_and_a_bounded_description(shop: dict[str, Tool]) -> None:
    spec = shop["parcel"].spec

    assert [(one.name, one.required, one.schema["type"]) for one in spec.parameters] == [
        ("number", True, "string"),
        ("count", False, "integer"),
    ]
    assert spec.result_schema["required"] == ["number", "state", "count"]
    assert len(spec.description) <= 500
    assert not set("<>\u202e") & set(spec.description)


@together
async def test_a_result_is_an_object_whatever_form_it_comes_in(shop: dict[str, Tool]) -> None:
    structured = await shop["parcel"].run({"number": "7", "count": 2}, "call_1")
    wrapped = await shop["told"].run({"number": "7"}, "call_2")
    written = await shop["written"].run({"number": "7"}, "call_3")
    keyed = await shop["key"].run({}, "call_4")

    assert structured == {"number": "7", "state": "sent", "count": 2}
    assert wrapped == {"result": "It is 7."}
    assert written == {"number": "7", "state": "sent"}
    assert keyed == {"key": "call_4"}


@together
async def test_calls_are_answered_at_the_same_time(shop: dict[str, Tool]) -> None:
    numbers = [str(number) for number in range(20)]

    answers = await asyncio.gather(*(shop["parcel"].run({"number": one}, "key") for one in numbers))

    assert [one["number"] for one in answers] == numbers


@together
async def test_what_takes_too_long_or_is_too_large_is_no_result(shop: dict[str, Tool]) -> None:
    caller = ToolCaller(Toolbox(shop.values()), SystemClock())
    deadline_ms = SystemClock().monotonic_ms() + 1_500

    big = await caller.call("big", {}, BINDING, MemoryJournal())
    slow = await caller.call("slow", {}, BINDING, MemoryJournal(), deadline_ms=deadline_ms)
    after = await caller.call("parcel", {"number": "7"}, BINDING, MemoryJournal())

    assert (big.state, slow.state, after.state) == (CallState.FAILED, CallState.FAILED, CallState.DONE)
    assert "larger than 256000 bytes" in big.error
    assert "no answer within" in slow.error


@together
async def test_an_error_of_the_server_is_no_result(shop: dict[str, Tool]) -> None:
    with pytest.raises(ToolFailed, match="parcel: Error executing tool"):
        await shop["parcel"].run({"number": "gone"}, "key")


async def test_a_server_that_dies_is_started_anew_and_its_write_is_in_doubt() -> None:
    async with opened(stdio(chosen("process"), chosen("die"))) as shop:
        before = await shop["process"].run({}, "key")
        with pytest.raises(ToolUncertain, match="gave no answer to die"):
            await shop["die"].run({}, "key")
        after = await shop["process"].run({}, "key")

    assert before["pid"] != after["pid"]


async def test_a_server_over_http_that_goes_away_is_found_gone_and_found_back() -> None:
    async with http_server() as address:
        source = ToolSourceOptions(mcp_url=address, tools=(chosen("process", effect=READ),))
        async with opened(source) as shop:
            before = await shop["process"].run({}, "key")
            kept = shop["process"]
    with pytest.raises(ToolFailed):
        await kept.run({}, "key")

    assert before["pid"] > 0


async def test_without_a_choice_every_tool_is_one_that_changes_something() -> None:
    async with opened(stdio(prefix="shop_")) as shop:
        specs = {name: tool.spec for name, tool in shop.items()}

    assert {"shop_parcel", "shop_die"} <= specs.keys()
    assert {(spec.effect, spec.contract) for spec in specs.values()} == {(Effect.WRITE, None)}


async def test_a_server_sees_only_the_environment_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_SECRET", "hush")

    async with opened(stdio(chosen("environment"), mcp_env={"SHOP_TOKEN": "ours"})) as shop:
        seen = await shop["environment"].run({}, "key")

    assert seen == {"shop": "ours", "secret": ""}


async def test_the_server_binds_what_the_operator_says() -> None:
    subject = Parameter(name="number", source=ParameterSource.SERVER, server_value="subject")
    tool = chosen("parcel", effect=READ, parameters=(subject,), verification=Verification.MATCHED)
    async with opened(stdio(tool)) as shop:
        caller = ToolCaller(Toolbox(shop.values()), SystemClock())
        call = await caller.call("parcel", {"number": "harry"}, BINDING, MemoryJournal())

    assert call.result == {"number": "mira", "state": "sent", "count": 1}


async def test_a_tool_that_the_server_does_not_have_is_found_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"tools\[0\].operation names 'refund', .* it has: parcel"):
        async with opened(stdio(chosen("refund"))):
            pass


@pytest.mark.parametrize(
    "source",
    [
        ToolSourceOptions(mcp_command=("no-such-program-here",)),
        ToolSourceOptions(mcp_command=("false",)),
        ToolSourceOptions(mcp_url="http://127.0.0.1:9/mcp"),
        ToolSourceOptions(mcp_command=("sleep", "30"), connect_seconds=0.3),
    ],
    ids=["no program", "ends at once", "nobody listens", "says nothing"],
)
async def test_a_server_that_cannot_be_reached_stops_the_start(source: ToolSourceOptions) -> None:
    with pytest.raises(ToolFailed, match="cannot be reached"):
        async with opened(source):
            pass


async def test_an_optional_server_that_cannot_be_reached_is_left_out() -> None:
    async with opened(ToolSourceOptions(mcp_command=("no-such-program-here",), optional=True)) as shop:
        assert shop == {}
