"""Reads BEAM (Tavakoli et al., 2025): long chats of a person with an assistant, who counts as the shop.

A folder a chat, named by its number: ``chat.json`` (or ``chat_trunecated.json``, as the set spells it) with
what was said in batches, and ``q.json`` or ``probing_questions.json`` with questions by their kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.lab.memory.moments import moment_ms
from fondaco.lab.memory.talks import Asked, Count, DataSet, Talk
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import PastTurn

_CHATS = ("chat_trunecated.json", "chat.json")
_QUESTIONS = ("q.json", "probing_questions.json")
_UNANSWERABLE = "abstention"
_MARKS = re.compile(r"\s*->->\s*[\d, ]*(N/A)?\s*$")  # of the set's makers, behind a person's words
_NUMBER = re.compile(r"\d+")
_BY = {"user": Speaker.CONTACT, "assistant": Speaker.ASSISTANT}


def read_beam(folder: Path, count: Count) -> DataSet | None:
    """Return the chats of a folder, or None where there are none.  Raises InvalidInput for a broken file."""
    numbered = [one for one in folder.iterdir() if one.name.isdigit()] if folder.is_dir() else []
    left_out = Counter[str]()
    chats = sorted(numbered, key=lambda one: int(one.name))
    talks = tuple(_chat(one, count, left_out) for one in chats)
    return DataSet("BEAM", talks, left_out) if talks else None


def _chat(folder: Path, count: Count, left_out: Counter[str]) -> Talk:
    try:
        turns, places = _said(_decoded(folder, _CHATS), count)
        kinds = _decoded(folder, _QUESTIONS)
        asked = [
            one
            for kind, questions in kinds.items()
            for question in questions
            if (one := _asked(question, kind, places, left_out))
        ]
    except (OSError, msgspec.DecodeError, LookupError, TypeError, AttributeError) as reason:
        raise InvalidInput(f"{folder} holds no chat of BEAM: {reason!r}.") from reason
    return Talk(f"beam-{folder.name}", turns, tuple(asked), count("[March-15-2024]\n"), held_out=True)


def _decoded(folder: Path, names: tuple[str, ...]) -> Any:
    """Return what the first of these files that is there and not empty holds."""
    there = [folder / name for name in names if (folder / name).exists() and (folder / name).stat().st_size]
    if not there:
        raise FileNotFoundError(f"none of {', '.join(names)}")
    return msgspec.json.decode(there[0].read_bytes())


def _said(batches: list[Mapping[str, Any]], count: Count) -> tuple[tuple[PastTurn, ...], dict[str, int]]:
    turns: list[PastTurn] = []
    places: dict[str, int] = {}
    at_ms = 0
    for batch in batches:
        messages = [message for group in batch["turns"] for message in group]
        anchors = (str(message["time_anchor"]) for message in messages if message.get("time_anchor"))
        at_ms = moment_ms(next(anchors, ""), at_ms)
        for message in messages:
            places[str(message["id"])] = len(turns)
            text, by = _MARKS.sub("", message["content"]).strip(), _BY[message["role"]]
            tokens = count(f"{by.value}: {text}\n")
            turns.append(PastTurn(seq=len(turns) + 1, at_ms=at_ms, by=by, text=text, tokens=tokens))
    return tuple(turns), places


def _asked(
    question: Mapping[str, Any], kind: str, places: Mapping[str, int], left_out: Counter[str]
) -> Asked | None:
    if kind == _UNANSWERABLE:
        left_out["abstention: the answer is nowhere"] += 1
        return None
    needed = tuple(dict.fromkeys(_labels(question.get("source_chat_ids"))))
    if not needed or any(label not in places for label in needed):
        left_out["evidence label broken"] += 1
        return None
    return Asked(question["question"], kind, tuple(places[label] for label in needed), len(places))


def _labels(listed: object) -> Iterator[str]:
    """Yield the numbers in a label, which may be a list, lists by name, a text or a number."""
    match listed:
        case bool() | None:
            return
        case int():
            yield str(listed)
        case str():
            yield from _NUMBER.findall(listed)
        case dict():
            yield from _labels(list(listed.values()))
        case list():
            for one in listed:
                yield from _labels(one)
        case _:
            return
