"""The dates that a question names, and whether a turn is of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from fondaco.memory.recall.cues import MONTHS, MONTHS_BY_CAPITAL
from fondaco.memory.recall.vectors import Floats

_MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_NAMED = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_BY_NAME = re.compile(
    rf"(?:\b(?P<before>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?)?\b(?P<month>{_NAMED})\b"
    r"(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?\b)?",
    re.IGNORECASE,
)
_BY_NUMBERS = (
    re.compile(r"\b\d{4}-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)"),
    re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.\d{4}"),
    re.compile(r"(?P<month>\d{1,2})\s?[月월]\s?(?:(?P<day>\d{1,2})\s?[日号號일])?"),
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTH_WORTH, _DAY_WORTH, _YEAR_WORTH = 1.0, 2.0, 0.3


class AskedDate(msgspec.Struct, frozen=True):
    """A date as far as it was named; 0 is not named."""

    year: int = 0
    month: int = 0
    day: int = 0


def dates_in(text: str) -> tuple[AskedDate, ...]:
    """Return the dates that ``text`` names by month, and its years; five languages."""
    if not any(map(str.isdigit, text)) and _BY_NAME.search(text) is None:
        return ()
    found = [AskedDate(year=int(year)) for year in _YEAR.findall(text)]
    for match in _BY_NAME.finditer(text):
        name = match["month"]
        if name.casefold() not in MONTHS_BY_CAPITAL or (name[0].isupper() and match.start() > 0):
            day = match["before"] or match["after"] or 0
            found.append(AskedDate(month=_MONTH_OF[name.casefold()], day=int(day)))
    for pattern in _BY_NUMBERS:
        found += [
            AskedDate(month=int(match["month"]), day=int(match["day"] or 0))
            for match in pattern.finditer(text)
        ]
    return tuple(dict.fromkeys(found))


def day_of(at_ms: int) -> tuple[int, int, int]:
    """Return year, month and day of a moment, in UTC."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC)
    return day.year, day.month, day.day


def closeness(asked: Sequence[AskedDate], days: NDArray[np.int32]) -> Floats:
    """Return for each row of year, month and day how much of the asked dates it meets."""
    total = np.zeros(len(days), dtype=np.float32)
    for date in asked:
        if date.month:
            of_month = days[:, 1] == date.month
            total += np.float32(_MONTH_WORTH) * of_month
            total += np.float32(_DAY_WORTH) * (of_month & (days[:, 2] == date.day))
        else:
            total += np.float32(_YEAR_WORTH) * (days[:, 0] == date.year)
    return total
