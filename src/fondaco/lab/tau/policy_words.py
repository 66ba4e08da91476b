"""A recorded write, with what was said before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One recorded call that changes something."""

    place: str  #: conversation and tool, for a line
    owner: str  #: to whom the record belongs that it changes
    details: tuple[str, ...]  #: what the contact has to be shown before saying yes to it
    proven: frozenset[str]  #: who had been proven, or had said their id, before it
    proposal: str  #: the assistant's last words before it
    answer: str  #: the contact's last words before it
    refused: bool = False  #: the world refused it, so that it had no effect
