"""OpenAI's chat completions: the protocol of OpenAI and of everyone who is compatible with it.

Sources: the OpenAPI description in ``openai/openai-openapi``; DeepSeek's pages on context caching and on
thinking with tools; the server manuals of llama.cpp, vLLM and Ollama.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fondaco.llm.asking import Prompt, Reply, Speaker, ToolOffer, ToolWish
from fondaco.llm.failures import Failure
from fondaco.llm.targets import StreamUsage, Target
from fondaco.llm.wire.complaints import UNREADABLE
from fondaco.llm.wire.dialect import StreamReader, WireRequest
from fondaco.llm.wire.history import SILENCE, Side, arguments_of, output_limit, sides
from fondaco.llm.wire.judging import judge_answer
from fondaco.llm.wire.openai_reader import Reader, read_reply

_BOM = b"\xef\xbb\xbf"
_encode = msgspec.json.Encoder().encode


class OpenAiChat:
    """Speaks ``/chat/completions``."""

    def request(self, prompt: Prompt, target: Target, secret: str, *, stream: bool) -> WireRequest:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if stream else "application/json",
        }
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        body: dict[str, Any] = {"model": target.model, "messages": _messages(prompt, target)}
        if prompt.tools and target.profile.tools:
            body["tools"] = [_tool(offer) for offer in prompt.tools]
        body[target.profile.output_limit_field] = output_limit(prompt, target)
        if prompt.temperature is not None and target.profile.takes_temperature:
            body["temperature"] = prompt.temperature
        if stream:
            body["stream"] = True
            if options := _stream_options(target):
                body["stream_options"] = options
        return WireRequest(
            url=f"{target.base_url.rstrip('/')}/chat/completions", headers=headers, body=_encode(body)
        )

    def reply(self, body: bytes, target: Target) -> Reply:
        return read_reply(body.removeprefix(_BOM))

    def stream(self, target: Target) -> StreamReader:
        return Reader(target)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes, now_ms: int) -> Failure:
        return judge_answer(status, headers, body, now_ms)


def _stream_options(target: Target) -> dict[str, bool]:
    options = {}
    if target.profile.stream_usage is StreamUsage.ASKED:
        options["include_usage"] = True
    if target.profile.obfuscates:
        options["include_obfuscation"] = False
    return options


def _messages(prompt: Prompt, target: Target) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if prompt.system:
        messages.append({"role": "system", "content": prompt.system})
    for side in sides(prompt, target):
        messages += _of_assistant(side, target) if side.by is Speaker.ASSISTANT else _of_contact(side)
    return messages or [{"role": "user", "content": SILENCE}]


def _of_contact(side: Side) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [
        {"role": "tool", "tool_call_id": answer.wish_id, "content": answer.content} for answer in side.answers
    ]
    if side.texts:
        messages.append({"role": "user", "content": side.text()})
    return messages


def _of_assistant(side: Side, target: Target) -> list[dict[str, Any]]:
    message: dict[str, Any] = {"role": "assistant", "content": side.text() or None}
    if side.wishes:
        message["tool_calls"] = [_call(wish) for wish in side.wishes]
        if target.profile.echoes_reasoning:
            # DeepSeek's thinking mode takes no call without it, and a call of another provider has none.
            message["reasoning_content"] = side.reasoning or SILENCE
    return [message]


def _call(wish: ToolWish) -> dict[str, Any]:
    call: dict[str, Any] = {
        "id": wish.id,
        "type": "function",
        "function": {"name": wish.name, "arguments": _arguments(wish.arguments)},
    }
    if wish.signature:
        call["extra_content"] = {"google": {"thought_signature": wish.signature}}
    return call


def _arguments(text: str) -> str:
    """Return the model's own text where it is an object: several servers decode it, and fail otherwise."""
    try:
        if isinstance(msgspec.json.decode(text), dict):
            return text
    except UNREADABLE:
        pass
    return _encode(arguments_of(text)).decode()


def _tool(offer: ToolOffer) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": offer.name,
            "description": offer.description,
            "parameters": offer.parameters,
        },
    }
