"""Gemini's generateContent: what is asked.

Source: ``generative_service.proto`` and ``content.proto`` of the Generative Language API, v1beta.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fondaco.testing.provider.script import Ask, Call, Line, Offered, Role, WireName
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire.dialect import Habits, Received

_PATH = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent)$")
#: Every signature that the simulator gives begins so.
SIGNATURE = "c2lt"
#: What Google lets stand for the signature of a call that another model has made.  Source: Google's page on
#: thought signatures.
_STAND_INS = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")
_SNAKE = re.compile(
    rb'"(?:system_instruction|generation_config|max_output_tokens|function_declarations|parameters_json_schema'
    rb'|function_call|function_response|thought_signature)"'
)
_UNDERSCORE = re.compile(r"_([a-z])")
#: What is inside belongs to the caller's tools.
_FOREIGN = frozenset({"args", "response", "parameters", "parametersJsonSchema"})


class _Wire(msgspec.Struct, rename="camel"):
    pass


class _FunctionCall(_Wire):
    name: str
    args: msgspec.Raw = msgspec.Raw(b"{}")
    id: str = ""


class _FunctionResponse(_Wire):
    name: str
    response: msgspec.Raw = msgspec.Raw(b"{}")
    id: str = ""


class _Part(_Wire):
    text: str = ""
    function_call: _FunctionCall | None = None
    function_response: _FunctionResponse | None = None
    thought_signature: str = ""


class _Content(_Wire):
    parts: list[_Part] = []
    role: str = "user"


class _Declared(_Wire):
    name: str
    parameters: msgspec.Raw = msgspec.Raw(b"")
    parameters_json_schema: msgspec.Raw = msgspec.Raw(b"")


class _Tool(_Wire):
    function_declarations: list[msgspec.Raw] = []


class _Generation(_Wire):
    max_output_tokens: int | None = None


class _Body(_Wire):
    contents: list[_Content]
    system_instruction: _Content | None = None
    tools: list[_Tool] = []
    generation_config: _Generation = msgspec.field(default_factory=_Generation)


_BODY = msgspec.json.Decoder(_Body)
_DECLARED = msgspec.json.Decoder(_Declared)


def read(received: Received, habits: Habits) -> Ask:
    """Return what is asked.  Raises Trouble where Google would refuse it."""
    found = _PATH.search(received.path)
    if not found:
        raise Trouble(TroubleKind.NO_SUCH_PATH, f"There is nothing at {received.path}.")
    try:
        body = _BODY.decode(_camel(received.body))
        raw = [bytes(one) for tool in body.tools for one in tool.function_declarations]
        declared = [_DECLARED.decode(one) for one in raw]
    except msgspec.DecodeError as error:
        raise Trouble(TroubleKind.BAD_REQUEST, f"Invalid JSON payload received: {error}") from error
    _check(body, habits)
    lines, parts = [], list(raw)
    instruction = [(Role.SYSTEM, body.system_instruction)] if body.system_instruction else []
    spoken = [(Role.ASSISTANT if one.role == "model" else Role.USER, one) for one in body.contents]
    for role, content in instruction + spoken:
        lines += _lines(role, content)
        parts += [counted for part in content.parts if (counted := _counted(part))]
    return Ask(
        wire=WireName.GEMINI,
        model=found[1],
        lines=tuple(lines),
        parts=tuple(parts),
        tools=tuple(
            Offered(name=one.name, schema=bytes(one.parameters) or bytes(one.parameters_json_schema))
            for one in declared
        ),
        stream=found[2] == "streamGenerateContent",
        events=received.query.get("alt") == "sse",
        with_usage=True,
        max_output=body.generation_config.max_output_tokens,
        key=received.headers.get("x-goog-api-key") or received.query.get("key", ""),
    )


def _camel(body: bytes) -> bytes:
    """Return a body with fields in camel case; protocol buffers' JSON may have them either way."""
    if not _SNAKE.search(body):
        return body
    return msgspec.json.encode(_renamed(msgspec.json.decode(body)))


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if not isinstance(value, dict):
        return value
    named = {_UNDERSCORE.sub(lambda found: found[1].upper(), name): one for name, one in value.items()}
    return {name: one if name in _FOREIGN else _renamed(one) for name, one in named.items()}


def _lines(role: Role, content: _Content) -> list[Line]:
    results = [part.function_response for part in content.parts if part.function_response]
    lines = [
        Line(role=Role.TOOL, text=bytes(result.response).decode(), call_id=result.id or result.name)
        for result in results
    ]
    text = "".join(part.text for part in content.parts)
    calls = tuple(
        Call(id=call.id, name=call.name, arguments=bytes(call.args).decode())
        for part in content.parts
        if (call := part.function_call)
    )
    if text or calls or not lines:
        lines.append(Line(role=role, text=text, calls=calls))
    return lines


def _counted(part: _Part) -> bytes:
    if part.function_call:
        return part.function_call.name.encode() + bytes(part.function_call.args)
    if part.function_response:
        return part.function_response.name.encode() + bytes(part.function_response.response)
    return part.text.encode()


def _check(body: _Body, habits: Habits) -> None:
    if not body.contents:
        raise Trouble(TroubleKind.BAD_REQUEST, "GenerateContentRequest.contents: contents is not specified")
    awaited: list[str] = []
    for at, content in enumerate(body.contents):
        if content.role not in {"user", "model", "function"}:
            raise Trouble(TroubleKind.BAD_REQUEST, "Please use a valid role: user, model.")
        if not content.parts:
            raise Trouble(TroubleKind.BAD_REQUEST, f"contents[{at}].parts: must not be empty")
        answered = sorted(part.function_response.name for part in content.parts if part.function_response)
        if answered != awaited:
            raise Trouble(
                TroubleKind.BAD_REQUEST, "Function responses must match the calls of the turn before."
            )
        awaited = sorted(one.name for part in content.parts if (one := part.function_call))
        _check_signature(content, at, habits)
    if awaited:
        raise Trouble(TroubleKind.BAD_REQUEST, "A function call turn must be followed by its responses.")


def _check_signature(content: _Content, at: int, habits: Habits) -> None:
    """The first call of a turn carries the signature that came with it."""
    calls = [part for part in content.parts if part.function_call]
    accepted = (SIGNATURE, *_STAND_INS)
    if habits.demands_signatures and calls and not calls[0].thought_signature.startswith(accepted):
        raise Trouble(
            TroubleKind.BAD_REQUEST, f"contents[{at}]: a function call is missing its thought_signature"
        )
