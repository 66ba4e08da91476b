"""The simulator answers as OpenAI, Anthropic and Google do, plain and streamed, with tools."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from fondaco.testing.provider.script import Answer, Ask, Call, Ending, recorded
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.contract.provider_support import (
    LOST,
    anthropic,
    ask_anthropic,
    ask_gemini,
    ask_openai,
    gemini,
    openai,
    send,
)

ECHO = f"You wrote: {LOST}"
ECHO_TOKENS = 10  # 38 bytes
LOST_TOKENS = 7  # 27 bytes
ARGUMENTS = {"order_number": "RI-10482"}


@pytest.fixture
async def simulator() -> AsyncIterator[ProviderSimulator]:
    async with ProviderSimulator() as running:
        yield running


def openai_text(events: list[dict[str, Any]]) -> str:
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events if event["choices"])


async def test_openai_answers_plainly(simulator: ProviderSimulator) -> None:
    heard = await ask_openai(simulator.address, openai())

    [choice] = heard.json["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (ECHO, "stop")
    assert heard.json["usage"]["prompt_tokens"] == LOST_TOKENS
    assert heard.json["usage"]["completion_tokens"] == ECHO_TOKENS


async def test_openai_streams_to_a_finish_a_usage_and_a_mark(simulator: ProviderSimulator) -> None:
    heard = await ask_openai(simulator.address, openai(stream=True))

    assert openai_text(heard.events) == ECHO
    assert heard.events[-2]["choices"][0]["finish_reason"] == "stop"
    assert heard.events[-1]["choices"] == []
    assert heard.events[-1]["usage"]["completion_tokens"] == ECHO_TOKENS
    assert heard.data[-1] == b"[DONE]"


async def test_openai_tells_no_usage_in_a_stream_unless_asked(simulator: ProviderSimulator) -> None:
    body = openai(stream=True)
    del body["stream_options"]

    heard = await ask_openai(simulator.address, body)

    assert [event for event in heard.events if "usage" in event] == []


async def test_openai_calls_a_tool_in_pieces(simulator: ProviderSimulator) -> None:
    heard = await ask_openai(simulator.address, openai(stream=True, tools=True))

    deltas = [event["choices"][0]["delta"] for event in heard.events if event["choices"]]
    first, *others = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert first["function"] == {"name": "order_status", "arguments": ""}
    assert len(others) > 1
    assert msgspec.json.decode("".join(call["function"]["arguments"] for call in others)) == ARGUMENTS
    assert heard.events[-2]["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_tool_round_goes_on_with_the_result(simulator: ProviderSimulator) -> None:
    first = (await ask_openai(simulator.address, openai(tools=True))).json["choices"][0]["message"]
    [call] = first["tool_calls"]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "It is on its way."}

    body = openai(tools=True)
    body["messages"] += [first, result]
    heard = await ask_openai(simulator.address, body)

    assert heard.json["choices"][0]["message"]["content"] == "The tool says: It is on its way."


async def test_anthropic_answers_plainly(simulator: ProviderSimulator) -> None:
    heard = await ask_anthropic(simulator.address, anthropic())

    assert heard.json["content"] == [{"type": "text", "text": ECHO}]
    assert heard.json["stop_reason"] == "end_turn"
    assert heard.json["usage"]["output_tokens"] == ECHO_TOKENS


async def test_anthropic_streams_its_events_in_their_order(simulator: ProviderSimulator) -> None:
    heard = await ask_anthropic(simulator.address, anthropic(stream=True))

    kinds = [event["type"] for event in heard.events]
    assert kinds[:3] == ["message_start", "ping", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    texts = [event["delta"]["text"] for event in heard.events if event["type"] == "content_block_delta"]
    assert "".join(texts) == ECHO
    assert heard.events[-2]["usage"]["output_tokens"] == ECHO_TOKENS
    assert b"event: message_stop\ndata: " in heard.body


async def test_anthropic_calls_a_tool_in_pieces_of_json(simulator: ProviderSimulator) -> None:
    heard = await ask_anthropic(simulator.address, anthropic(stream=True, tools=True))

    deltas = [event["delta"] for event in heard.events if event["type"] == "content_block_delta"]
    assert msgspec.json.decode("".join(delta["partial_json"] for delta in deltas)) == ARGUMENTS
    assert heard.events[-2]["delta"]["stop_reason"] == "tool_use"


async def test_gemini_answers_plainly(simulator: ProviderSimulator) -> None:
    heard = await ask_gemini(simulator.address, gemini())

    [candidate] = heard.json["candidates"]
    assert candidate["content"]["parts"] == [{"text": ECHO}]
    assert candidate["finishReason"] == "STOP"
    assert heard.json["usageMetadata"]["candidatesTokenCount"] == ECHO_TOKENS


async def test_gemini_streams_until_a_finish_reason(simulator: ProviderSimulator) -> None:
    heard = await ask_gemini(simulator.address, gemini(), stream=True)

    candidates = [event["candidates"][0] for event in heard.events]
    assert "".join(one["content"]["parts"][0]["text"] for one in candidates) == ECHO
    assert [one.get("finishReason") for one in candidates][-2:] == [None, "STOP"]


async def test_gemini_without_events_streams_an_array(simulator: ProviderSimulator) -> None:
    heard = await ask_gemini(simulator.address, gemini(), stream=True, sse=False)

    texts = [one["candidates"][0]["content"]["parts"][0]["text"] for one in heard.json]
    assert "".join(texts) == ECHO


async def test_gemini_calls_a_tool_whole_signed_and_without_an_id(simulator: ProviderSimulator) -> None:
    heard = await ask_gemini(simulator.address, gemini(tools=True), stream=True)

    part = heard.events[0]["candidates"][0]["content"]["parts"][0]
    assert part["functionCall"] == {"name": "order_status", "args": ARGUMENTS}
    assert part["thoughtSignature"]


async def test_a_recording_is_replayed_with_its_own_pieces() -> None:
    pieces = ('{"a', '":', "1}")
    answer = Answer(
        text="你好!", pieces=("你", "好!"), calls=(Call(name="t", arguments='{"a":1}', pieces=pieces),)
    )

    async with ProviderSimulator(recorded([answer])) as simulator:
        heard = await ask_openai(simulator.address, openai(stream=True))

    deltas = [event["choices"][0]["delta"] for event in heard.events if event["choices"]]
    assert [delta["content"] for delta in deltas if delta.get("content")] == ["你", "好!"]
    calls = [delta["tool_calls"][0]["function"] for delta in deltas if "tool_calls" in delta]
    assert [call["arguments"] for call in calls] == ["", *pieces]


@pytest.mark.parametrize(
    ("ending", "openai_word", "anthropic_word"),
    [
        (Ending.STOP, "stop", "end_turn"),
        (Ending.LENGTH, "length", "max_tokens"),
        (Ending.REFUSED, "stop", "refusal"),
        (Ending.FILTERED, "content_filter", "refusal"),
    ],
)
async def test_each_ending_has_its_word(ending: Ending, openai_word: str, anthropic_word: str) -> None:
    def script(_: Ask) -> Answer:
        return Answer(text="No.", ending=ending)

    async with ProviderSimulator(script) as simulator:
        first = await ask_openai(simulator.address, openai())
        second = await ask_anthropic(simulator.address, anthropic())

    assert first.json["choices"][0]["finish_reason"] == openai_word
    assert second.json["stop_reason"] == anthropic_word


async def test_an_answer_keeps_to_the_limit_of_its_output(simulator: ProviderSimulator) -> None:
    heard = await ask_openai(simulator.address, openai(max_completion_tokens=3))

    [choice] = heard.json["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (ECHO[:12], "length")
    assert heard.json["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"model": "m", "messages": []}',
        b'{"model": "m", "messages": [{"role": "tool", "tool_call_id": "x", "content": ""}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream_options": {}}',
    ],
)
async def test_openai_refuses_what_it_does_not_understand(simulator: ProviderSimulator, body: bytes) -> None:
    heard = await send(simulator.address, "/v1/chat/completions", body, {})

    assert (heard.status, heard.json["error"]["type"]) == (400, "invalid_request_error")


async def test_an_unknown_path_is_not_found(simulator: ProviderSimulator) -> None:
    heard = await send(simulator.address, "/v1/embeddings", b"{}", {})

    assert heard.status == 404


async def test_no_http_is_a_bad_request(simulator: ProviderSimulator) -> None:
    heard = await send(simulator.address, " nonsense\r\n\r\n", b"", {})

    assert heard.status == 400
