"""A recorded conversation, cut into turns, and the simulated model that says it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from fondaco.lab.tau.data import Conversation, RecordedMessage
from fondaco.testing.provider.script import Answer, Ask, Call, Line, Role, Script

#: How the product's models end a conversation that the published environment ended by itself.
_HAND_OVER = Call(name="hand_over", arguments='{"reason":"asked_for"}', id="call_after_the_recording")
#: How a prompt begins to tell a model that its answer was kept back; a recorded model insists.
GUARD_SPEAKS = "[This is the shop's check"


class Told(StrEnum):
    """How the simulated provider tells an answer."""

    PLAIN = "plain"  #: one JSON body
    STREAMED = "streamed"  #: server-sent events, evenly cut
    SPLIT = "split"  #: server-sent events, every letter of text and arguments in one of its own


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """What a contact said, and every message of the model up to the next word of the contact."""

    asked: str
    answers: tuple[RecordedMessage, ...]
    results: tuple[str, ...] = ()  #: of the calls, in their order; an id may stand for several calls

    @property
    def reply(self) -> str:
        """The words that the contact read; empty where the recording ends with a tool's result."""
        last = self.answers[-1]
        return "" if last.tool_calls else last.content or ""


def turns_of(conversation: Conversation) -> tuple[SpokenTurn, ...]:
    """Return the turns; what a contact said last and nobody answered is none."""
    starts = [place for place, one in enumerate(conversation.messages) if one.role == "user"]
    ends = [*starts[1:], len(conversation.messages)]
    turns = (_turn(conversation.messages[start:end]) for start, end in zip(starts, ends, strict=True))
    return tuple(turn for turn in turns if turn.answers)


def _turn(messages: Sequence[RecordedMessage]) -> SpokenTurn:
    return SpokenTurn(
        asked=messages[0].content or "",
        answers=tuple(one for one in messages if one.role == "assistant"),
        results=tuple(one.content or "" for one in messages if one.role == "tool"),
    )


@dataclass(frozen=True, slots=True)
class WantedCall:
    """One recorded tool call in its order."""

    id: str
    name: str
    arguments: dict[str, Any]
    result: str  #: as it was recorded


def calls_of(turns: Sequence[SpokenTurn]) -> list[WantedCall]:
    """Return every recorded call, in order."""
    found = []
    for turn in turns:
        calls = [call for message in turn.answers for call in message.tool_calls or ()]
        for call, result in zip(calls, turn.results, strict=True):
            arguments = json.loads(call.function.arguments)
            found.append(WantedCall(call.id, call.function.name, arguments, result))
    return found


#: Changes what the model says; given the answer and how often it has been asked in vain, returns another.
Twist = Callable[[Answer], Answer]


def script_of(turns: Sequence[SpokenTurn], told: Told, twist: Twist | None = None) -> Script:
    """Return the model that says what was recorded, each message where the prompt has come to it.

    Which one is next follows from the prompt alone: how often the contact has spoken, and which recorded
    messages stand behind the contact's last words.  So a repeated request gets the same message again.
    """

    def script(ask: Ask) -> Answer:
        spoken = [place for place, line in enumerate(ask.lines) if _is_question(line)]
        if not spoken or len(spoken) > len(turns):
            return Answer(calls=(_HAND_OVER,))
        turn = turns[len(spoken) - 1]
        said = _said_already(ask.lines[spoken[-1] + 1 :], turn)
        if said >= len(turn.answers):
            return Answer(calls=(_HAND_OVER,))
        answer = _answer(turn.answers[said], told)
        return twist(answer) if twist else answer

    return script


def _is_question(line: Line) -> bool:
    return line.role is Role.USER and not line.text.startswith(GUARD_SPEAKS)


def _said_already(lines: Sequence[Line], turn: SpokenTurn) -> int:
    """Return how many of the turn's messages stand in the prompt, each as it was recorded."""
    said = 0
    for line in lines:
        if said < len(turn.answers) and line.role is Role.ASSISTANT and _is(line, turn.answers[said]):
            said += 1
    return said


def _is(line: Line, message: RecordedMessage) -> bool:
    """Return whether the line is the message; ids are compared later, since a recording may repeat one."""
    wanted = [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()]
    found = [(call.name, _decoded(call.arguments)) for call in line.calls]
    return bool(wanted) and found[: len(wanted)] == wanted


def _decoded(arguments: str) -> Any:
    try:
        return msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        return None


def _answer(message: RecordedMessage, told: Told) -> Answer:
    text = message.content or ""
    calls = tuple(
        Call(
            id=call.id,
            name=call.function.name,
            arguments=call.function.arguments,
            pieces=tuple(call.function.arguments) if told is Told.SPLIT else (),
        )
        for call in message.tool_calls or ()
    )
    return Answer(text=text, calls=calls, pieces=tuple(text) if told is Told.SPLIT else ())
