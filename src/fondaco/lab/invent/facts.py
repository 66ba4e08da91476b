"""Everything that may prove a value to one contact, gathered without the product's help."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.hours import Hours
from fondaco.kit.language import Language
from fondaco.lab.invent.played import Conversed, Played
from fondaco.lab.invent.values import Value, number, read
from fondaco.lab.invent.watching import Seen

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLOT = re.compile(r"\{[^{}]*\}")
_DAYS = "_days"  #: how a field ends whose number counts days
_LATEST_MINUTES = 60  #: in which a person is promised while somebody is there
_TRIES_LEFT = ("number:1", "number:2")  #: what is said after a wrong proof


class Proof(msgspec.Struct, frozen=True):
    """What was found of the values of one text."""

    unprovable: tuple[Value, ...]
    only_said: tuple[Value, ...]  #: proven by nothing but the contact's own words
    values: int


def proof_of(seen: Seen, conversed: Conversed, played: Played) -> Proof:
    """Return which values of a text on the contact's screen nothing proves."""
    values = read(seen.text)
    known = _closed(_known(seen, conversed, played)) if values else set()
    said = _closed(_texts(conversed.talk.messages[: seen.after]))
    open_ones = [one for one in values if not is_proven(one, known)]
    return Proof(
        unprovable=tuple(one for one in open_ones if not is_proven(one, said)),
        only_said=tuple(one for one in open_ones if is_proven(one, said)),
        values=len(values),
    )


def is_proven(value: Value, known: set[str]) -> bool:
    """Return whether one of the value's readings is known; a bare number is what any unit counts."""
    return not known.isdisjoint(value.readings)


def _closed(readings: Iterable[str]) -> set[str]:
    """Return the readings with what each of them proves besides itself."""
    found: set[str] = set()
    for reading in readings:
        kind, _, rest = reading.partition(":")
        found.add(reading)
        if kind == "date" and rest.count("-") == 2:
            year, _, day = rest.partition("-")
            found |= {f"date:{day}", f"number:{year}"}
        elif kind == "id":
            found.add("id:" + "".join(letter for letter in rest if letter.isdigit()))
        elif kind == "link":
            found.add("link:" + rest.partition("/")[0])
        elif kind == "email":
            found.add("link:" + rest.partition("@")[2])
        elif kind not in {"time", "date"}:
            found.add(f"number:{rest}")
    return found


def _known(seen: Seen, conversed: Conversed, played: Played) -> Iterator[str]:
    talk = conversed.talk
    said = talk.messages[: seen.after]
    for told in conversed.told:
        yield from _of_json(told.public)
        if talk.has_proven(said):
            yield from _of_json(told.personal)
    if talk.has_proven(said):
        yield from _of_json([one.result for one in played.deeds if one.order_number == talk.order_number])
    yield from _texts(text for key in found_keys(conversed) for text in articles().get(key, ()))
    yield from _promises(played)
    yield from _TRIES_LEFT


def found_keys(conversed: Conversed) -> set[str]:
    """Return the articles that were found or quoted in a conversation, by key."""
    keys: set[str] = set()
    for record in conversed.records:
        match record.event:
            case ev.PassagesFound(passages=passages):
                keys |= {one.key for one in passages}
            case ev.MessagePosted(citations=citations, offers=offers):
                keys |= {one.key for one in citations} | {one.key for one in offers}
            case _:
                pass
    return keys


@cache
def articles() -> dict[str, tuple[str, ...]]:
    """Return title and answers of each article of the demo shop, in every language, by key."""
    found: dict[str, list[str]] = {}
    for language in Language:
        for line in _content(f"articles/{language.value}.jsonl").splitlines():
            told = msgspec.json.decode(line, type=dict[str, Any])
            texts = [told["title"], told["answer"]]
            texts += [one["answer"] for one in told.get("variants", ())]
            found.setdefault(told["key"], []).extend(texts)
    return {key: tuple(texts) for key, texts in found.items()}


def _content(name: str) -> str:
    return resources.files("fondaco.demo").joinpath(f"content/{name}").read_text(encoding="utf-8")


def _texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for value in _read_once(_SLOT.sub(" ", text)):
            yield from value.readings


@cache
def _read_once(text: str) -> tuple[Value, ...]:
    return tuple(read(text))


def _of_json(told: Any, name: str = "") -> Iterator[str]:
    """Yield the readings of everything in an answer of the merchant system."""
    match told:
        case {"amount_minor": int(minor)}:
            yield f"eur:{number(minor / 100)}"
        case dict() | list() | tuple():
            for key, inner in _parts(told, name):
                yield from _of_json(inner, key)
        case bool() | None:
            return
        case int() | float():
            yield f"{'day' if name.endswith(_DAYS) else 'number'}:{number(told)}"
        case str() if _DATE.fullmatch(told):
            yield f"date:{told}"
        case _:
            yield from _texts([str(told)])


def _parts(told: Any, name: str) -> list[tuple[str, Any]]:
    """Return what an answer holds, each part with the name of its field."""
    return list(told.items()) if isinstance(told, dict) else [(name, one) for one in told]


def _promises(played: Played) -> Iterator[str]:
    """Yield when a person may be promised: when the shop opens next, or within the hour while it is open."""
    hours = msgspec.convert(tomllib.loads(_content("shop.toml"))["hours"], Hours)
    began = datetime.fromtimestamp(played.began_ms / 1000, UTC).astimezone(ZoneInfo(hours.timezone))
    yield f"time:{(60 * hours.opens.hour + hours.opens.minute) % 720}"
    for day in (began.date(), _next_day(began.date(), hours)):
        yield f"date:{day.isoformat()}"
    minutes = 60 * began.hour + began.minute
    for later in range(round(played.seconds / 60) + _LATEST_MINUTES + 1):
        if hours.opens.hour * 60 <= minutes + later <= hours.closes.hour * 60:
            yield f"time:{(minutes + later) % 720}"


def _next_day(day: date, hours: Hours) -> date:
    following = day + timedelta(days=1)
    while following.weekday() not in hours.weekdays or following in hours.holidays:
        following += timedelta(days=1)
    return following
