"""Plain answers in OpenAI's form."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Finish
from fondaco.llm.failures import FailureClass
from tests.unit.llm.wire.wires import a_target, plain, plain_failure

TARGET = a_target()


def an_answer(finish: str | None = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"id": "c1", "model": "gpt-4.1-x", "choices": [choice], "usage": usage}


def test_a_plain_answer_is_read() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 0}}

    reply = plain(TARGET, an_answer(content="Hi", usage=usage))

    assert (reply.text, reply.finish, reply.served_model) == ("Hi", Finish.STOP, "gpt-4.1-x")
    assert reply.usage == Usage(input=10, output=2)


def test_leading_blank_lines_of_deepseek_under_load_are_skipped() -> None:
    body = b"\n\n  \n\r\n" + b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}' + b"\n"

    assert plain(TARGET, body).text == "Hi"


def test_a_byte_order_mark_is_skipped() -> None:
    body = b'\xef\xbb\xbf{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'

    assert plain(TARGET, body).text == "Hi"


def test_tool_calls_of_a_plain_answer_are_read() -> None:
    calls = [
        {"id": "a", "type": "function", "function": {"name": "look", "arguments": '{"x":1}'}},
        {"id": "b", "type": "function", "function": {"name": "look", "arguments": ""}},
    ]

    reply = plain(TARGET, an_answer("tool_calls", content=None, tool_calls=calls))

    assert [(wish.id, wish.arguments) for wish in reply.wishes] == [("a", '{"x":1}'), ("b", "{}")]
    assert reply.finish is Finish.TOOLS


def test_reasoning_of_a_plain_answer_is_kept_apart() -> None:
    reply = plain(TARGET, an_answer(content="Hi", reasoning_content="hm"))

    assert (reply.text, reply.reasoning) == ("Hi", "hm")


def test_a_refusal_is_refused() -> None:
    assert plain(TARGET, an_answer(content=None, refusal="No.")).finish is Finish.REFUSED


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html>", b"{}", b'{"choices":[]}', b"[]", b"\xff", b'{"choices":7}']
)
def test_a_body_without_an_answer_is_broken(body: bytes) -> None:
    failure = plain_failure(TARGET, body)

    assert failure.kind is FailureClass.BROKEN
    assert failure.possibly_billed


def test_an_error_with_status_200_keeps_its_class() -> None:
    failure = plain_failure(TARGET, {"error": {"message": "Insufficient Balance", "code": "x"}})

    assert (failure.kind, failure.status) == (FailureClass.QUOTA, 200)
