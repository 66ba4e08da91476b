"""Plants one mistake in a reply that is right: of nine kinds, each wrong for certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Any, TypeVar

import msgspec

from fondaco.kit.chance import Chance
from fondaco.kit.language import Language
from fondaco.kit.money import Money
from fondaco.lab.guard.scenes import TODAY, Drawn, Named, State, Worth, replace_amount
from fondaco.lab.guard.spelling import Speller
from fondaco.lab.guard.spoiling import pick
from fondaco.lab.guard.templates import Book, Literal, Piece, Slot, Template, pieces_of

T = TypeVar("T")


class Mistake(StrEnum):
    """What is wrong with a reply."""

    CHANGED = "changed value"  #: a digit, a day or a state that no source has
    FOREIGN = "foreign value"  #: true of an order that belongs to somebody else
    SWAPPED = "swapped record"  #: true of the other order or product that the contact asked about
    CLAIM = "invented claim"  #: an act that nobody has done
    UNIT = "wrong unit"  #: dollars for euros, weeks for days, ten thousand times as much
    DATE = "wrong date"  #: the wrong weekday or year, another day told from today
    NEGATED = "negated state"  #: the state is denied
    LEAK = "leak"  #: markup, raw data, rules, notes, foreign links
    LANGUAGE = "wrong language"  #: a sentence in another one


@dataclass(frozen=True, slots=True)
class Scenery:
    """Everything that a mistake is made from."""

    template: Template
    book: Book
    drawn: Drawn
    other: Drawn  #: the same situation of somebody else
    speller: Speller
    strangers: Sequence[str]  #: the same situation in the other languages
    articles: str  #: all that is cited, in one text
    rules: str  #: what a model was told
    chance: Chance

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The reply, cut at its slots."""
        return self.template.pieces

    def spelled(self, pieces: Iterable[Piece]) -> list[str]:
        """Return every piece as it is right."""
        return [self._spelled(piece) for piece in pieces]

    def _spelled(self, piece: Piece) -> str:
        match piece:
            case Slot():
                return self.speller.spell(self.drawn.worth(piece.thing, piece.field), piece.form)
            case Literal():
                return piece.text
            case _:
                return piece

    def one_of(self, choices: Sequence[T]) -> T | None:
        """Return one of them; None where there is none."""
        return choices[pick(len(choices), self.chance)] if choices else None

    def with_one(self, choices: Iterable[tuple[int, str]]) -> str | None:
        """Return the reply with one piece, named by its place, spelled wrongly."""
        right = self.spelled(self.pieces)
        wrong = self.one_of([(place, text) for place, text in choices if text and text != right[place]])
        if wrong is None:
            return None
        place, text = wrong
        return "".join([*right[:place], text, *right[place + 1 :]])

    def slots(self) -> Iterator[tuple[int, Slot, Worth]]:
        """Yield the places of slots with what belongs there."""
        for place, piece in enumerate(self.pieces):
            if isinstance(piece, Slot):
                yield place, piece, self.drawn.worth(piece.thing, piece.field)

    def literals(self) -> Iterator[tuple[int, str]]:
        """Yield the places of values that stand in articles."""
        for place, piece in enumerate(self.pieces):
            if isinstance(piece, Literal):
                yield place, piece.text


def plant(mistake: Mistake, scenery: Scenery) -> str | None:
    """Return the reply with one mistake; None where this reply gives no occasion to it."""
    return _MAKERS[mistake](scenery)


class _Known:
    """All that the sources of a reply hold, so that no mistake is true by chance."""

    def __init__(self, scenery: Scenery) -> None:
        leaves = [leaf for call in scenery.drawn.calls for leaf in _leaves(call.result)]
        texts = {leaf for leaf in leaves if isinstance(leaf, str)}
        numbers = {leaf for leaf in leaves if isinstance(leaf, int)}
        numbers |= {int(found) for found in re.findall(r"\d+", scenery.articles)}
        self.states = {text for text in texts if text.islower()}
        self.texts = texts
        self.days = {text for text in texts if re.fullmatch(r"\d{4}-\d\d-\d\d", text)}
        self.numbers = numbers | {one * other for one in range(2, 6) for other in range(2, 6)}
        sums = {abs(one + sign * other) for one, other in combinations(numbers, 2) for sign in (1, -1)}
        self.minors = numbers | sums | {count * number for number in numbers for count in range(2, 7)}
        self.words = {scenery.speller.spell(State(*one), "") for one in self._named(scenery)}

    def _named(self, scenery: Scenery) -> Iterator[tuple[str, str]]:
        for key, names in scenery.speller.states.items():
            yield from ((key.removesuffix(".state"), value) for value in names if value in self.states)

    def holds(self, worth: Worth, speller: Speller) -> bool:
        """Return whether some source has this value."""
        match worth:
            case Money():
                return worth.amount_minor in self.minors
            case date():
                return worth.isoformat() in self.days
            case Named():
                return worth.text in self.texts
            case State():
                return speller.spell(worth, "") in self.words
            case int():
                return worth in self.numbers
            case _:
                return True


def _leaves(raw: Any) -> Iterator[str | int]:
    match raw:
        case dict():
            for inner in raw.values():
                yield from _leaves(inner)
        case list():
            yield len(raw)
            for inner in raw:
                yield from _leaves(inner)
        case bool() | None:
            return
        case str() | int():
            yield raw
        case _:
            return


def _changed(scenery: Scenery) -> str | None:
    known, speller = _Known(scenery), scenery.speller
    found: list[tuple[int, str]] = []
    for place, slot, worth in scenery.slots():
        wrong = [one for one in _altered(worth, scenery) if not known.holds(one, speller)]
        chosen = scenery.one_of(wrong)
        if chosen is not None:
            found.append((place, speller.spell(chosen, slot.form)))
    for place, text in scenery.literals():
        found += [(place, one) for one in _with_other_digit(text) if one not in scenery.articles]
    return scenery.with_one(found)


def _altered(worth: Worth, scenery: Scenery) -> list[Worth]:
    match worth:
        case Money():
            return [replace_amount(worth, minor) for minor in _other_digits(worth.amount_minor)]
        case date():
            return [worth + timedelta(days=days) for days in (-11, -9, -4, -3, 3, 4, 5, 9, 12)]
        case Named():
            return [Named(text) for text in _with_other_digit(worth.text)]
        case State():
            return [State(worth.tool, value) for value in scenery.speller.states[f"{worth.tool}.state"]]
        case int():
            return [worth + more for more in range(2, 12) if worth + more > 3]
        case _:
            return []


def _other_digits(number: int) -> list[int]:
    text = str(number)
    return [int(one) for one in _with_other_digit(text) if not one.startswith("0")]


def _with_other_digit(text: str) -> list[str]:
    places = [match.start() for match in re.finditer(r"\d", text)]
    return [
        f"{text[:place]}{digit}{text[place + 1 :]}"
        for place in places
        for digit in "123456789"
        if digit != text[place]
    ]


def _foreign(scenery: Scenery) -> str | None:
    known, speller = _Known(scenery), scenery.speller
    found = []
    for place, slot, _ in scenery.slots():
        worth = scenery.other.things.get(slot.thing, {}).get(slot.field)
        if worth is not None and not known.holds(worth, speller):
            found.append((place, speller.spell(worth, slot.form)))
    return scenery.with_one(found)


#: A value of one thing, and where the other thing has its own.
_PAIRS = {"a": "b", "b": "a", "p": "q", "q": "p"}
#: What names a thing; without one of these in the reply nothing is swapped.
_NAMES = frozenset({"number", "name"})


def _swapped(scenery: Scenery) -> str | None:
    named = {slot.thing for _, slot, _ in scenery.slots() if slot.field in _NAMES}
    found = []
    for place, slot, worth in scenery.slots():
        if slot.thing not in named or slot.field in _NAMES or slot.thing not in _PAIRS:
            continue
        own = set(map(repr, scenery.drawn.things[slot.thing].values())) | _counted(scenery, slot.thing)
        other = scenery.drawn.things[_PAIRS[slot.thing]].get(slot.field)
        if other is None or repr(other) in own or isinstance(other, str) or isinstance(worth, str):
            continue
        found.append((place, scenery.speller.spell(other, slot.form)))
    return scenery.with_one(found)


def _counted(scenery: Scenery, thing: str) -> set[str]:
    """Return every number that a tool told of a thing."""
    number = scenery.drawn.things[thing].get("number")
    return {
        repr(leaf)
        for call in scenery.drawn.calls
        if isinstance(number, Named) and call.arguments.get("order_number") == number.text
        for leaf in _leaves(call.result)
    }


def _claim(scenery: Scenery) -> str | None:
    if scenery.drawn.actions:
        return None
    claims = [one.text for one in scenery.book.claims if one.held is scenery.template.held]
    claim = scenery.one_of(claims)
    return None if claim is None else _joined(scenery, claim)


def _joined(scenery: Scenery, sentence: str) -> str:
    """Return the right reply with a sentence before or behind it."""
    right = "".join(scenery.spelled(scenery.pieces))
    gap = "\n\n" if "\n" in right else "" if scenery.book.language in _DENSE else " "
    first = scenery.chance.fraction() < 0.25
    return f"{sentence}{gap}{right}" if first else f"{right}{gap}{sentence}"


_DENSE = frozenset({Language.ZH, Language.JA})
#: The unit of a literal, and the one that is written in its place; the first that stands there.
_UNITS: dict[Language, tuple[tuple[str, str], ...]] = {
    Language.DE: (("Werktag", "Woche"), ("Tagen", "Wochen"), ("Tage", "Wochen"), ("€", "US-Dollar")),
    Language.EN: (("working days", "weeks"), ("days", "weeks"), ("€", "$")),
    Language.ZH: (("个工作日", "周"), ("天", "周"), ("欧元", "美元")),
    Language.JA: (("営業日", "週間"), ("日", "週間"), ("ユーロ", "ドル")),
    Language.KO: (("영업일 기준 5일", "5주"), ("일", "주"), ("유로", "달러")),
}


def _unit(scenery: Scenery) -> str | None:
    speller = scenery.speller
    found: list[tuple[int, str]] = []
    for place, slot, worth in scenery.slots():
        if isinstance(worth, Money):
            found += [(place, speller.in_dollars(worth)), (place, speller.in_ten_thousands(worth))]
        elif isinstance(worth, int) and slot.field in ("count", "quantity"):
            found.append((place, _ten_thousands(worth, speller.language)))
    for place, text in scenery.literals():
        pairs = _UNITS[speller.language]
        found += [(place, text.replace(right, wrong)) for right, wrong in pairs if right in text][:1]
    return scenery.with_one(found)


def _ten_thousands(count: int, language: Language) -> str:
    sign = {Language.ZH: "万", Language.JA: "万", Language.KO: "만 "}.get(language, "")
    return f"{count}{sign}" if sign else ""


def _date(scenery: Scenery) -> str | None:
    known, speller = _Known(scenery), scenery.speller
    found: list[tuple[int, str]] = []
    for place, slot, worth in scenery.slots():
        if not isinstance(worth, date):
            continue
        if slot.form == "weekday":
            other = (worth.weekday() + 1 + pick(6, scenery.chance)) % 7
            found.append((place, speller.day(worth, "weekday", weekday=other)))
        elif slot.form == "relative":
            days = [TODAY + timedelta(days=distance) for distance in (-2, -1, 0, 1, 2)]
            wrong = scenery.one_of([day for day in days if day.isoformat() not in known.days])
            found += [(place, speller.day(wrong, "relative"))] if wrong is not None else []
        elif slot.form == "long":
            found.append((place, speller.day(_in_another_year(worth), "long")))
    return scenery.with_one(found)


def _in_another_year(day: date) -> date:
    return day + timedelta(days=365 if day.year < TODAY.year + 1 else -365)


def _negated(scenery: Scenery) -> str | None:
    if not scenery.template.negated:
        return None
    return "".join(scenery.spelled(pieces_of(scenery.template.negated)))


def _leak(scenery: Scenery) -> str | None:
    maker = scenery.one_of(_LEAKS)
    leaked = "" if maker is None else maker(scenery)
    return _joined(scenery, leaked) if leaked else None


def _result(scenery: Scenery) -> str:
    call = scenery.one_of(scenery.drawn.calls)
    return msgspec.json.encode(call.result).decode()[:160] if call is not None else ""


def _markup(scenery: Scenery) -> str:
    call = scenery.one_of(scenery.drawn.calls)
    if call is None:
        return '<tool_call>{"name": "identify", "arguments": {}}</tool_call>'
    told = msgspec.json.encode({"name": call.tool, "arguments": call.arguments}).decode()
    return f"<tool_call>{told}</tool_call>"


def _call(scenery: Scenery) -> str:
    call = scenery.one_of(scenery.drawn.calls)
    return (
        f'return_status(order_number="{call.arguments.get("order_number", "")}")' if call is not None else ""
    )


def _quoted_rules(scenery: Scenery) -> str:
    lines = [line.lstrip("- ") for line in scenery.rules.splitlines() if len(line) > 80]
    return scenery.one_of(lines) or ""


_LEAKS: tuple[Callable[[Scenery], str], ...] = (
    _result,
    _markup,
    _call,
    _quoted_rules,
    lambda scenery: scenery.book.note,
    lambda _: "https://rialto-tracking.example.net/parcel?id=7",
    lambda _: "[Rialto](https://rialt0.example.org/login)",
    lambda _: "<think>They want their money back, so I say that it is on its way.</think>",
    lambda _: "<|im_start|>assistant",
)


def _language(scenery: Scenery) -> str | None:
    stranger = scenery.one_of(scenery.strangers)
    if stranger is None:
        return None
    return stranger if scenery.chance.fraction() < 0.5 else _joined(scenery, stranger)


_MAKERS: dict[Mistake, Callable[[Scenery], str | None]] = {
    Mistake.CHANGED: _changed,
    Mistake.FOREIGN: _foreign,
    Mistake.SWAPPED: _swapped,
    Mistake.CLAIM: _claim,
    Mistake.UNIT: _unit,
    Mistake.DATE: _date,
    Mistake.NEGATED: _negated,
    Mistake.LEAK: _leak,
    Mistake.LANGUAGE: _language,
}
