"""Every fault of the catalogue does what it says, and the simulator is well again afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from fondaco.testing.provider.faults import Fault, FaultRule, Plan, explanations
from fondaco.testing.provider.script import Answer, Ask, Call
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.contract.provider_support import (
    Heard,
    always,
    anthropic,
    ask_anthropic,
    ask_gemini,
    ask_openai,
    gemini,
    get,
    openai,
)

TEXT = "Ihre Bestellung ist unterwegs und kommt übermorgen an, 你好。"
CALLS = tuple(Call(name=name, arguments='{"order_number":"RI-10482"}') for name in ("order_status", "parcel"))
Asking = Callable[[str], Awaitable[Heard]]


def speaks(_: Ask) -> Answer:
    return Answer(text=TEXT)


def speaks_and_calls(_: Ask) -> Answer:
    return Answer(text=TEXT, calls=CALLS)


async def openai_plain(address: str) -> Heard:
    return await ask_openai(address, openai())


async def openai_stream(address: str) -> Heard:
    return await ask_openai(address, openai(stream=True))


async def anthropic_plain(address: str) -> Heard:
    return await ask_anthropic(address, anthropic())


async def anthropic_stream(address: str) -> Heard:
    return await ask_anthropic(address, anthropic(stream=True))


async def gemini_plain(address: str) -> Heard:
    return await ask_gemini(address, gemini())


async def gemini_stream(address: str) -> Heard:
    return await ask_gemini(address, gemini(), stream=True)


PLAIN = [openai_plain, anthropic_plain, gemini_plain]
STREAMS = [openai_stream, anthropic_stream, gemini_stream]


@pytest.fixture
async def simulator() -> AsyncIterator[ProviderSimulator]:
    async with ProviderSimulator(speaks_and_calls) as running:
        yield running


async def test_every_fault_is_explained() -> None:
    assert [fault for fault, meaning in explanations().items() if not meaning] == []


@pytest.mark.parametrize("asking", [openai_plain, *STREAMS])
@pytest.mark.parametrize("fault", list(Fault))
async def test_after_any_fault_the_next_request_is_answered(fault: Fault, asking: Asking) -> None:
    plan = Plan(rules=(FaultRule(fault=fault, first=1, seconds=0.001),))

    async with ProviderSimulator(speaks_and_calls, plan=plan) as simulator:
        await asking(simulator.address)
        second = await asking(simulator.address)
        faults = [entry.fault for entry in simulator.journal.entries()]

    assert (second.status, second.whole) == (200, True)
    assert faults.index("") in {0, 1}
    assert len(faults) == 2


@pytest.mark.parametrize("asking", PLAIN + STREAMS)
async def test_a_cut_answer_ends_without_its_end(asking: Asking, simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.CUT))

    heard = await asking(simulator.address)

    assert (heard.status, heard.whole, heard.reset, bool(heard.body)) == (200, False, False, True)


@pytest.mark.parametrize("asking", PLAIN + STREAMS)
async def test_a_reset_answer_is_torn_down(asking: Asking, simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.RESET))

    heard = await asking(simulator.address)

    assert (heard.status, heard.whole, heard.reset, bool(heard.body)) == (200, False, True, True)


async def test_who_is_hung_up_on_hears_nothing(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.HANG_UP))

    heard = await openai_plain(simulator.address)

    assert (heard.status, heard.reset) == (0, False)
    assert simulator.journal.total().billed == 0


@pytest.mark.parametrize("asking", PLAIN + STREAMS)
async def test_a_malformed_answer_is_whole_but_no_json(asking: Asking, simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.MALFORMED))

    heard = await asking(simulator.address)

    assert heard.whole
    with pytest.raises(msgspec.DecodeError):
        assert heard.events or heard.json


@pytest.mark.parametrize("asking", STREAMS)
async def test_an_error_in_a_stream_comes_after_words(asking: Asking, simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.ERROR_IN_200))

    heard = await asking(simulator.address)

    assert (heard.status, heard.whole) == (200, True)
    assert "error" in heard.events[-1]
    assert len(heard.events) > 3


@pytest.mark.parametrize("asking", PLAIN)
async def test_an_error_in_a_plain_answer_is_all_there_is(
    asking: Asking, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(Fault.ERROR_IN_200))

    heard = await asking(simulator.address)

    assert heard.status == 200
    assert "error" in heard.json
    assert simulator.journal.total().billed == 0


@pytest.mark.parametrize("asking", STREAMS)
async def test_an_error_may_come_first(asking: Asking, simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.ERROR_FIRST))

    heard = await asking(simulator.address)

    assert len(heard.events) == 1
    assert "error" in heard.events[0]


@pytest.mark.parametrize("asking", STREAMS)
@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.MISSING_END])
async def test_a_stream_may_end_in_good_order_without_its_mark(
    asking: Asking, fault: Fault, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(fault))

    heard = await asking(simulator.address)

    assert heard.whole
    assert b"[DONE]" not in heard.body
    assert b"message_stop" not in heard.body
    assert b"finishReason" not in heard.body


async def test_a_truncated_stream_has_no_finish_reason(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.TRUNCATED))

    heard = await openai_stream(simulator.address)

    assert {event["choices"][0]["finish_reason"] for event in heard.events} == {None}


async def test_usage_may_be_missing_doubled_or_everywhere(simulator: ProviderSimulator) -> None:
    told = []
    for fault in (Fault.USAGE_MISSING, Fault.USAGE_DOUBLED, Fault.USAGE_EVERYWHERE):
        simulator.follow(always(fault))
        heard = await openai_stream(simulator.address)
        told.append(([event.get("usage") for event in heard.events], len(heard.events)))

    (missing, _), (doubled, _), (everywhere, count) = told
    assert [usage for usage in missing if usage] == []
    [first, second] = [usage for usage in doubled if usage]
    assert first == second
    assert len([usage for usage in everywhere if usage]) == count


async def test_split_bytes_cut_characters_and_lose_none(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.SPLIT_UTF8))

    heard = await openai_stream(simulator.address)

    texts = [event["choices"][0]["delta"].get("content") or "" for event in heard.events if event["choices"]]
    assert "".join(texts) == TEXT


async def test_interleaved_calls_alternate(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.INTERLEAVED_TOOLS))

    heard = await openai_stream(simulator.address)

    deltas = [event["choices"][0]["delta"] for event in heard.events if event["choices"]]
    order = [delta["tool_calls"][0]["index"] for delta in deltas if "tool_calls" in delta]
    assert order[:4] == [0, 1, 0, 1]


async def test_a_whole_tool_call_has_neither_index_nor_id(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.WHOLE_TOOL_CALL))

    heard = await openai_stream(simulator.address)

    deltas = [event["choices"][0]["delta"] for event in heard.events if event["choices"]]
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert [set(call) for call in calls] == [{"type", "function"}] * 2


async def test_wrong_arguments_are_no_json(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.WRONG_ARGUMENTS))

    heard = await openai_plain(simulator.address)

    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(heard.json["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"])


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault.LEAKED_MARKUP, '<tool_call>\n{"name": "order_status"'),
        (Fault.OTHER_LANGUAGE, "encomenda"),
    ],
)
async def test_the_model_may_say_what_it_should_not(
    fault: Fault, text: str, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(fault))

    heard = await anthropic_plain(simulator.address)

    assert text in heard.json["content"][0]["text"]


async def test_nothing_is_said_and_the_prompt_is_charged(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.NOTHING))

    heard = await openai_stream(simulator.address)
    total = simulator.journal.total()

    assert [
        event for event in heard.events if event["choices"] and event["choices"][0]["delta"].get("content")
    ] == []
    assert (total.input, total.output) == (7, 0)


@pytest.mark.parametrize("asking", [openai_plain, openai_stream])
async def test_a_huge_answer_has_two_hundred_thousand_tokens(
    asking: Asking, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(Fault.HUGE))

    heard = await asking(simulator.address)

    assert heard.whole
    assert simulator.journal.total().output == 200_000


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (Fault.RATE_LIMITED, (429, 429, 429)),
        (Fault.OVERLOADED, (529, 529, 503)),
        (Fault.SERVER_ERROR, (500, 500, 500)),
        (Fault.UNAVAILABLE, (503, 503, 503)),
        (Fault.BAD_GATEWAY, (502, 502, 502)),
        (Fault.WRONG_KEY, (401, 401, 400)),
        (Fault.UNKNOWN_MODEL, (404, 404, 404)),
        (Fault.QUOTA, (429, 400, 429)),
        (Fault.TOO_LONG, (400, 400, 400)),
    ],
)
async def test_a_refusal_has_the_status_of_its_protocol_and_costs_nothing(
    fault: Fault, statuses: tuple[int, ...], simulator: ProviderSimulator
) -> None:
    simulator.follow(always(fault))

    heard = [await asking(simulator.address) for asking in STREAMS]

    assert tuple(one.status for one in heard) == statuses
    assert simulator.journal.total().billed == 0


@pytest.mark.parametrize(
    ("fault", "kind"), [(Fault.WRONG_TYPE, "text/html"), (Fault.PLAIN_FOR_STREAM, "application/json")]
)
async def test_a_stream_may_turn_out_to_be_something_else(
    fault: Fault, kind: str, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(fault))

    heard = await openai_stream(simulator.address)

    assert heard.status == 200
    assert heard.headers["content-type"].startswith(kind)


async def test_keep_alives_are_comments_or_blank_lines(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.KEEP_ALIVE, seconds=0.01))

    stream, plain = await openai_stream(simulator.address), await openai_plain(simulator.address)

    assert stream.body.startswith(b": keep-alive\n\n" * 10)
    assert plain.body.startswith(b"\n" * 10 + b"{")


@pytest.mark.parametrize("fault", [Fault.STALL_HEADERS, Fault.STALL_FIRST, Fault.STALL_MIDDLE])
async def test_who_leaves_a_stalled_stream_is_seen_leaving(
    fault: Fault, simulator: ProviderSimulator
) -> None:
    simulator.follow(always(fault))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(openai_stream(simulator.address), 0.1)
    journal = await get(simulator.address, "/simulator/journal")

    [entry] = journal["entries"]
    assert (entry["fault"], entry["client_left"]) == (fault.value, True)
    assert entry["billed"] == (fault is Fault.STALL_MIDDLE)


async def test_a_drip_goes_on_drop_by_drop(simulator: ProviderSimulator) -> None:
    simulator.follow(always(Fault.DRIP, seconds=0.002))

    heard = await gemini_stream(simulator.address)

    [entry] = simulator.journal.entries()
    assert heard.whole
    assert (entry.ended_ms or 0) >= 2 * entry.output


async def test_a_fault_that_cannot_show_hits_nobody() -> None:
    async with ProviderSimulator(speaks, plan=always(Fault.WRONG_ARGUMENTS)) as simulator:
        heard = await openai_plain(simulator.address)
        [entry] = simulator.journal.entries()

    assert (heard.status, entry.fault) == (200, "")
