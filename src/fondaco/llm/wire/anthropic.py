"""Anthropic's Messages protocol.

Sources: Anthropic's API reference (Messages, streaming, prompt caching, errors) and the types of its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fondaco.llm.asking import Prompt, Reply, Speaker, ToolAnswered, ToolWish
from fondaco.llm.failures import Failure
from fondaco.llm.targets import Target
from fondaco.llm.wire.anthropic_reader import Reader, read_reply
from fondaco.llm.wire.dialect import StreamReader, WireRequest
from fondaco.llm.wire.history import Side, arguments_of, opened_and_closed_by_contact, output_limit, sides
from fondaco.llm.wire.judging import judge_answer

VERSION = "2023-06-01"

_BOM = b"\xef\xbb\xbf"
_KEPT = {"type": "ephemeral"}  # for five minutes, renewed by every use
_encode = msgspec.json.Encoder().encode


class AnthropicMessages:
    """Speaks ``/v1/messages``."""

    def request(self, prompt: Prompt, target: Target, secret: str, *, stream: bool) -> WireRequest:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if stream else "application/json",
            "anthropic-version": VERSION,
        }
        if secret:
            headers["x-api-key"] = secret
        found = opened_and_closed_by_contact(sides(prompt, target))
        body: dict[str, Any] = {
            "model": target.model,
            "max_tokens": output_limit(prompt, target),
            "messages": _messages(prompt, target, found),
        }
        if prompt.system.strip():
            body["system"] = [{"type": "text", "text": prompt.system, "cache_control": _KEPT}]
        body |= _tools(prompt, target, found)
        if prompt.temperature is not None and target.profile.takes_temperature:
            body["temperature"] = min(prompt.temperature, 1.0)  # its scale ends there
        if stream:
            body["stream"] = True
        base = target.base_url.rstrip("/").removesuffix("/v1")
        return WireRequest(url=f"{base}/v1/messages", headers=headers, body=_encode(body))

    def reply(self, body: bytes, target: Target) -> Reply:
        return read_reply(body.removeprefix(_BOM))

    def stream(self, target: Target) -> StreamReader:
        return Reader(target)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes, now_ms: int) -> Failure:
        return judge_answer(status, headers, body, now_ms)


def _tools(prompt: Prompt, target: Target, found: list[Side]) -> dict[str, Any]:
    """Return the tools, the last one marked so that all of them are kept in the provider's cache.

    A history with tool calls is refused where no tools are declared, so those of the history are declared
    then, and forbidden.
    """
    if prompt.tools and target.profile.tools:
        declared: list[dict[str, Any]] = [
            {"name": offer.name, "description": offer.description, "input_schema": offer.parameters}
            for offer in prompt.tools
        ]
        declared[-1]["cache_control"] = _KEPT
        return {"tools": declared}
    names = dict.fromkeys(wish.name for side in found for wish in side.wishes)
    if not names:
        return {}
    past = [{"name": name, "input_schema": {"type": "object"}} for name in names]
    return {"tools": past, "tool_choice": {"type": "none"}}


def _messages(prompt: Prompt, target: Target, found: list[Side]) -> list[dict[str, Any]]:
    """Render all sides; the end of what the next prompt begins with is marked, so that it is kept.

    Anthropic keeps nothing that is not marked, and looks 20 blocks back from a mark for what it has kept.
    """
    messages = [_message(side) for side in found]
    known = sides(msgspec.structs.replace(prompt, history=prompt.history[: prompt.stable]), target)
    if known:
        opened = known[0].by is not Speaker.CONTACT
        content = messages[len(known) - 1 + opened]["content"]
        content[len(_message(known[-1])["content"]) - 1]["cache_control"] = _KEPT
    return messages


def _message(side: Side) -> dict[str, Any]:
    """Render one side; every result of a round stands before the words of the same message."""
    texts = [{"type": "text", "text": text} for text in side.texts]
    if side.by is Speaker.ASSISTANT:
        return {"role": "assistant", "content": [*texts, *map(_call, side.wishes)]}
    return {"role": "user", "content": [*map(_result, side.answers), *texts]}


def _call(wish: ToolWish) -> dict[str, Any]:
    return {"type": "tool_use", "id": wish.id, "name": wish.name, "input": arguments_of(wish.arguments)}


def _result(answer: ToolAnswered) -> dict[str, Any]:
    result: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": answer.wish_id,
        "content": answer.content,
    }
    if answer.failed:
        result["is_error"] = True
    return result
