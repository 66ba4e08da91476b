"""What a part of the command has to say."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.lab.gates import Report


@dataclass(frozen=True, slots=True)
class Told:
    """Figures for everybody, and a line for each single thing for those who ask for the list."""

    report: Report
    lines: tuple[str, ...] = ()
