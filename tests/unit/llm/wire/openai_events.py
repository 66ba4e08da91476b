"""Events of OpenAI's streams."""

from __future__ import annotations

from typing import Any

from tests.unit.llm.wire.wires import event

DONE = b"data: [DONE]\n\n"


def delta(finish: str | None = None, usage: Any = None, **fields: Any) -> bytes:
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return event({"id": "c1", "model": "gpt-4.1-x", "choices": [choice], "usage": usage})


def figures(usage: Any, choices: Any = ()) -> bytes:
    return event({"id": "c1", "choices": choices, "usage": usage})


def call(
    index: int | None = None, id_: str | None = None, name: str | None = None, args: Any = None
) -> bytes:
    function = {"name": name, "arguments": args}
    return delta(tool_calls=[{"index": index, "id": id_, "type": "function", "function": function}])
