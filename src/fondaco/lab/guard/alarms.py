"""The alarms on recorded replies, as they were read by hand: whose fault each of them is."""

from __future__ import annotations

from enum import StrEnum

from fondaco.lab.guard.measure import Seen


class Sort(StrEnum):
    """Why a recorded reply is kept back."""

    INVENTED = "invented by the recorded model"  #: no source says so, or another than the reply says
    ELSEWHERE = "computed from values that stand elsewhere"  #: right or plausible, but nobody can see it
    OURS = "wrongly kept back"  #: a person sees that it is right
    UNREAD = "not read by hand yet"  #: a new alarm


#: Place of the reply (task, trial, number of the message) -> what reading it showed.
_READ = {
    "airline 0/0/25": (Sort.ELSEWHERE, "a total that a tool named only in an error"),
    "airline 34/0/31": (Sort.ELSEWHERE, "a total of four bookings that the reply does not name"),
    "airline 2/0/17": (Sort.ELSEWHERE, "totals of flights whose prices the reply does not name"),
    "airline 32/0/7": (Sort.INVENTED, "a day of return that nobody named"),
    "airline 32/0/25": (Sort.INVENTED, "twice the fare of the one flight that is spoken of"),
    "airline 44/1/7": (Sort.ELSEWHERE, "bags of each passenger times passengers, written as words"),
    "airline 0/1/11": (Sort.ELSEWHERE, "totals of two flights whose prices the reply does not name"),
    "airline 8/1/23": (Sort.ELSEWHERE, "totals of flights whose prices the reply does not name"),
    "retail 23/27": (Sort.ELSEWHERE, "a difference of totals that the reply does not name"),
    "retail 26/25": (Sort.ELSEWHERE, "differences to prices that the reply does not name"),
    "retail 26/27": (Sort.ELSEWHERE, "repeats the difference"),
    "retail 32/27": (Sort.ELSEWHERE, "a difference of prices that stand in an earlier reply"),
    "retail 32/31": (Sort.ELSEWHERE, "repeats the difference"),
}


def sort_of(place: str) -> Sort:
    """Return whose fault the alarm on a reply is."""
    return _READ.get(place, (Sort.UNREAD, ""))[0]


def listed(one: Seen) -> str:
    """Return an alarm for people: the place, what reading it showed, the reply, the findings."""
    sort, reason = _READ.get(one.reply.place, (Sort.UNREAD, ""))
    head = f"{one.reply.place}: {sort.value}{f' ({reason})' if reason else ''}"
    found = [f"  ! {fault.value}: {text}" for fault, text in one.judged.faults]
    return "\n".join([head, *(f"  | {line}" for line in one.reply.text.splitlines()), *found])
