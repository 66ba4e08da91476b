"""Reads the moments that published conversations write above what was said, each set in its own way."""

from __future__ import annotations

from datetime import UTC, datetime

_FORMS = (
    "%I:%M %p on %d %B, %Y",  # LoCoMo
    "%d.%m.%Y, %H:%M:%S",  # REALTALK
    "%d.%m.%Y, %H:%M",
    "%d.%m.%Y",
    "%B-%d-%Y",  # BEAM
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
)
_DAY_MS = 86_400_000


def moment_ms(written: str, before_ms: int) -> int:
    """Return the moment in milliseconds; where it cannot be read, a day after the one before."""
    for form in _FORMS:
        try:
            return int(datetime.strptime(written.strip(), form).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            continue
    return before_ms + _DAY_MS
