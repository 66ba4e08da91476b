"""Reads recorded conversations of tau-bench: each reply with everything that was known when it was written.

The airline conversations are in the chat format of OpenAI; those of the shop are flattened to text, without
the names and arguments of the calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.engine.draft import Source
from fondaco.engine.guard.facts import Known

T = TypeVar("T")

_AIRLINE = Path("tau_bench", "airline")
_RETAIL = Path("tau_bench", "retail")
_TRAJECTORIES = "trajectories_gpt4o_even.jsonl"
_FEW_SHOT = "conversations_fewshot_even.jsonl"
_SPEAKER = re.compile(r"^(user|assistant|tool): ", re.MULTILINE)
_NO_TEXT = "None"  #: what the flattened conversations write where a call was made


@dataclass(frozen=True, slots=True)
class Reply:
    """One recorded reply."""

    place: str  #: such as ``airline 2/0/14``: task, trial, number of the message
    text: str
    known: Known
    turn_calls: tuple[ToolCall, ...] = ()  #: made since the contact wrote last

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
    calls: list[ToolCall] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    since: int = 0

    def hear(self, text: str) -> None:
        self.said.append(text)
        self.since = len(self.calls)

    def reply(self, place: str, text: str) -> Reply:
        known = Known(calls=tuple(self.calls), passages=(self.policy,), said=tuple(self.said))
        return Reply(place, text, known, tuple(self.calls[self.since :]))


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
        yield from _spoken(row, _Recording(policy))


def _spoken(row: _Trajectory, recording: _Recording) -> Iterator[Reply]:
    wished: dict[str, _Function] = {}
    for number, message in enumerate(row.messages):
        if message.role == "user":
            recording.hear(message.content or "")
        elif message.role == "tool":
            wish = wished[message.tool_call_id]
            arguments = msgspec.json.decode(wish.arguments, type=dict[str, Any])
            place = f"call_{len(recording.calls)}"
            recording.calls.append(_call(place, wish.name, arguments, message.content or ""))
        else:
            wished |= {wish.id: wish.function for wish in message.tool_calls or ()}
            if message.content:
                yield recording.reply(f"airline {row.task_id}/{row.trial}/{number}", message.content)


def _retail(folder: Path) -> Iterator[Reply]:
    policy = Source(article_id="policy", text=(folder / "policy.md").read_text(encoding="utf-8"))
    for place, row in enumerate(_lines(folder / _FEW_SHOT, _Flat)):
        recording = _Recording(policy)
        parts = _SPEAKER.split(row.messages_display)[1:]
        for number, (speaker, said) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
            text = said.strip()
            if speaker == "user":
                recording.hear(text)
            elif speaker == "tool":
                recording.calls.append(_call(f"call_{len(recording.calls)}", "retail", {}, text))
            elif text != _NO_TEXT:
                yield recording.reply(f"retail {place}/{number}", text)


def _lines(path: Path, type_: type[T]) -> list[T]:
    lines = path.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=type_) for line in lines if line.strip()]


def _call(id_: str, tool: str, arguments: dict[str, Any], content: str) -> ToolCall:
    return ToolCall(
        id=CallId(id_),
        tool=tool,
        arguments=arguments,
        effect=Effect.READ,
        idempotency_key=id_,
        state=CallState.DONE,
        result=_result(content),
    )


def _result(content: str) -> dict[str, Any]:
    if content.startswith("Error"):
        return {"error": content}
    try:
        raw = msgspec.json.decode(content)
    except msgspec.DecodeError:
        raw = content
    return raw if isinstance(raw, dict) else {"result": raw}
