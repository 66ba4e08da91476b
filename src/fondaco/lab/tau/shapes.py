"""Messages of a prompt in a form in which a sent and a recorded one can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.lab.tau.offered import as_published
from fondaco.lab.tau.recorded import SpokenTurn

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """One message: who says it, the ids of its calls or of the call that it answers, and what it says."""

    role: str
    ids: tuple[str, ...]
    what: Any  #: words, or name and arguments of each call


def sent_shape(message: Message) -> Shape:
    """Return a message as it was sent, less what fondaco adds: the articles before a question."""
    role, text = message["role"], message.get("content") or ""
    if role == "tool":
        return Shape(role, (message["tool_call_id"],), _plain(as_published(text)))
    calls = message.get("tool_calls") or []
    called = [[call["function"]["name"], json.loads(call["function"]["arguments"])] for call in calls]
    words = _plain(text.rpartition("</articles>")[2])
    return Shape(role, tuple(call["id"] for call in calls), called or words)


def recorded_shapes(
    turns: Sequence[SpokenTurn], turn: int, message: int, results: Sequence[str]
) -> list[Shape]:
    """Return what stands before a message of a turn; ``results`` are those of all calls in order."""
    shapes: list[Shape] = []
    left = iter(results)
    for place, one in enumerate(turns[: turn + 1]):
        shapes.append(Shape("user", (), _plain(one.asked)))
        for answer in one.answers[: message if place == turn else None]:
            calls = answer.tool_calls or []
            called = [[call.function.name, json.loads(call.function.arguments)] for call in calls]
            ids = tuple(call.id for call in calls)
            shapes.append(Shape("assistant", ids, called or _plain(answer.content or "")))
            shapes += [Shape("tool", (call.id,), _plain(next(left))) for call in calls]
    return shapes


def last_question(shapes: Sequence[Shape]) -> int:
    """Return where the contact's last words stand."""
    return max((place for place, one in enumerate(shapes) if one.role == "user"), default=0)


def words_of(shapes: Sequence[Shape]) -> list[Shape]:
    """Return what contact and assistant said, without calls and their results."""
    return [one for one in shapes if one.role != "tool" and not one.ids]


def same(found: Sequence[Shape], wanted: Sequence[Shape], before: Sequence[Shape] = ()) -> bool:
    """Return whether the messages are the recorded ones: role, order, ids, words, calls and results.

    Where a recording gives one id to several calls of a prompt, the later ones may have any id, since ids
    have to be unique in a prompt; each result must still answer its own call.  ``before`` is what a
    recording has in front of these messages.
    """
    if _numbered(found) != _numbered(wanted):
        return False
    taken = set(_call_ids(before))
    for ours, theirs in zip(_call_ids(found), _call_ids(wanted), strict=True):
        if theirs not in taken and ours != theirs:
            return False
        taken.add(theirs)
    return True


def first_difference(found: Sequence[Shape], wanted: Sequence[Shape], before: Sequence[Shape] = ()) -> str:
    """Return the first message that is another one, for a line of the list."""
    for place, (one, other) in enumerate(zip(found, wanted, strict=False), 1):
        if not same(found[:place], wanted[:place], before):
            return f"sent {str(one)[:160]}, recorded {str(other)[:160]}"
    return f"{len(found)} messages instead of {len(wanted)}"


def _numbered(shapes: Sequence[Shape]) -> list[tuple[str, tuple[int, ...], Any]]:
    """Return the messages with the number of each call for its id."""
    numbers: dict[str, int] = {}
    found = []
    begun = 0
    for one in shapes:
        if one.role == "assistant":
            numbers.update({id_: begun + place for place, id_ in enumerate(one.ids)})
            begun += len(one.ids)
        found.append((one.role, tuple(numbers.get(id_, -1) for id_ in one.ids), one.what))
    return found


def _call_ids(shapes: Sequence[Shape]) -> list[str]:
    return [id_ for one in shapes if one.role == "assistant" for id_ in one.ids]


def _plain(text: str) -> str:
    """Return a text as a prompt spells it: no angle brackets, no blanks around it or at the ends of lines."""
    unmarked = text.replace("<", "‹").replace(">", "›").strip()
    return "\n".join(line.rstrip() for line in unmarked.splitlines())
