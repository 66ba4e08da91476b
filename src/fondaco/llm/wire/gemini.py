"""Google's Gemini, in its native protocol.

Sources: ``google/ai/generativelanguage/v1beta/generative_service.proto`` and Google's pages on function
calling and thought signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from fondaco.llm.asking import Prompt, Reply, Speaker, ToolAnswered, ToolWish
from fondaco.llm.failures import Failure
from fondaco.llm.targets import Target
from fondaco.llm.wire.dialect import StreamReader, WireRequest
from fondaco.llm.wire.gemini_reader import Reader, read_reply
from fondaco.llm.wire.history import (
    Side,
    arguments_of,
    is_made_up,
    opened_and_closed_by_contact,
    output_limit,
    sides,
)
from fondaco.llm.wire.judging import judge_answer

_BOM = b"\xef\xbb\xbf"
_encode = msgspec.json.Encoder().encode


class Gemini:
    """Speaks ``:generateContent`` and ``:streamGenerateContent``."""

    def request(self, prompt: Prompt, target: Target, secret: str, *, stream: bool) -> WireRequest:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream" if stream else "application/json",
        }
        if secret:
            headers["x-goog-api-key"] = secret
        config: dict[str, Any] = {"maxOutputTokens": output_limit(prompt, target)}
        if prompt.temperature is not None and target.profile.takes_temperature:
            config["temperature"] = prompt.temperature
        found = opened_and_closed_by_contact(sides(prompt, target))
        body: dict[str, Any] = {"contents": _contents(found, target), "generationConfig": config}
        if prompt.system.strip():
            body["systemInstruction"] = {"parts": [{"text": prompt.system}]}
        if prompt.tools and target.profile.tools:
            offers = [
                {
                    "name": offer.name,
                    "description": offer.description,
                    "parametersJsonSchema": offer.parameters,
                }
                for offer in prompt.tools
            ]
            body["tools"] = [{"functionDeclarations": offers}]
        return WireRequest(url=_url(target, stream=stream), headers=headers, body=_encode(body))

    def reply(self, body: bytes, target: Target) -> Reply:
        return read_reply(body.removeprefix(_BOM))

    def stream(self, target: Target) -> StreamReader:
        return Reader()

    def failure(self, status: int, headers: Mapping[str, str], body: bytes, now_ms: int) -> Failure:
        return judge_answer(status, headers, body, now_ms)


def _url(target: Target, *, stream: bool) -> str:
    base = target.base_url.rstrip("/").removesuffix("/v1beta")
    model = target.model if "/" in target.model else f"models/{target.model}"
    # Without ``alt=sse`` the stream would be one JSON array.
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"{base}/v1beta/{quote(model, safe='/')}:{verb}"


def _contents(found: list[Side], target: Target) -> list[dict[str, Any]]:
    real: set[str] = set()  # ids that the provider itself gave
    contents = []
    for side in found:
        if side.by is Speaker.ASSISTANT:
            if side.own:
                real |= {wish.id for wish in side.wishes if not is_made_up(wish.id)}
            stand_in = target.profile.signature_stand_in
            calls = [
                _call(wish, real, stand_in if place == 0 else "") for place, wish in enumerate(side.wishes)
            ]
            contents.append({"role": "model", "parts": [*_texts(side), *calls]})
        else:
            answers = [_answer(answer, real) for answer in side.answers]
            contents.append({"role": "user", "parts": [*answers, *_texts(side)]})
    return contents


def _texts(side: Side) -> list[dict[str, Any]]:
    return [{"text": text} for text in side.texts]


def _call(wish: ToolWish, real: set[str], stand_in: str) -> dict[str, Any]:
    call: dict[str, Any] = {"name": wish.name, "args": arguments_of(wish.arguments)}
    if wish.id in real:
        call["id"] = wish.id
    part: dict[str, Any] = {"functionCall": call}
    if signature := wish.signature or stand_in:
        part["thoughtSignature"] = signature
    return part


def _answer(answer: ToolAnswered, real: set[str]) -> dict[str, Any]:
    """Render a result; it answers its call by id where the provider gave one, else by name and order."""
    told = {"error" if answer.failed else "output": answer.content}
    response: dict[str, Any] = {"name": answer.name, "response": told}
    if answer.wish_id in real:
        response["id"] = answer.wish_id
    return {"functionResponse": response}
