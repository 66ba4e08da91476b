"""The simulator's bill is exact, whatever became of the request; its plan and its limits can be seen."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from fondaco.kit.clock import SystemClock
from fondaco.testing.clock import FakeClock
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.limits import Limits, RetryDialect
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.wire.dialect import Habits, UsageFields
from tests.contract.provider_support import (
    always,
    anthropic,
    ask_anthropic,
    ask_gemini,
    ask_openai,
    gemini,
    get,
    openai,
    send,
)

LONG = "The shop ships on every working day. " * 200  # 7,400 bytes: 1,850 tokens
FIFTY_TOKENS = "word" * 50


def speaks(_: Ask) -> Answer:
    return Answer(text=FIFTY_TOKENS)


def lively(**options: Any) -> SimulatorOptions:
    return SimulatorOptions(**options)


async def test_the_bill_is_what_the_answers_told() -> None:
    async with ProviderSimulator(speaks) as simulator:
        told = (await ask_openai(simulator.address, openai("Hi"))).json["usage"]
        await ask_openai(simulator.address, openai("Hi", stream=True))
        usage = await get(simulator.address, "/simulator/usage")

    assert told == told | {"prompt_tokens": 1, "completion_tokens": 50, "total_tokens": 51}
    assert usage["total"] == usage["total"] | {"requests": 2, "billed": 2, "input": 2, "output": 100}


async def test_every_key_has_its_own_bill_under_a_name_that_gives_nothing_away() -> None:
    async with ProviderSimulator() as simulator:
        await ask_openai(simulator.address, openai("Hi"), key="sk-first")
        await ask_openai(simulator.address, openai("Hi"), key="sk-second")
        bills = (await get(simulator.address, "/simulator/usage"))["bills"]

    assert len({bill["key"] for bill in bills}) == 2
    assert "sk-" not in str(bills)


async def test_a_cut_stream_costs_what_was_written() -> None:
    async with ProviderSimulator(speaks, plan=always(Fault.CUT)) as simulator:
        heard = await ask_openai(simulator.address, openai("Hi", stream=True))
        total = simulator.journal.total()

    whole = [data for data in heard.data if data.endswith(b"}") and b"word" in data]
    assert 0 < total.output < 50
    assert total.output == sum(data.count(b"word") for data in whole)


async def test_a_stream_that_is_left_costs_what_was_written() -> None:
    options = lively(latency=Latency(per_token=Spread(p50_ms=2, p99_ms=2)))

    async with ProviderSimulator(speaks, options=options) as simulator:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask_openai(simulator.address, openai("Hi", stream=True)), 0.05)
        await get(simulator.address, "/simulator/usage")
        [entry] = simulator.journal.entries()

    assert (entry.client_left, entry.input) == (True, 1)
    assert 0 < entry.output < 50


async def test_a_plain_answer_that_nobody_waits_for_costs_all_of_it() -> None:
    options = lively(latency=Latency(first_token=Spread(p50_ms=10_000, p99_ms=10_000)))

    async with ProviderSimulator(speaks, options=options) as simulator:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask_openai(simulator.address, openai("Hi")), 0.05)
        await get(simulator.address, "/simulator/usage")
        [entry] = simulator.journal.entries()

    assert (entry.client_left, entry.input, entry.output, entry.bytes_sent) == (True, 1, 50, 0)


async def test_openai_and_gemini_remember_whole_blocks_of_a_long_prompt() -> None:
    async with ProviderSimulator(speaks) as simulator:
        first = (await ask_openai(simulator.address, openai(LONG))).json["usage"]
        second = (await ask_openai(simulator.address, openai(LONG + "And on Sundays?"))).json["usage"]
        await ask_gemini(simulator.address, gemini(LONG))
        third = (await ask_gemini(simulator.address, gemini(LONG))).json["usageMetadata"]

    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert second["prompt_tokens_details"]["cached_tokens"] == 1_792  # 14 blocks of 128
    assert third["cachedContentTokenCount"] == 1_792


async def test_deepseek_splits_the_prompt_into_hit_and_miss() -> None:
    options = lively(habits=Habits(usage_fields=UsageFields.DEEPSEEK))

    async with ProviderSimulator(speaks, options=options) as simulator:
        await ask_openai(simulator.address, openai(LONG))
        usage = (await ask_openai(simulator.address, openai(LONG))).json["usage"]

    assert (usage["prompt_cache_hit_tokens"], usage["prompt_cache_miss_tokens"]) == (1_792, 58)


async def test_anthropic_writes_at_the_marks_and_reads_what_it_wrote() -> None:
    def marked(last: str) -> dict[str, Any]:
        system = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
        said = [{"type": "text", "text": last, "cache_control": {"type": "ephemeral"}}]
        return anthropic(system=system, messages=[{"role": "user", "content": said}])

    async with ProviderSimulator(speaks) as simulator:
        first = (await ask_anthropic(simulator.address, marked("12345678"))).json["usage"]
        second = (await ask_anthropic(simulator.address, marked("1234"))).json["usage"]

    assert first["cache_creation"] == {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 1_850}
    assert (first["input_tokens"], first["cache_read_input_tokens"]) == (0, 0)
    assert (second["cache_read_input_tokens"], second["cache_creation_input_tokens"]) == (1_850, 1)


async def test_caches_of_two_keys_know_nothing_of_each_other() -> None:
    async with ProviderSimulator(speaks) as simulator:
        await ask_openai(simulator.address, openai(LONG), key="first")
        usage = (await ask_openai(simulator.address, openai(LONG), key="second")).json["usage"]

    assert usage["prompt_tokens_details"]["cached_tokens"] == 0


async def test_beyond_the_limit_of_requests_a_429_says_how_long_to_wait() -> None:
    clock = FakeClock()
    options = lively(limits=Limits(requests_per_minute=2))

    async with ProviderSimulator(speaks, options=options, clock=clock) as simulator:
        heard = [await ask_openai(simulator.address, openai("Hi")) for _ in range(3)]
        await clock.advance(30)
        later = await ask_openai(simulator.address, openai("Hi"))

    assert [one.status for one in heard] == [200, 200, 429]
    assert (heard[2].headers["retry-after-ms"], heard[2].headers["retry-after"]) == ("30000", "30")
    assert heard[2].headers["x-ratelimit-remaining-requests"] == "0"
    assert later.status == 200


async def test_limits_hold_under_faults_too() -> None:
    options = lively(limits=Limits(requests_per_minute=1))

    async with ProviderSimulator(speaks, options=options, plan=always(Fault.NOTHING)) as simulator:
        heard = [await ask_openai(simulator.address, openai("Hi")) for _ in range(2)]
        faults = [entry.fault for entry in simulator.journal.entries()]

    assert [one.status for one in heard] == [200, 429]
    assert heard[0].headers["x-ratelimit-remaining-requests"] == "0"
    assert faults == ["nothing", ""]


async def test_output_is_taken_from_the_tokens_a_minute() -> None:
    options = lively(limits=Limits(tokens_per_minute=60))

    async with ProviderSimulator(speaks, options=options, clock=FakeClock()) as simulator:
        first = await ask_anthropic(simulator.address, anthropic("Hi"))
        second = await ask_anthropic(simulator.address, anthropic("A longer message, of about ten tokens."))

    assert (first.status, second.status) == (200, 429)
    assert second.headers["anthropic-ratelimit-tokens-remaining"] == "9"
    assert second.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        (RetryDialect.SECONDS, {"retry-after": "2"}),
        (RetryDialect.FRACTION, {"retry-after": "1.500"}),
        (RetryDialect.DATE, {"retry-after": "Mon, 23 Nov 2026 09:00:02 GMT"}),
        (RetryDialect.MILLISECONDS, {"retry-after-ms": "1500", "retry-after": "2"}),
        (RetryDialect.RESET, {"x-ratelimit-reset-requests": "1.5s"}),
        (RetryDialect.GOOGLE, {}),
        (RetryDialect.NONE, {}),
    ],
)
async def test_the_wait_is_told_in_any_dialect(dialect: RetryDialect, told: dict[str, str]) -> None:
    plan = always(Fault.RATE_LIMITED, seconds=1.5, retry_dialect=dialect)

    async with ProviderSimulator(speaks, plan=plan, clock=FakeClock()) as simulator:
        heard = await ask_openai(simulator.address, openai())

    names = ("retry-after", "retry-after-ms", "x-ratelimit-reset-requests")
    assert {name: heard.headers[name] for name in names if name in heard.headers} == told
    assert ("1.5s" in str(heard.json)) == (dialect is RetryDialect.GOOGLE)


async def test_a_provider_may_have_a_dialect_of_its_own() -> None:
    options = lively(retry_dialect=RetryDialect.GOOGLE)
    plan = always(Fault.RATE_LIMITED, seconds=0.25)

    async with ProviderSimulator(speaks, options=options, plan=plan) as simulator:
        heard = await ask_anthropic(simulator.address, anthropic())

    assert heard.json["error"]["details"][0]["retryDelay"] == "0.25s"


async def test_the_plan_is_changed_while_it_runs() -> None:
    async with ProviderSimulator(speaks) as simulator:
        before = await ask_openai(simulator.address, openai())
        plan = msgspec.json.encode(Plan(rules=(FaultRule(fault=Fault.OVERLOADED, first=1),)))
        set_to = await send(simulator.address, "/simulator/plan", plan, {})
        after = [(await ask_openai(simulator.address, openai())).status for _ in range(2)]
        usage = await get(simulator.address, "/simulator/usage")

    assert (before.status, set_to.status, after) == (200, 200, [529, 200])
    assert usage["faults"] == {"overloaded": 1}


async def test_a_plan_that_is_none_changes_nothing() -> None:
    async with ProviderSimulator(speaks, plan=always(Fault.UNAVAILABLE)) as simulator:
        refused = await send(simulator.address, "/simulator/plan", b'{"rules": [{"fault": "flood"}]}', {})
        plan = await get(simulator.address, "/simulator/plan")

    assert refused.status == 400
    assert [rule["fault"] for rule in plan["rules"]] == ["unavailable"]


async def test_a_refusal_may_have_headers_of_its_own() -> None:
    plan = always(Fault.SERVER_ERROR, headers={"x-should-retry": "false"})

    async with ProviderSimulator(speaks, plan=plan) as simulator:
        heard = await ask_openai(simulator.address, openai())

    assert (heard.status, heard.headers["x-should-retry"]) == (500, "false")


async def test_a_reset_forgets_what_is_under_way_too() -> None:
    options = lively(latency=Latency(first_token=Spread(p50_ms=100, p99_ms=100)))

    async with ProviderSimulator(speaks, options=options) as simulator:
        asking = asyncio.create_task(ask_openai(simulator.address, openai()))
        await SystemClock().sleep(0.05)
        simulator.reset()
        await asking
        usage = await get(simulator.address, "/simulator/usage")

    assert (usage["in_flight"], usage["total"]["requests"]) == (0, 0)


async def test_a_reset_forgets_everything() -> None:
    async with ProviderSimulator(speaks) as simulator:
        await ask_openai(simulator.address, openai())
        await send(simulator.address, "/simulator/reset", b"", {})
        journal = await get(simulator.address, "/simulator/journal")

    assert journal == {"entries": []}


async def test_keys_and_models_may_be_limited() -> None:
    options = lively(keys=("sk-good",), models=("gpt-4.1",), context_tokens=100)

    async with ProviderSimulator(speaks, options=options) as simulator:
        heard = [
            await ask_openai(simulator.address, openai("Hi"), key="sk-bad"),
            await ask_openai(simulator.address, openai("Hi", model="gpt-0"), key="sk-good"),
            await ask_openai(simulator.address, openai(LONG), key="sk-good"),
            await ask_openai(simulator.address, openai("Hi"), key="sk-good"),
        ]
        models = await get(simulator.address, "/v1/models")

    assert [one.status for one in heard] == [401, 404, 400, 200]
    assert heard[2].json["error"]["code"] == "context_length_exceeded"
    assert [model["id"] for model in models["data"]] == ["gpt-4.1"]


async def test_the_same_seed_gives_the_same_faults() -> None:
    async def fates(seed: int) -> list[int]:
        plan = always(Fault.UNAVAILABLE, share=0.5)
        async with ProviderSimulator(speaks, plan=plan, seed=seed) as simulator:
            return [(await ask_openai(simulator.address, openai())).status for _ in range(20)]

    first, again, other = await fates(1), await fates(1), await fates(2)

    assert first == again
    assert first != other
    assert set(first) == {200, 503}


async def test_a_thousand_requests_are_in_flight_at_once() -> None:
    options = lively(latency=Latency(first_token=Spread(p50_ms=300, p99_ms=300)))

    async with ProviderSimulator(speaks, options=options) as simulator:
        asking = [asyncio.create_task(ask_openai(simulator.address, openai("Hi"))) for _ in range(1_000)]
        heard = await asyncio.gather(*asking)
        total = simulator.journal.total()

    assert {one.status for one in heard} == {200}
    assert (total.billed, total.output) == (1_000, 50_000)
