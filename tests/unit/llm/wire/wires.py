"""Targets, prompts and small recorded shapes for the tests of the protocols."""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.llm.asking import (
    Entry,
    Progress,
    Prompt,
    Reply,
    Said,
    Speaker,
    TextCame,
    ToolAnswered,
    ToolOffer,
    ToolWish,
    Wished,
    WorkCame,
)
from fondaco.llm.failures import Failure, ModelFailed
from fondaco.llm.profiles import BASE_URLS, dialect_for, profile_for
from fondaco.llm.targets import ProviderKind, Target
from fondaco.llm.wire.dialect import StreamReader

OFFER = ToolOffer(
    name="look_up_order",
    description="Where an order is.",
    parameters={"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
)


def a_target(
    kind: ProviderKind = ProviderKind.OPENAI,
    model: str = "gpt-4.1",
    *,
    provider: str = "main",
    **profile: Any,
) -> Target:
    known = profile_for(kind, model)
    return Target(
        name="first",
        provider=provider,
        kind=kind,
        base_url=BASE_URLS.get(kind, "http://127.0.0.1:8080/v1"),
        model=model,
        profile=msgspec.structs.replace(known, **profile),
    )


def contact(text: str) -> Said:
    return Said(by=Speaker.CONTACT, text=text)


def assistant(text: str) -> Said:
    return Said(by=Speaker.ASSISTANT, text=text)


def a_wish(id_: str = "call_1", arguments: str = '{"number":"A1"}', signature: str = "") -> ToolWish:
    return ToolWish(id=id_, name="look_up_order", arguments=arguments, signature=signature)


def wished(*wishes: ToolWish, provider: str = "main", text: str = "", reasoning: str = "") -> Wished:
    return Wished(wishes=wishes, provider=provider, text=text, reasoning=reasoning)


def answered(id_: str = "call_1", content: str = "on its way", *, failed: bool = False) -> ToolAnswered:
    return ToolAnswered(wish_id=id_, name="look_up_order", content=content, failed=failed)


def a_prompt(*history: Entry, tools: tuple[ToolOffer, ...] = (), **fields: Any) -> Prompt:
    return Prompt(system="You serve a shop.", history=history, tools=tools, **fields)


def body_of(prompt: Prompt, target: Target, *, stream: bool = False) -> dict[str, Any]:
    request = dialect_for(target.profile.protocol).request(prompt, target, "key", stream=stream)
    return msgspec.json.decode(request.body, type=dict[str, Any])


def event(data: Any, name: str = "") -> bytes:
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(data) + b"\n\n"


def a_reader(target: Target) -> StreamReader:
    return dialect_for(target.profile.protocol).stream(target)


def read(target: Target, *pieces: bytes) -> Reply:
    reader = a_reader(target)
    for piece in pieces:
        list(reader.feed(piece))
    return reader.end()


def progress(target: Target, *pieces: bytes) -> list[Progress]:
    reader = a_reader(target)
    return [came for piece in pieces for came in reader.feed(piece)]


def plain(target: Target, body: Any) -> Reply:
    given = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return dialect_for(target.profile.protocol).reply(given, target)


def failure_of(target: Target, *pieces: bytes) -> Failure:
    try:
        reply = read(target, *pieces)
    except ModelFailed as failed:
        return failed.failure
    raise AssertionError(f"there is an answer: {reply}")


def plain_failure(target: Target, body: Any) -> Failure:
    try:
        reply = plain(target, body)
    except ModelFailed as failed:
        return failed.failure
    raise AssertionError(f"there is an answer: {reply}")


def texts(came: list[Progress]) -> list[str]:
    return [one.text if isinstance(one, TextCame) else "(work)" for one in came]


WORK = WorkCame()
