"""OpenAI's chat completions: what is asked.  Source: OpenAPI description of the OpenAI API, 2026-08-21."""

from __future__ import annotations

import msgspec

from fondaco.testing.provider.script import Ask, Call, Line, Offered, Role, WireName
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire.dialect import Habits, Received

_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


class _Function(msgspec.Struct):
    name: str
    arguments: str = ""


class _Call(msgspec.Struct):
    id: str
    function: _Function


class _Part(msgspec.Struct):
    type: str
    text: str = ""
    refusal: str = ""


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None


class _Declared(msgspec.Struct):
    name: str
    parameters: msgspec.Raw = msgspec.Raw(b"")


class _Tool(msgspec.Struct):
    function: msgspec.Raw = msgspec.Raw(b"")  #: only tools of the type ``function`` have it


class _StreamOptions(msgspec.Struct):
    include_usage: bool = False
    include_obfuscation: bool = True


class _Body(msgspec.Struct):
    model: str
    messages: list[_Message]
    tools: list[_Tool] | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None


_BODY = msgspec.json.Decoder(_Body)
_DECLARED = msgspec.json.Decoder(_Declared)


def read(received: Received, habits: Habits) -> Ask:
    """Return what is asked.  Raises Trouble where OpenAI, or a relay with these habits, would refuse it."""
    try:
        body = _BODY.decode(received.body)
        functions = [bytes(tool.function) for tool in body.tools or () if tool.function]
        declared = [(_DECLARED.decode(function), function) for function in functions]
    except msgspec.DecodeError as error:
        raise Trouble(TroubleKind.BAD_REQUEST, f"The body is not understood: {error}") from error
    _check(body, habits)
    lines, parts = [], [definition for _, definition in declared]
    for message in body.messages:
        line, counted = _line(message)
        lines.append(line)
        parts += counted
    options = body.stream_options or _StreamOptions()
    return Ask(
        wire=WireName.OPENAI,
        model=body.model,
        lines=tuple(lines),
        parts=tuple(parts),
        tools=tuple(Offered(name=tool.name, schema=bytes(tool.parameters)) for tool, _ in declared),
        stream=bool(body.stream),
        with_usage=options.include_usage or habits.tells_usage_unasked,
        padded=habits.pads and options.include_obfuscation,
        max_output=body.max_completion_tokens or body.max_tokens,
        key=received.headers.get("authorization", "").removeprefix("Bearer ").strip(),
    )


def _line(message: _Message) -> tuple[Line, list[bytes]]:
    calls = tuple(
        Call(id=call.id, name=call.function.name, arguments=call.function.arguments)
        for call in message.tool_calls or ()
    )
    if isinstance(message.content, list):
        texts = [part.text or part.refusal for part in message.content]
    else:
        texts = [message.content or ""]
    parts = [text.encode() for text in (*texts, message.reasoning_content or "") if text]
    parts += [(call.name + call.arguments).encode() for call in calls]
    role = _ROLES[message.role]
    return Line(role=role, text="".join(texts), calls=calls, call_id=message.tool_call_id or ""), parts


def _check(body: _Body, habits: Habits) -> None:
    if not body.messages:
        raise Trouble(TroubleKind.BAD_REQUEST, "'messages' is empty.")
    if body.stream_options is not None and not (body.stream and habits.knows_stream_options):
        raise Trouble(TroubleKind.BAD_REQUEST, "Unknown or unexpected parameter: 'stream_options'.")
    awaited: set[str] = set()
    for at, message in enumerate(body.messages):
        _check_message(message, at, awaited)
        if habits.demands_reasoning and message.tool_calls and not message.reasoning_content:
            raise Trouble(TroubleKind.BAD_REQUEST, f"'messages[{at}].reasoning_content' is missing.")
    if awaited:
        raise Trouble(TroubleKind.BAD_REQUEST, f"Tool calls without an answer: {', '.join(sorted(awaited))}.")


def _check_message(message: _Message, at: int, awaited: set[str]) -> None:
    """Follow which tool calls still wait for their answer; nothing else may come between."""
    if message.role not in _ROLES:
        raise Trouble(TroubleKind.BAD_REQUEST, f"'messages[{at}].role' cannot be {message.role!r}.")
    if message.role == "tool":
        if message.tool_call_id not in awaited:
            raise Trouble(TroubleKind.BAD_REQUEST, f"'messages[{at}]' answers no tool call before it.")
        awaited.discard(message.tool_call_id)
    elif awaited:
        raise Trouble(TroubleKind.BAD_REQUEST, f"'messages[{at}]' comes before a tool call is answered.")
    awaited.update(call.id for call in message.tool_calls or ())
