"""Speaks HTTP to the provider simulator byte by byte, so that no library's mercy hides anything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fondaco.testing.provider.faults import Fault, FaultRule, Plan

JSON = dict[str, Any]
TOOL = {
    "name": "order_status",
    "description": "Tells where an order is.",
    "parameters": {
        "type": "object",
        "properties": {"order_number": {"type": "string"}},
        "required": ["order_number"],
    },
}
LOST = "Where is my order RI-10482?"
KEY = "sk-simulated"


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool  #: the transfer came to its proper end
    reset: bool = False

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def events(self) -> list[JSON]:
        """The JSON of every event; OpenAI's ``[DONE]`` is left out."""
        return [msgspec.json.decode(data) for data in self.data if data != b"[DONE]"]

    @property
    def data(self) -> list[bytes]:
        """What stands behind ``data:`` in every event."""
        lines = self.body.replace(b"\r\n", b"\n").split(b"\n")
        return [line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: ")]


async def send(address: str, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Heard:
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    told = {"host": "simulator", "connection": "close", "content-length": str(len(body))} | headers
    lines = [f"{method} {place.path}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    data, reset = b"", False
    try:
        while piece := await reader.read(65_536):
            data += piece
    except ConnectionResetError:
        reset = True
    finally:
        writer.close()
    return heard(data, reset=reset)


def heard(data: bytes, *, reset: bool) -> Heard:
    top, _, body = data.partition(b"\r\n\r\n")
    if not top:
        return Heard(0, {}, b"", whole=False, reset=reset)
    first, *lines = top.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if "content-length" in headers:
        whole = len(body) == int(headers["content-length"])
    else:
        body, whole = unchunked(body)
    return Heard(int(first.split()[1]), headers, body, whole, reset)


def unchunked(data: bytes) -> tuple[bytes, bool]:
    """Return the body of a chunked transfer and whether its end came."""
    body = b""
    while data:
        size, _, rest = data.partition(b"\r\n")
        length = int(size or b"0", 16)
        if not length:
            return body, size == b"0"
        body += rest[:length]
        data = rest[length + 2 :]
    return body, False


def openai(text: str = LOST, *, stream: bool = False, tools: bool = False, **more: Any) -> JSON:
    body: JSON = {"model": "gpt-4.1", "messages": [{"role": "user", "content": text}], "stream": stream}
    if stream:
        body["stream_options"] = {"include_usage": True}
    if tools:
        body["tools"] = [{"type": "function", "function": TOOL}]
    return body | more


def anthropic(text: str = LOST, *, stream: bool = False, tools: bool = False, **more: Any) -> JSON:
    body: JSON = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": text}],
        "stream": stream,
    }
    if tools:
        body["tools"] = [{"name": TOOL["name"], "input_schema": TOOL["parameters"]}]
    return body | more


def gemini(text: str = LOST, *, tools: bool = False, **more: Any) -> JSON:
    body: JSON = {"contents": [{"role": "user", "parts": [{"text": text}]}]}
    if tools:
        body["tools"] = [{"functionDeclarations": [TOOL]}]
    return body | more


async def ask_openai(address: str, body: JSON, key: str = KEY) -> Heard:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return await send(address, "/v1/chat/completions", msgspec.json.encode(body), headers)


async def ask_anthropic(address: str, body: JSON, key: str = KEY) -> Heard:
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json"}
    return await send(address, "/v1/messages", msgspec.json.encode(body), headers)


async def ask_gemini(address: str, body: JSON, *, stream: bool = False, sse: bool = True) -> Heard:
    verb = "streamGenerateContent" if stream else "generateContent"
    path = f"/v1beta/models/gemini-2.5-flash:{verb}" + ("?alt=sse" if stream and sse else "")
    headers = {"x-goog-api-key": KEY, "content-type": "application/json"}
    return await send(address, path, msgspec.json.encode(body), headers)


async def get(address: str, path: str) -> Any:
    return (await send(address, path, b"", {}, method="GET")).json


def always(fault: Fault, **rest: Any) -> Plan:
    return Plan(rules=(FaultRule(fault=fault, **rest),))
