"""Reads recorded conversations of tau-bench: each reply with everything that was known when it was written.

The airline conversations are in the chat format of OpenAI; those of the shop are flattened to text, without
the names and arguments of the calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall, ToolSpec
from fondaco.engine.draft import Source
from fondaco.lab.guard.house import called, done_by, heard, moved

T = TypeVar("T")

_AIRLINE = Path("tau_bench", "airline")
_RETAIL = Path("tau_bench", "retail")
_TRAJECTORIES = "trajectories_gpt4o_even.jsonl"
_FEW_SHOT = "conversations_fewshot_even.jsonl"
_SPEAKER = re.compile(r"^(user|assistant|tool): ", re.MULTILINE)
_UNNAMED = "lookup"  #: a call whose name the recording has lost


class _Tools(msgspec.Struct, frozen=True):
    """The published names of the recorded shops' tools."""

    #: By each that changes something: what may be said to be done after it.
    claims: dict[str, tuple[str, ...]]
    by_status: dict[str, str]  #: the one that leaves an order in a status
    otherwise: str  #: the one that leaves it in another
    hand_over: str


_NO_TEXT = "None"  #: what the flattened conversations write where a call was made


@cache
def _tools() -> _Tools:
    place = resources.files("fondaco.lab.guard").joinpath("recorded_tools.json")
    return msgspec.json.decode(place.read_bytes(), type=_Tools)


def specs() -> tuple[ToolSpec, ...]:
    """Return the tools that change something, with contracts that say what they make true."""
    return tuple(
        ToolSpec(name=name, description="", effect=Effect.WRITE, contract=Contract(claims=claims))
        for name, claims in _tools().claims.items()
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """One recorded reply."""

    place: str  #: such as ``airline 2/0/14``: task, trial, number of the message
    text: str
    policy: Source
    events: tuple[ev.Event, ...]  #: of the conversation until then
    turn_calls: tuple[ToolCall, ...] = ()  #: made since the contact wrote last
    invented: tuple[tuple[CallId, str], ...] = ()  #: what was passed to these and the contact never said
    handed_over: bool = False  #: a teammate was asked to go on

    @property
    def conversation(self) -> str:
        """The place without the number of the message."""
        return self.place.rpartition("/")[0]


class _Function(msgspec.Struct):
    name: str
    arguments: str


class _Wish(msgspec.Struct):
    id: str
    function: _Function


class _Message(msgspec.Struct):
    role: str
    content: str | None = None
    tool_calls: list[_Wish] | None = None
    tool_call_id: str = ""


class _Trajectory(msgspec.Struct):
    task_id: int
    trial: int
    messages: list[_Message]


class _Flat(msgspec.Struct):
    messages_display: str


@dataclass(slots=True)
class _Recording:
    """What was known so far in one conversation."""

    policy: Source
    name: str = ""
    events: list[ev.Event] = field(default_factory=list)
    said: str = ""
    turn_calls: list[ToolCall] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)  #: the last result about each thing

    def hear(self, text: str) -> None:
        self.events.append(heard(text, len(self.events)))
        self.said += f" {_bare(text)}"
        self.turn_calls = []

    def call(self, tool: str, arguments: dict[str, Any], content: str) -> None:
        result = _result(content)
        tool = tool or self._told_by(result) or _UNNAMED
        call = _call(f"{self.name}_call_{len(self.events)}", tool, arguments, result)
        self.turn_calls.append(call)
        self.events.append(called(call))
        if call.effect is Effect.WRITE and "error" not in result:
            self.events.append(moved(done_by(call)))

    def _told_by(self, result: dict[str, Any]) -> str:
        """Return which tool it was, where the recording does not say: what has changed, was changed."""
        name = str(result.get("order_id") or result.get("name") or "")
        before, self.known[name] = self.known.get(name), result
        if not name or before is None or before == result:
            return _tools().hand_over if "transfer" in str(result.get("result", "")).lower() else ""
        return _tools().by_status.get(str(result.get("status")), _tools().otherwise)

    def reply(self, place: str, text: str) -> Reply:
        return Reply(
            place=place,
            text=text,
            policy=self.policy,
            events=tuple(self.events),
            turn_calls=tuple(self.turn_calls),
            invented=tuple(
                (call.id, value)
                for call in self.turn_calls
                for value in _leaves(call.arguments)
                if _bare(value) not in self.said
            ),
            handed_over=any(call.tool == _tools().hand_over for call in self.turn_calls),
        )


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case None | bool():
            return
        case _:
            yield str(value)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def read_replies(folder: Path) -> list[Reply]:
    """Return every recorded reply.  Raises ConfigurationError."""
    needed = (folder / _AIRLINE / _TRAJECTORIES, folder / _RETAIL / _FEW_SHOT)
    if not all(path.is_file() for path in needed):
        raise ConfigurationError(
            f"The recorded conversations of tau-bench are not in {folder}; "
            "name their folder with --data or FONDACO_EVAL_DATA."
        )
    return [*_airline(folder / _AIRLINE), *_retail(folder / _RETAIL)]


def _airline(folder: Path) -> Iterator[Reply]:
    policy = Source(article_id="policy", text=(folder / "policy.md").read_text(encoding="utf-8"))
    for row in _lines(folder / _TRAJECTORIES, _Trajectory):
        yield from _spoken(row, _Recording(policy, f"{row.task_id}/{row.trial}"))


def _spoken(row: _Trajectory, recording: _Recording) -> Iterator[Reply]:
    wished: dict[str, _Function] = {}
    for number, message in enumerate(row.messages):
        if message.role == "user":
            recording.hear(message.content or "")
        elif message.role == "tool":
            wish = wished[message.tool_call_id]
            arguments = msgspec.json.decode(wish.arguments, type=dict[str, Any])
            recording.call(wish.name, arguments, message.content or "")
        else:
            wished |= {wish.id: wish.function for wish in message.tool_calls or ()}
            if message.content and not message.tool_calls:  # beside a call the turn goes on
                yield recording.reply(f"airline {row.task_id}/{row.trial}/{number}", message.content)


def _retail(folder: Path) -> Iterator[Reply]:
    policy = Source(article_id="policy", text=(folder / "policy.md").read_text(encoding="utf-8"))
    for place, row in enumerate(_lines(folder / _FEW_SHOT, _Flat)):
        recording = _Recording(policy, f"retail {place}")
        parts = _SPEAKER.split(row.messages_display)[1:]
        speakers = parts[::2]
        for number, (speaker, said) in enumerate(zip(speakers, parts[1::2], strict=True)):
            text = said.strip()
            if speaker == "user":
                recording.hear(text)
            elif speaker == "tool":
                recording.call("", {}, text)
            elif text != _NO_TEXT and speakers[number + 1 : number + 2] != ["tool"]:
                yield recording.reply(f"retail {place}/{number}", text)


def _lines(path: Path, type_: type[T]) -> list[T]:
    lines = path.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=type_) for line in lines if line.strip()]


def _call(id_: str, tool: str, arguments: dict[str, Any], result: dict[str, Any]) -> ToolCall:
    return ToolCall(
        id=CallId(id_),
        tool=tool,
        arguments=arguments,
        effect=Effect.WRITE if tool in _tools().claims else Effect.READ,
        idempotency_key=id_,
        state=CallState.DONE,
        result=result,
    )


def _result(content: str) -> dict[str, Any]:
    if content.startswith("Error"):
        return {"error": content}
    try:
        raw = msgspec.json.decode(content)
    except msgspec.DecodeError:
        raw = content
    return raw if isinstance(raw, dict) else {"result": raw}
