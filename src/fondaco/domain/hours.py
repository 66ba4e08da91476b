"""When people answer, and what may be promised to a contact."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

_LOOK_AHEAD_DAYS = 30  # a shop that stays closed for longer promises nothing


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Opening hours of the people who answer, in the shop's own time zone."""

    timezone: str = "UTC"
    opens: time = time(9, 0)
    closes: time = time(18, 0)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)  #: Monday is 0
    holidays: tuple[date, ...] = ()
    answer_minutes: int = 60  #: how soon a person answers within the hours


class Promise(msgspec.Struct, frozen=True):
    """What a contact may be told about when a person answers."""

    open_now: bool
    at_ms: int | None  #: when a person will have answered, or when the shop opens; None: no promise


def promise(hours: Hours, now_ms: int) -> Promise:
    """Return when a person answers: soon within the hours, else at the next opening.

    Time counts while somebody is there: what is promised an hour before the end of the day and takes two
    is promised for the first hour of the next one.
    """
    zone = ZoneInfo(hours.timezone)
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone)
    if _is_open(hours, now):
        return Promise(open_now=True, at_ms=_answered_ms(hours, now))
    opening = _next_opening(hours, now)
    return Promise(open_now=False, at_ms=None if opening is None else _ms(opening))


def _answered_ms(hours: Hours, now: datetime) -> int | None:
    left_ms, at = hours.answer_minutes * 60_000, now
    for _ in range(_LOOK_AHEAD_DAYS):
        closing_ms = _ms(datetime.combine(at.date(), hours.closes, at.tzinfo))
        if _ms(at) + left_ms <= closing_ms:
            return _ms(at) + left_ms
        left_ms -= max(closing_ms - _ms(at), 0)
        opening = _next_opening(hours, at)
        if opening is None:
            return None
        at = opening
    return None


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _is_open(hours: Hours, now: datetime) -> bool:
    return _open_on(hours, now.date()) and hours.opens <= now.time() < hours.closes


def _open_on(hours: Hours, day: date) -> bool:
    return day.weekday() in hours.weekdays and day not in hours.holidays


def _next_opening(hours: Hours, now: datetime) -> datetime | None:
    days = (now.date() + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS))
    openings = (datetime.combine(day, hours.opens, now.tzinfo) for day in days if _open_on(hours, day))
    return next((opening for opening in openings if opening > now), None)
