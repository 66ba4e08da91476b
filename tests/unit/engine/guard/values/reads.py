"""What the tests of reading values say in one line."""

from __future__ import annotations

from datetime import date

from fondaco.engine.guard.values import NO_STATES, StateNames, read_values
from fondaco.kit.language import Language

SUNDAY = date(2026, 11, 22)


def said(
    text: str, language: str = "en", today: date | None = SUNDAY, states: StateNames = NO_STATES
) -> list[str]:
    """Return each value as ``kind: reading | reading``."""
    values = read_values(text, Language(language), today, (), states)
    return [f"{value.kind.value}: {' | '.join(value.readings)}" for value in values]
