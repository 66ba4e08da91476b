"""What a search of the knowledge base comes back with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fondaco.domain.articles import Passage


class Decision(StrEnum):
    """What may be done with the found passages without a model."""

    ANSWER = "answer"  #: sure enough to send the first one
    OFFER = "offer"  #: show up to three to choose from, and "none of these"
    NONE = "none"  #: nothing fits


@dataclass(frozen=True, slots=True)
class Search:
    """The passages for one question, best first and one per entry, and how far they can be trusted."""

    passages: tuple[Passage, ...]
    confidence: float  #: 0 to 1, that the first passage answers the question
    plausible: float  #: 0 to 1, that one of the first three does
    decision: Decision
    reasons: tuple[str, ...]  #: in plain words, for the *why* pane


def nothing(reason: str) -> Search:
    """Return a search that found nothing, and why."""
    return Search(passages=(), confidence=0.0, plausible=0.0, decision=Decision.NONE, reasons=(reason,))
