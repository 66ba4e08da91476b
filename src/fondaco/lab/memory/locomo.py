"""Reads LoCoMo (Maharana et al., ACL 2024) with the corrections of an independent audit of its labels.

REALTALK (Lee et al., 2025), chats of real people over three weeks, has the same form but for a file a chat.
Both people of a conversation are friends, so neither counts as the contact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.lab.memory.moments import moment_ms
from fondaco.lab.memory.talks import Asked, Count, DataSet, Talk
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import PastTurn

_CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop"}
_ADVERSARIAL = 5
_SITTING = re.compile(r"session_(\d+)")
_LABEL = re.compile(r"D\s*:?\s*(\d+)\s*:\s*0*(\d+)")
_RANGE = re.compile(r"D(\d+):(\d+)\s*-\s*D(\d+):(\d+)")
#: Weights were chosen with these, by others before us and by us; nothing was ever tuned on the other five.
_TUNED = frozenset({"conv-26", "conv-30", "conv-41", "conv-42", "conv-43"})

Corrections = Mapping[tuple[int, str], Sequence[str]]


def read_locomo(folder: Path, audit: Path, count: Count) -> DataSet | None:
    """Return the conversations of a folder's files, or None where there are none."""
    found = sorted(folder.glob("*.json"))
    if not found:
        return None
    labels = _Labels(_corrections(audit))
    samples = (sample for file in found for sample in msgspec.json.decode(file.read_bytes()))
    talks = tuple(_talk(one["sample_id"], one["conversation"], one["qa"], labels, count) for one in samples)
    return DataSet("LoCoMo", talks, labels.left_out, labels.corrected)


def read_realtalk(folder: Path, count: Count) -> DataSet | None:
    """Return the chats of a folder, or None where there are none.  Raises InvalidInput for a broken file."""
    found = sorted(folder.glob("Chat_*.json"))
    labels = _Labels({})
    talks = tuple(_chat(file, labels, count) for file in found)
    return DataSet("REALTALK", talks, labels.left_out) if found else None


def _chat(file: Path, labels: _Labels, count: Count) -> Talk:
    try:
        chat = msgspec.json.decode(file.read_bytes())
        return _talk(file.stem, chat, chat["qa"], labels, count)
    except (msgspec.DecodeError, LookupError, TypeError, ValueError) as reason:
        raise InvalidInput(f"{file} is no chat of REALTALK: {reason!r}.") from reason


def _corrections(audit: Path) -> Corrections:
    """Return the right evidence by a question's place in its conversation and its words."""
    found = (
        mistake
        for file in sorted(audit.glob("errors_conv_*.json"))
        for mistake in msgspec.json.decode(file.read_bytes())
    )
    return {
        (int(mistake["question_id"].rpartition("qa")[2]), mistake["question"].strip()): right
        for mistake in found
        if (right := mistake.get("correct_evidence"))
    }


@dataclass(slots=True)
class _Labels:
    """Which turns a question needs, and which questions cannot be asked."""

    corrections: Corrections
    left_out: Counter[str] = field(default_factory=Counter)
    corrected: int = 0

    def asked(self, question: Mapping[str, Any], number: int, places: Mapping[str, int]) -> Asked | None:
        """Return the question with its evidence, or None where it has no answer or its labels are broken."""
        if question["category"] == _ADVERSARIAL:
            self.left_out["adversarial: the answer is nowhere"] += 1
            return None
        right = self.corrections.get((number, question["question"].strip()))
        evidence = [label for item in right or question.get("evidence") or [] for label in _labels(str(item))]
        if not evidence or any(label not in places for label in evidence):
            self.left_out["evidence label broken"] += 1
            return None
        self.corrected += right is not None
        where = tuple(dict.fromkeys(places[label] for label in evidence))
        return Asked(question["question"], _CATEGORIES[question["category"]], where, len(places))


def _talk(
    name: str, conversation: Mapping[str, Any], asked: Sequence[Any], labels: _Labels, count: Count
) -> Talk:
    turns: list[PastTurn] = []
    places: dict[str, int] = {}
    headers: list[int] = []
    at_ms = 0
    for date, said in _sittings(conversation):
        at_ms = moment_ms(date, at_ms)
        headers.append(count(f"[{date}]\n"))
        for one in said:
            places[one["dia_id"]] = len(turns)
            turns.append(_turn(one, len(turns) + 1, at_ms, count))
    found = (labels.asked(question, number, places) for number, question in enumerate(asked))
    questions = tuple(one for one in found if one is not None)
    return Talk(name, tuple(turns), questions, max(headers), held_out=name not in _TUNED)


def _sittings(conversation: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    numbers = sorted(int(found[1]) for key in conversation if (found := _SITTING.fullmatch(key)))
    for number in numbers:
        if said := conversation[f"session_{number}"]:
            yield str(conversation.get(f"session_{number}_date_time", "")), said


def _turn(said: Mapping[str, Any], seq: int, at_ms: int, count: Count) -> PastTurn:
    caption, text = said.get("blip_caption"), said.get("text") or said.get("clean_text") or ""
    text = f"{text} [shares {caption}]" if caption else text
    name = said["speaker"]
    tokens = count(f"{name}: {text.strip()}\n")
    return PastTurn(seq=seq, at_ms=at_ms, by=Speaker.ASSISTANT, text=text.strip(), tokens=tokens, name=name)


def _labels(item: str) -> list[str]:
    """Return the labels of turns in an item typed by hand: ``D8:6; D9:17``, ``D30:05``, ``D12:3-D12:5``."""
    found = [
        f"D{sitting}:{number}"
        for sitting, first, same, last in _RANGE.findall(item)
        if sitting == same
        for number in range(int(first), int(last) + 1)
    ]
    found += [f"D{sitting}:{number}" for sitting, number in _LABEL.findall(item)]
    return found or ["broken"]
