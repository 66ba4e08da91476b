"""Says aloud that something is not new: a result that was known before the merchant's system fell silent."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.tools import ToolCall
from fondaco.engine.phrasebook import phrases
from fondaco.engine.writing import write_number
from fondaco.kit.language import Language

_MINUTES_UP_TO = 120


class AgeNote(msgspec.Struct, frozen=True, kw_only=True):
    """The sentence that says how old something is, and what proves it."""

    text: str
    evidence: tuple[Evidence, ...]


def age_note(calls: Iterable[ToolCall], language: Language) -> AgeNote | None:
    """Return what to say of the oldest result among the calls; None where all are new.

    Ages are rounded up: nothing is said to be newer than it is.
    """
    aged = [call for call in calls if call.age_seconds is not None]
    if not aged:
        return None
    oldest = max(aged, key=lambda call: call.age_seconds or 0)
    minutes = max(1, math.ceil((oldest.age_seconds or 0) / 60))
    unit, age = ("minutes", minutes) if minutes <= _MINUTES_UP_TO else ("hours", math.ceil(minutes / 60))
    written = write_number(age, language)
    evidence = Evidence(
        written=written, value=str(age), source=EvidenceSource.TOOL, reference=oldest.id, field="age_seconds"
    )
    text = phrases(language).say(f"last_known_{unit}", **{unit: written})
    return AgeNote(text=text, evidence=(evidence,))


def with_age(text: str, note: AgeNote | None) -> str:
    """Return the text with the note behind it, unless it is said there already."""
    return text if note is None or note.text in text else f"{text}\n\n{note.text}"
