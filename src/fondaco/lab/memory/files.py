"""Reads conversations in a form that every other set can be brought into.

A file holds one JSON object::

    {"name": "REALTALK", "conversations": [{
        "id": "chat 1", "held_out": true,
        "turns": [{"id": "a1", "by": "contact", "name": "Emi", "at": "2024-01-05T18:00:00Z", "text": "..."}],
        "questions": [{"text": "...", "category": "multi-hop", "evidence": ["a1"], "until": "a1"}]
    }]}

``by`` is ``contact`` or ``assistant``; where two friends speak and nobody is the contact, both are
``assistant`` and have a ``name``.  ``at``, ``category`` and ``until`` (the last turn that was said before the
question was asked) may be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.lab.memory.talks import Asked, Count, DataSet, Talk
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import PastTurn

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_HEADER = "[8 May 2023, 13:56]\n"


class _Turn(msgspec.Struct):
    id: str
    by: Speaker
    text: str
    name: str = ""
    at: datetime = _NO_TIME


class _Question(msgspec.Struct):
    text: str
    evidence: list[str]
    category: str = "all"
    until: str = ""


class _Conversation(msgspec.Struct):
    id: str
    turns: list[_Turn]
    questions: list[_Question]
    held_out: bool = True


class _File(msgspec.Struct):
    name: str
    conversations: list[_Conversation]


def read_file(path: Path, count: Count) -> DataSet:
    """Return the conversations of a file.  Raises InvalidInput where it is not of the form above."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError) as reason:
        raise InvalidInput(f"{path} holds no conversations that can be read: {reason}.") from reason
    wrong = next(_mistakes(file), None)
    if wrong is not None:
        raise InvalidInput(f"{path}: {wrong}.")
    left_out = Counter[str]()
    return DataSet(file.name, tuple(_talk(one, count, left_out) for one in file.conversations), left_out)


def _mistakes(file: _File) -> Iterator[str]:
    """Yield what cannot be measured, with its place."""
    if not file.conversations:
        yield "conversations is empty; give it at least one"
    for place, conversation in enumerate(file.conversations):
        for told in _mistakes_in(conversation):
            yield f"conversations[{place}] ({conversation.id}): {told}"


def _mistakes_in(conversation: _Conversation) -> Iterator[str]:
    ids = Counter(turn.id for turn in conversation.turns)
    if not ids:
        yield "turns is empty; give it at least one"
    yield from (
        f"{times} turns have the id {name!r}; give each its own" for name, times in ids.items() if times > 1
    )
    for place, question in enumerate(conversation.questions):
        if question.until and question.until not in ids:
            yield f"questions[{place}].until is {question.until!r}, which is no turn; write the id of one"


def _talk(conversation: _Conversation, count: Count, left_out: Counter[str]) -> Talk:
    turns = tuple(_turn(one, seq, count) for seq, one in enumerate(conversation.turns, 1))
    places = {one.id: place for place, one in enumerate(conversation.turns)}
    asked = [one for question in conversation.questions if (one := _asked(question, places, left_out))]
    return Talk(conversation.id, turns, tuple(asked), count(_HEADER), conversation.held_out)


def _turn(turn: _Turn, seq: int, count: Count) -> PastTurn:
    tokens = count(f"{turn.name or turn.by.value}: {turn.text}\n")
    at_ms = int(turn.at.timestamp() * 1000)
    return PastTurn(seq=seq, at_ms=at_ms, by=turn.by, text=turn.text, tokens=tokens, name=turn.name)


def _asked(question: _Question, places: Mapping[str, int], left_out: Counter[str]) -> Asked | None:
    needed: Sequence[str] = question.evidence
    if not needed or any(label not in places for label in needed):
        left_out["evidence label broken"] += 1
        return None
    until = places[question.until] + 1 if question.until else len(places)
    where = tuple(dict.fromkeys(places[label] for label in needed))
    return Asked(question.text, question.category, where, until)
