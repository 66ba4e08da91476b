"""Anthropic's Messages: what is asked.  Source: Anthropic's API reference, version 2023-06-01."""

from __future__ import annotations

from typing import Literal

import msgspec

from fondaco.testing.provider.script import Ask, Call, Line, Mark, Offered, Role, WireName
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire.dialect import Received

_MOST_MARKS = 4


class _CacheControl(msgspec.Struct):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class _Inner(msgspec.Struct):
    type: str
    text: str = ""


class _Block(msgspec.Struct):
    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")
    tool_use_id: str = ""
    content: str | list[_Inner] = ""
    thinking: str = ""
    cache_control: _CacheControl | None = None


class _Message(msgspec.Struct):
    role: Literal["user", "assistant"]
    content: str | list[_Block]


class _Tool(msgspec.Struct):
    name: str
    input_schema: msgspec.Raw
    cache_control: _CacheControl | None = None


class _Body(msgspec.Struct):
    model: str
    max_tokens: int
    messages: list[_Message]
    system: str | list[_Block] = ""
    tools: list[msgspec.Raw] = []
    stream: bool = False


_BODY = msgspec.json.Decoder(_Body)
_TOOL = msgspec.json.Decoder(_Tool)


def read(received: Received) -> Ask:
    """Return what is asked.  Raises Trouble where Anthropic would refuse it."""
    try:
        body = _BODY.decode(received.body)
        tools = [(_TOOL.decode(raw), bytes(raw)) for raw in body.tools]
    except msgspec.DecodeError as error:
        raise Trouble(TroubleKind.BAD_REQUEST, f"The body is not understood: {error}") from error
    _check(body, received)
    reading = _Reading()
    for tool, definition in tools:
        reading.part(definition, tool.cache_control)
    lines = reading.message(Role.SYSTEM, body.system) if body.system else []
    for message in body.messages:
        lines += reading.message(Role(message.role), message.content)
    if len(reading.marks) > _MOST_MARKS:
        raise Trouble(TroubleKind.BAD_REQUEST, f"At most {_MOST_MARKS} blocks may have 'cache_control'.")
    return Ask(
        wire=WireName.ANTHROPIC,
        model=body.model,
        lines=tuple(lines),
        parts=tuple(reading.parts),
        tools=tuple(Offered(name=tool.name, schema=bytes(tool.input_schema)) for tool, _ in tools),
        marks=tuple(reading.marks),
        stream=body.stream,
        with_usage=True,
        max_output=body.max_tokens,
        key=received.headers.get("x-api-key", ""),
    )


class _Reading:
    """Collects what counts as input, and where it shall be cached."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.marks: list[Mark] = []

    def part(self, text: str | bytes, control: _CacheControl | None) -> None:
        """Count a part; an empty one leaves only its mark."""
        if text:
            self.parts.append(text.encode() if isinstance(text, str) else text)
        if control:
            self.marks.append(Mark(parts=len(self.parts), hour=control.ttl == "1h"))

    def message(self, role: Role, content: str | list[_Block]) -> list[Line]:
        """Return a message as lines: a tool's results are lines of their own."""
        if isinstance(content, str):
            self.part(content, None)
            return [Line(role=role, text=content)]
        lines, texts, calls = [], [], []
        for block in content:
            self.part(_counted(block), block.cache_control)
            if block.type == "tool_result":
                lines.append(Line(role=Role.TOOL, text=_inner(block), call_id=block.tool_use_id))
            elif block.type == "tool_use":
                calls.append(Call(id=block.id, name=block.name, arguments=bytes(block.input).decode()))
            else:
                texts.append(block.text)
        if texts or calls:
            lines.append(Line(role=role, text="".join(texts), calls=tuple(calls)))
        return lines


def _counted(block: _Block) -> str:
    if block.type == "tool_use":
        return block.name + bytes(block.input).decode()
    return block.text or block.thinking or _inner(block)


def _inner(block: _Block) -> str:
    if isinstance(block.content, str):
        return block.content
    return "".join(part.text for part in block.content)


def _check(body: _Body, received: Received) -> None:
    if "anthropic-version" not in received.headers:
        raise Trouble(TroubleKind.BAD_REQUEST, "anthropic-version: header is required")
    if not body.messages:
        raise Trouble(TroubleKind.BAD_REQUEST, "messages: at least one message is required")
    if body.messages[0].role != "user":
        raise Trouble(TroubleKind.BAD_REQUEST, "messages: the first message must be of the user")
    if body.max_tokens < 1:
        raise Trouble(TroubleKind.BAD_REQUEST, "max_tokens: must be at least 1")
    awaited: set[str] = set()
    for at, message in enumerate(body.messages):
        blocks = message.content if isinstance(message.content, list) else []
        _check_results(blocks, at, awaited)
        awaited = {block.id for block in blocks if block.type == "tool_use"}
    if awaited:
        raise Trouble(TroubleKind.BAD_REQUEST, f"tool_use without tool_result: {', '.join(sorted(awaited))}")


def _check_results(blocks: list[_Block], at: int, awaited: set[str]) -> None:
    """All results of one message's calls come in the next message, before anything else in it."""
    results = [block.tool_use_id for block in blocks if block.type == "tool_result"]
    if set(results) != awaited or len(set(results)) != len(results):
        raise Trouble(TroubleKind.BAD_REQUEST, f"messages.{at}: tool_result and tool_use do not match")
    if any(block.type != "tool_result" for block in blocks[: len(results)]):
        raise Trouble(TroubleKind.BAD_REQUEST, f"messages.{at}: tool_result blocks must come first")
    if any(block.type == "text" and not block.text for block in blocks):
        raise Trouble(TroubleKind.BAD_REQUEST, f"messages.{at}: text content blocks must be non-empty")
