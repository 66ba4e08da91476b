"""Sentences that claim an act and sentences that do not, written before the patterns knew them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fondaco.engine.guard.claims import Backing, claims_in, unbacked
from fondaco.kit.language import Language

_FOLDER = Path(__file__).parent / "planted"


@dataclass(frozen=True, slots=True)
class Planted:
    """One sentence; ``claim`` is its kind and tense, empty where it claims nothing."""

    claim: str
    text: str


def planted(language: Language) -> tuple[Planted, ...]:
    files = sorted(_FOLDER.glob(f"*.{language.value}.txt"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    pairs = (line.split(" | ", 1) for line in lines if line and not line.startswith("#"))
    return tuple(Planted(claim="" if claim == "-" else claim, text=text) for claim, text in pairs)


def found(text: str, language: Language) -> set[str]:
    """Return kind and tense of everything that nothing backs."""
    return {f"{one.kind} {one.tense}" for one in unbacked(claims_in(text, language), Backing())}
