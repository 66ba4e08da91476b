"""Each protocol's owner refuses what breaks its rules, and so does the simulator."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.testing.provider.script import Ask, Call, Line, Role
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire import anthropic_request, gemini_request, openai_request
from fondaco.testing.provider.wire.dialect import Habits, Received

CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "found"}
HI = {"role": "user", "content": "Hi"}

USE = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
USED = {"role": "assistant", "content": [USE]}
ANSWERED = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "found"}]}
TEXT = {"type": "text", "text": "Hi"}

ASKED = {"role": "user", "parts": [{"text": "Hi"}]}
FUNCTION: dict[str, Any] = {"functionCall": {"name": "look", "args": {}}}
RESPONSE = {
    "role": "user",
    "parts": [{"functionResponse": {"name": "look", "response": {"result": "found"}}}],
}


def openai(*messages: Any, habits: Habits = Habits(), **more: Any) -> Ask:  # noqa: B008 - frozen
    body = {"model": "m", "messages": messages} | more
    return openai_request.read(Received("/v1/chat/completions", {}, {}, msgspec.json.encode(body)), habits)


def anthropic(*messages: Any, **more: Any) -> Ask:
    body = {"model": "m", "max_tokens": 9, "messages": messages} | more
    headers = {"anthropic-version": "2023-06-01"}
    return anthropic_request.read(Received("/v1/messages", {}, headers, msgspec.json.encode(body)))


def gemini(*contents: Any, habits: Habits = Habits(), **more: Any) -> Ask:  # noqa: B008 - frozen
    body = msgspec.json.encode({"contents": contents} | more)
    return gemini_request.read(Received("/v1beta/models/m:generateContent", {}, {}, body), habits)


def test_openai_takes_a_whole_round() -> None:
    ask = openai(HI, CALLED, RESULT)

    assert ask.lines == (
        Line(role=Role.USER, text="Hi"),
        Line(role=Role.ASSISTANT, calls=(Call(id="call_1", name="look", arguments="{}"),)),
        Line(role=Role.TOOL, text="found", call_id="call_1"),
    )


@pytest.mark.parametrize(
    "messages", [(), (HI, CALLED), (HI, RESULT), (HI, CALLED, HI), ({"role": "shop", "content": "Hi"},)]
)
def test_openai_refuses_a_broken_round(messages: tuple[Any, ...]) -> None:
    with pytest.raises(Trouble) as refused:
        openai(*messages)

    assert refused.value.kind is TroubleKind.BAD_REQUEST


def test_a_thinking_model_may_demand_its_thoughts_back() -> None:
    habits = Habits(demands_reasoning=True)

    with pytest.raises(Trouble, match="reasoning_content"):
        openai(HI, CALLED, RESULT, habits=habits)
    assert len(openai(HI, CALLED | {"reasoning_content": "So."}, RESULT, habits=habits).lines) == 3


def test_a_relay_may_know_no_stream_options() -> None:
    with pytest.raises(Trouble, match="stream_options"):
        openai(
            HI, habits=Habits(knows_stream_options=False), stream=True, stream_options={"include_usage": True}
        )


def test_anthropic_takes_a_whole_round() -> None:
    ask = anthropic(HI, USED, {"role": "user", "content": [ANSWERED, TEXT]}, system="Be brief.")

    assert [line.role for line in ask.lines] == ["system", "user", "assistant", "tool", "user"]
    assert ask.parts == (b"Be brief.", b"Hi", b"look{}", b"found", b"Hi")


@pytest.mark.parametrize(
    "messages",
    [
        (),
        ({"role": "assistant", "content": "Hi"},),
        ({"role": "system", "content": "Hi"},),
        (HI, USED),
        (HI, USED, HI),
        (HI, {"role": "user", "content": [ANSWERED]}),
        (HI, USED, {"role": "user", "content": [TEXT, ANSWERED]}),
        ({"role": "user", "content": [{"type": "text", "text": ""}]},),
    ],
)
def test_anthropic_refuses_a_broken_round(messages: tuple[Any, ...]) -> None:
    with pytest.raises(Trouble) as refused:
        anthropic(*messages)

    assert refused.value.kind is TroubleKind.BAD_REQUEST


def test_anthropic_wants_to_know_its_version() -> None:
    body = msgspec.json.encode({"model": "m", "max_tokens": 9, "messages": [HI]})

    with pytest.raises(Trouble, match="anthropic-version"):
        anthropic_request.read(Received("/v1/messages", {}, {}, body))


def test_gemini_takes_a_whole_round() -> None:
    ask = gemini(ASKED, {"role": "model", "parts": [FUNCTION]}, RESPONSE)

    assert [line.role for line in ask.lines] == ["user", "assistant", "tool"]
    assert ask.parts == (b"Hi", b"look{}", b'look{"result":"found"}')


def test_gemini_takes_fields_in_snake_case_and_leaves_those_of_tools_alone() -> None:
    tool = {"name": "look", "parameters_json_schema": {"required": ["order_number"]}}
    called = {"role": "model", "parts": [{"function_call": {"name": "look", "args": {"order_number": "1"}}}]}
    answered = {
        "role": "user",
        "parts": [{"function_response": {"name": "look", "response": {"is_sent": True}}}],
    }

    ask = gemini(
        *(ASKED, called, answered),
        tools=[{"function_declarations": [tool]}],
        generation_config={"max_output_tokens": 5},
    )

    assert ask.tools[0].parameters == {"required": ["order_number"]}
    assert ask.parts[2:] == (b'look{"order_number":"1"}', b'look{"is_sent":true}')
    assert ask.max_output == 5


@pytest.mark.parametrize(
    "contents",
    [
        (),
        ({"role": "assistant", "parts": [{"text": "Hi"}]},),
        ({"role": "user", "parts": []},),
        (ASKED, {"role": "model", "parts": [FUNCTION]}),
        (ASKED, RESPONSE),
    ],
)
def test_gemini_refuses_a_broken_round(contents: tuple[Any, ...]) -> None:
    with pytest.raises(Trouble) as refused:
        gemini(*contents)

    assert refused.value.kind is TroubleKind.BAD_REQUEST


@pytest.mark.parametrize("signature", ["c2ltLTAwMDAwMDAx", "skip_thought_signature_validator"])
def test_gemini_may_demand_the_signature_of_a_call(signature: str) -> None:
    habits = Habits(demands_signatures=True)
    signed = FUNCTION | {"thoughtSignature": signature}

    with pytest.raises(Trouble, match="thought_signature"):
        gemini(ASKED, {"role": "model", "parts": [FUNCTION]}, RESPONSE, habits=habits)
    assert len(gemini(ASKED, {"role": "model", "parts": [signed]}, RESPONSE, habits=habits).lines) == 3
