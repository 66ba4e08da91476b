"""Reads Schema-Guided Dialogue (Rastogi et al., AAAI 2020) in two ways.

A service call needs values that were spoken before, so the turns that first spoke them must be in the prompt.
And a contact with twelve dialogues behind them asks for a value of one of them, in words made of the schema's
names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from fondaco.lab.memory.talks import Asked, Count, DataSet, Talk
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import PastTurn

_DIALOGUES = 12  #: one after the other make one contact's past
_DAY_MS = 24 * 60 * 60 * 1000
_LEAST_TURNS = 2  #: a call whose values all stand in one turn tests nothing
_EVERY, _HELD_OUT = 6, 3  #: of the pasts every sixth was tuned with; the one three later is held out
_QUESTIONS = 8  #: of each past at most
_LEAST_LETTERS = 4
_HEADER = "[12 March 2019]\n"
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Actions(msgspec.Struct):
    values: list[str] = []


class _Call(msgspec.Struct):
    method: str
    parameters: dict[str, str]


class _Frame(msgspec.Struct):
    actions: list[_Actions] = []
    service_call: _Call | None = None


class _Spoken(msgspec.Struct):
    speaker: str
    utterance: str
    frames: list[_Frame]


class _Dialogue(msgspec.Struct):
    turns: list[_Spoken]


class _Heard(msgspec.Struct):
    """A call, and where each value was first spoken, until the call was made."""

    call: _Call
    place: int
    first: dict[str, int]

    def where(self) -> dict[str, int]:
        """Return the places of the parameters that were spoken as they are."""
        spoken = {name: value.lower() for name, value in self.call.parameters.items()}
        return {name: self.first[value] for name, value in spoken.items() if value in self.first}


_Ask = Callable[[Sequence[PastTurn], _Heard], Iterator[Asked]]


def read_calls(folder: Path, count: Count) -> DataSet | None:
    """Return every past with the calls that were made in it, None where there are no files."""
    talks = tuple(_talk(*one, count, _calls) for one in _pasts(folder))
    return DataSet("SGD calls", talks) if talks else None


def read_values(folder: Path, count: Count) -> DataSet | None:
    """Return every third past with some questions for values, None where there are no files."""
    talks = [talk for one in _pasts(folder) if (talk := _talk(*one, count, _values)).asked]
    kept = (_fewer(talk, at % _EVERY == _HELD_OUT) for at, talk in enumerate(talks) if at % _HELD_OUT == 0)
    return DataSet("SGD values", tuple(kept)) if talks else None


def _fewer(talk: Talk, held_out: bool) -> Talk:  # noqa: FBT001 - one of two halves
    apart = max(1, len(talk.asked) // _QUESTIONS)
    return replace(talk, asked=talk.asked[::apart][:_QUESTIONS], held_out=held_out)


def _pasts(folder: Path) -> Iterator[tuple[str, Sequence[_Dialogue]]]:
    for file in sorted(folder.glob("dialogues_*.json")):
        dialogues = msgspec.json.decode(file.read_bytes(), type=list[_Dialogue])
        for start in range(0, len(dialogues) - _DIALOGUES + 1, _DIALOGUES):
            yield f"{file.stem} {start}", dialogues[start : start + _DIALOGUES]


def _talk(name: str, past: Sequence[_Dialogue], count: Count, asking: _Ask) -> Talk:
    turns: list[PastTurn] = []
    heard = [one for day, dialogue in enumerate(past) for one in _played(dialogue, day, turns, count)]
    asked = dict.fromkeys(question for one in heard for question in asking(turns, one))
    return Talk(name, tuple(turns), tuple(asked), count(_HEADER), held_out=True)


def _played(dialogue: _Dialogue, day: int, turns: list[PastTurn], count: Count) -> Iterator[_Heard]:
    """Add a dialogue's turns, and yield its calls in order."""
    first: dict[str, int] = {}
    for spoken in dialogue.turns:
        place, low = len(turns), spoken.utterance.lower()
        turns.append(_turn(spoken, place + 1, day * _DAY_MS, count))
        values = (value for frame in spoken.frames for one in frame.actions for value in one.values)
        for value in values:
            if value and value.lower() in low:
                first.setdefault(value.lower(), place)
        for frame in spoken.frames:
            if frame.service_call is not None:
                yield _Heard(frame.service_call, place, dict(first))


def _turn(spoken: _Spoken, seq: int, at_ms: int, count: Count) -> PastTurn:
    by = Speaker.CONTACT if spoken.speaker == "USER" else Speaker.ASSISTANT
    tokens = count(f"{spoken.speaker.lower()}: {spoken.utterance}\n")
    return PastTurn(seq=seq, at_ms=at_ms, by=by, text=spoken.utterance, tokens=tokens)


def _calls(turns: Sequence[PastTurn], heard: _Heard) -> Iterator[Asked]:
    """Yield the message before the call, with what the call needs beside it."""
    needed = set(heard.where().values()) - {heard.place, heard.place - 1}
    if len(needed) >= _LEAST_TURNS:
        yield Asked(turns[heard.place - 1].text, "call", tuple(sorted(needed)), heard.place - 1)


def _values(turns: Sequence[PastTurn], heard: _Heard) -> Iterator[Asked]:
    """Yield a question for each value that a call was given, telling it by another of its values."""
    where, given = heard.where(), heard.call.parameters
    for slot in where:
        known = _told_apart(slot, where, given)
        if known:
            wanted = _JOINED.sub(" ", heard.call.method).lower()
            text = f"what was the {slot.replace('_', ' ')} for {known}, when I wanted to {wanted}?"
            yield Asked(text, "value", (where[slot],), len(turns))


def _told_apart(slot: str, where: Mapping[str, int], given: Mapping[str, str]) -> str:
    """Return another value that was spoken in another turn and is long enough to be a name; "" for none."""
    others = (
        given[name]
        for name, place in where.items()
        if name != slot and place != where[slot] and len(given[name]) >= _LEAST_LETTERS
    )
    return next((value for value in others if not value.isdigit()), "")
