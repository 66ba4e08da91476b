"""Spoils recorded replies in ways whose wrongness is certain: a digit, a foreign value, a swapped record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from fondaco.domain.evidence import EvidenceSource
from fondaco.engine.guard.facts import Facts
from fondaco.engine.guard.tracing import Proof
from fondaco.engine.guard.words import Fact, Kind, Value
from fondaco.kit.chance import Chance

_DIGIT = re.compile(r"\d")
_INDEX = re.compile(r"(?<=\.)\d+(?=\.|$)")
_AMOUNT_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MONTHS = "January February March April May June July August September October November December".split()
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LONG_DATE = re.compile(r"([A-Z][a-z]+) (\d{1,2})(st|nd|rd|th)?(, ?\d{4})?")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(\s?[AaPp]\.?[Mm]\.?)?")

#: Reads the only value of a short text again; None where there is none or more than one.
Rereader = Callable[[str], Value | None]


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A reply with one wrong value."""

    text: str
    value: Value  #: the one that was replaced
    written: str  #: what stands there now


def replaced(text: str, value: Value, written: str) -> Spoiled:
    """Return the text with something else written in the place of a value."""
    return Spoiled(text[: value.begin] + written + text[value.end :], value, written)


def with_changed_digit(text: str, value: Value, chance: Chance) -> Spoiled | None:
    """Return the text with one digit of the value changed; no digit becomes a leading zero."""
    places = [match.start() for match in _DIGIT.finditer(value.written)]
    if not places:
        return None
    place = places[pick(len(places), chance)]
    old = int(value.written[place])
    leading = place == 0 or not value.written[place - 1].isdigit()
    choices = [digit for digit in range(1 if leading else 0, 10) if digit != old]
    new = choices[pick(len(choices), chance)]
    return replaced(text, value, f"{value.written[:place]}{new}{value.written[place + 1 :]}")


def pick(count: int, chance: Chance) -> int:
    """Return a number below ``count``."""
    return min(int(chance.fraction() * count), count - 1)


def with_rival(text: str, proof: Proof, facts: Facts, reread: Rereader, chance: Chance) -> Spoiled | None:
    """Return the text with the same field of another record in the place of the value.

    None where no record has a rival, or the rival's value is true of this record too, or cannot be written
    in the same way.
    """
    rivals = sorted({fact.normal for fact in _rivals(proof, facts)})
    while rivals:
        normal = rivals.pop(pick(len(rivals), chance))
        written = write_like(proof.value.written, proof.value.kind, normal)
        if written is None or written == proof.value.written:
            continue
        again = reread(written)
        if again is not None and again.kind is proof.value.kind and normal_holds(again, normal):
            return replaced(text, proof.value, written)
    return None


def normal_holds(value: Value, normal: str) -> bool:
    """Return whether one of the readings is the wanted one."""
    wanted = normal.partition(" ")[0].upper().replace("_", "")
    return any(
        wanted.endswith(reading.partition(" ")[0].upper().replace("_", ""))
        or reading in wanted
        or wanted in reading
        for reading in value.readings
    )


def _rivals(proof: Proof, facts: Facts) -> Iterator[Fact]:
    own = [fact for fact in proof.facts if fact.source is EvidenceSource.TOOL and fact.record]
    if not own or len(own) < len(proof.facts):
        return
    records = {fact.record for fact in own}
    true_here = {fact.normal for fact in facts.everything() if fact.record in records}
    told = [((_shape(fact), fact.kind), _own_traits(fact, facts)) for fact in own]
    for fact in facts.everything():
        mine = [traits for field, traits in told if field == (_shape(fact), fact.kind)]
        if not mine or fact.normal in true_here:
            continue
        theirs = _own_traits(fact, facts)
        if theirs and all(traits and _differ(traits, theirs) for traits in mine):
            yield fact


def _shape(fact: Fact) -> str:
    """Return the path of a field without the places in its lists."""
    return _INDEX.sub("*", fact.field)


def _own_traits(fact: Fact, facts: Facts) -> dict[str, set[str]]:
    """Return what tells the nearest thing around a fact that can be told from its like."""
    for record in facts.chain(fact.record):
        found: dict[str, set[str]] = {}
        for trait in record.traits:
            found.setdefault(trait.type, set()).add(trait.id)
        if found:
            return found
    return {}


def _differ(mine: dict[str, set[str]], theirs: dict[str, set[str]]) -> bool:
    common = mine.keys() & theirs.keys()
    first = next(iter(mine))
    return first in common and mine[first].isdisjoint(theirs[first])


def write_like(written: str, kind: Kind, normal: str) -> str | None:
    """Return a value in the spelling of another; None where this spelling is not known."""
    match kind:
        case Kind.AMOUNT | Kind.NUMBER | Kind.PERCENT:
            return _number_like(written, normal.partition(" ")[0])
        case Kind.DATE:
            return _date_like(written, normal)
        case Kind.TIME:
            return _time_like(written, normal)
        case Kind.ID:
            return _id_like(written, normal)
        case Kind.EMAIL | Kind.URL | Kind.PHONE:
            return normal
        case _:
            return None


def _number_like(written: str, number: str) -> str | None:
    found = _AMOUNT_DIGITS.search(written)
    if found is None or not _AMOUNT_DIGITS.fullmatch(number):
        return None
    old = found.group()
    whole, _, parts = number.partition(".")
    grouped = f"{int(whole):,}" if "," in old else whole
    decimals = f".{(parts or '0').ljust(2, '0')}" if "." in old or parts else ""
    return f"{written[: found.start()]}{grouped}{decimals}{written[found.end() :]}"


def _date_like(written: str, normal: str) -> str | None:
    if not _ISO_DATE.fullmatch(normal):
        return None
    if _ISO_DATE.fullmatch(written):
        return normal
    found = _LONG_DATE.fullmatch(written)
    if found is None:
        return None
    day = date.fromisoformat(normal)
    name = _MONTHS[day.month - 1]
    month = name if found[1] in _MONTHS else name[:3]
    suffix = _ordinal(day.day) if found[3] else ""
    return f"{month} {day.day}{suffix}{f', {day.year}' if found[4] else ''}"


def _ordinal(day: int) -> str:
    special = 10 < day % 100 < 14
    return "th" if special else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _time_like(written: str, normal: str) -> str | None:
    found = _CLOCK.fullmatch(written)
    if found is None:
        return None
    hour, minute = (int(part) for part in normal.split(":"))
    if not found[3]:
        return f"{hour:0{len(found[1])}d}:{minute:02d}"
    half = "PM" if hour >= 12 else "AM"
    return f"{(hour - 1) % 12 + 1:0{len(found[1])}d}:{minute:02d} {half}"


def _id_like(written: str, normal: str) -> str:
    """Return as many last characters of the id as were written of the other."""
    short = len(written) < len(normal) and written.isdecimal()
    return normal[-len(written) :] if short else normal
