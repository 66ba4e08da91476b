"""Reads amounts, shares, lengths of time, measures and counts: a number and what it is a number of."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from fondaco.engine.guard.values.figures import FIGURE, figure, plain
from fondaco.engine.guard.values.lexicon import CODES, UNITS, currency, unit_at
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.values.tables import Unit
from fondaco.engine.guard.words import Kind

_REACH = 16  # characters before a number in which its currency and its sign stand
_MONEY_WORDS = sorted(
    {word for word, unit in UNITS.items() if unit.kind is Kind.AMOUNT and unit.factor == "1"}
    | {"us$", "a$", "c$", "hk$", "nt$", "s$", "nz$", *CODES},
    key=len,
    reverse=True,
)
_MONEY_BEFORE = re.compile(
    rf"(?:(?<![a-zäöüß\d])|(?<=\d)(?=[€$£¥₩]))(?P<money>{'|'.join(map(re.escape, _MONEY_WORDS))})[:.]?\s?(?P<inner>[-−]\s?)?$"
)
_SIGN_BEFORE = re.compile(
    r"(?:(?:^|(?<=[\s(\[:=|~、。]))(?P<sign>[-−–—])|(?P<word>(?<![a-zäöüß])minus|マイナス|負|负|마이너스)\s?)$"
)
_EMPTY_CENTS = re.compile(r"[.,][-–—]{1,2}(?![\d])")
_SCALE = re.compile(
    r"\s?(?P<scale>mio\.?|mrd\.?|tsd\.?|millionen|million|millions|milliarden|milliarde|billion|thousand|tausend"
    r"|hundred|hundert|k)(?![a-zäöüß])"
)
_SCALES = {"m": 1_000_000, "b": 10**9, "t": 1_000, "h": 100, "k": 1_000}
_LINK = re.compile(
    r"\s?(?P<by>[x×*](?=\s?\d)|[-–—~〜]|bis(?: zu)?(?= )|to(?= )|or(?= )|oder(?= )|至|到|から|または|에서|내지)\s?(?=[\d€$£¥₩])"
)
_BETWEEN = re.compile(r"\s(?:and|und)\s(?=\d)")
_BETWEEN_BEFORE = re.compile(r"(?:between|zwischen)\s(?:[€$£¥₩]\s?)?$")
_OPENING = re.compile(r"[€$£¥₩]\s?")
_MORE_TIME = re.compile(r",?\s?(?:and |und )?(?=\d)")
_CENTS_BEHIND = re.compile(r"(?: (?:und|and))? (\d\d)(?: cents?)?(?![\d.,:%]|\s?[^\W\d_])")
_MOST_LINKS = 3


class Number(NamedTuple):
    """A number as it stands in the text, with all that it may say."""

    says: tuple[Decimal, ...]
    begin: int
    end: int


def read_quantity(page: Page, at: int) -> list[Found]:
    """Return the value of the number that begins at ``at``, or the values of a range; nothing without a unit."""
    first = _number(page, at)
    if first is None:
        return []
    numbers, unit, end = _chain(page, first)
    before = page.low[max(0, at - _REACH) : at]
    money = _MONEY_BEFORE.search(before)
    if money is not None:
        names = currency(
            money["money"], page.text[at - len(before) :][money.start() : money.end("money")], page.language
        )
        if names:
            return _amounts_after_sign(page, numbers, unit, end, names, at - len(before) + money.start())
    if unit is None:
        return []
    if len(numbers) == 1:
        end = _with_cents(page, numbers, unit, end) if unit.kind is Kind.AMOUNT else end
    values = [
        Found(unit.kind, _readings(page, number, unit), _signed_begin(page, number), number.end)
        for number in numbers
    ]
    values[-1] = values[-1]._replace(end=end)
    return [_longer(page, values[0], unit)] if unit.kind is Kind.DURATION and len(values) == 1 else values


def _number(page: Page, at: int) -> Number | None:
    digits = FIGURE.match(page.low, at)
    if digits is None:
        return None
    says = figure(digits.group(), page.language, money=True)
    end = digits.end()
    if not says:
        return None
    cents = _EMPTY_CENTS.match(page.low, end)
    if cents is not None:
        return Number(says, at, cents.end())
    scale = _SCALE.match(page.low, end)
    if scale is None or (scale["scale"] == "k" and scale.start("scale") > end):
        return Number(says, at, end)
    word = scale["scale"]
    factor = 10**9 if word.startswith(("mrd", "milliard")) else _SCALES[word[0]]
    return Number(tuple(number * factor for number in says), at, scale.end())


def _chain(page: Page, first: Number) -> tuple[list[Number], Unit | None, int]:
    """Return the numbers that share one unit, as in ``3-5 days`` or ``60 x 40 cm``, the unit and its end."""
    unit = _unit(page, first)
    if unit is not None and not (unit[0].names == ("",) and page.low[unit[1] - 1] in "x×"):
        return [first], *unit
    numbers = [first]
    while len(numbers) <= _MOST_LINKS:
        link = _LINK.match(page.low, numbers[-1].end) or _between(page, numbers[-1])
        opening = _OPENING.match(page.low, link.end()) if link is not None else None
        next_at = opening.end() if opening is not None else link.end() if link is not None else -1
        number = _number(page, next_at) if next_at >= 0 else None
        if number is None:
            break
        numbers.append(number)
        unit = _unit(page, number)
        if unit is not None and page.low[unit[1] - 1] not in "x×":
            return numbers, *unit
        if opening is not None:
            return numbers, None, number.end
    alone = _unit(page, first)
    return ([first], *alone) if alone is not None else ([first], None, first.end)


def _unit(page: Page, number: Number) -> tuple[Unit, int] | None:
    """Return the unit of a number; behind a bracket only if the number stands in it: ``five (5) days``."""
    if page.low.startswith(")", number.end) and not page.low.startswith("(", max(0, number.begin - 1)):
        return None
    return unit_at(page.text, page.low, number.end, page.language)


def _between(page: Page, number: Number) -> re.Match[str] | None:
    begin = max(0, number.begin - _REACH)
    if _BETWEEN_BEFORE.search(page.low[begin : number.begin]) is None:
        return None
    return _BETWEEN.match(page.low, number.end)


def _amounts_after_sign(
    page: Page, numbers: list[Number], unit: Unit | None, end: int, names: tuple[str, ...], begin: int
) -> list[Found]:
    """Return the amounts of a currency that stands in front; one behind the number only repeats it."""
    repeated = unit is not None and unit.kind is Kind.AMOUNT and unit.factor == "1"
    if unit is not None and not repeated:
        numbers = numbers[:1]
    money = Unit(Kind.AMOUNT, names)
    sign = read_sign(page, begin)[0]
    inner = page.low[begin : numbers[0].begin].rstrip()[-1:] in ("-", "−")
    values = []
    for number in numbers:
        readings = _with_unit(number.says, money, "-" if (sign or inner) and number is numbers[0] else "")
        values.append(Found(Kind.AMOUNT, readings, number.begin, number.end))
    values[0] = values[0]._replace(begin=begin - sign)
    if repeated:
        values[-1] = values[-1]._replace(end=end)
    return values


def _with_cents(page: Page, numbers: list[Number], unit: Unit, end: int) -> int:
    """Add the cents of ``3 Euro 50`` to the number; return where they end."""
    cents = _CENTS_BEHIND.match(page.low, end)
    if cents is None or unit.names[0] not in ("EUR", "USD") or numbers[0].says[0] % 1 != 0:
        return end
    numbers[0] = numbers[0]._replace(says=(numbers[0].says[0] + Decimal(cents[1]) / 100,))
    return cents.end()


def _readings(page: Page, number: Number, unit: Unit) -> tuple[str, ...]:
    says = number.says if unit.kind is Kind.AMOUNT else number.says[:1]
    sign = read_sign(page, number.begin)[1]
    if unit.kind is Kind.DURATION:
        return duration(says[0] * Decimal(unit.factor), unit.names[0])
    readings = _with_unit(says, unit, "-" if sign else "")
    # A discount is written with a minus and without; a dash may be only a dash.
    return (
        (*readings, *_with_unit(says, unit, ""))
        if sign in ("–", "—") or (sign and unit.kind is Kind.PERCENT)
        else readings
    )


def _with_unit(says: tuple[Decimal, ...], unit: Unit, sign: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{sign if number else ''}{plain(number * Decimal(unit.factor))} {name}".rstrip()
            for number in says
            for name in unit.names
        )
    )


def read_sign(page: Page, at: int) -> tuple[int, str]:
    """Return the length of the minus before a place, and its sign: ``-``, or a dash that may be only a dash."""
    found = _SIGN_BEFORE.search(page.low[max(0, at - _REACH) : at])
    if found is None:
        return 0, ""
    return len(found.group()), found["sign"] if found["sign"] in ("–", "—") else "-"


def _signed_begin(page: Page, number: Number) -> int:
    return number.begin - read_sign(page, number.begin)[0]


def duration(number: Decimal, unit: str) -> tuple[str, ...]:
    """Return a length of time in ISO 8601: weeks as days, years as months, whole days of hours as both."""
    match unit:
        case "BD":
            return (f"P{plain(number)}BD",)
        case "D" | "W":
            return (f"P{plain(number * (7 if unit == 'W' else 1))}D",)
        case "MO" | "Y":
            return (f"P{plain(number * (12 if unit == 'Y' else 1))}M",)
        case _:
            return clock_duration(number * {"H": 3600, "MI": 60}.get(unit, 1))


def clock_duration(seconds: Decimal) -> tuple[str, ...]:
    """Return hours, minutes and seconds in ISO 8601, as days too where they are whole days."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    text = "PT" + ("".join(f"{plain(count)}{name}" for count, name in parts if count) or "0S")
    return (text, f"P{plain(hours / 24)}D") if hours and seconds % 86_400 == 0 else (text,)


def _longer(page: Page, value: Found, unit: Unit) -> Found:
    """Join ``2 hours and 30 minutes`` to one length of time."""
    smaller = {"H": "MI", "MI": "S"}.get(unit.names[0])
    gap = _MORE_TIME.match(page.low, value.end) if smaller is not None else None
    number = _number(page, gap.end()) if gap is not None else None
    behind = _unit(page, number) if number is not None else None
    if number is None or behind is None or behind[0].names[0] != smaller:
        return value
    first = _number(page, value.begin)
    if first is None:
        return value
    seconds = first.says[0] * (3600 if unit.names[0] == "H" else 60) + number.says[0] * (
        60 if smaller == "MI" else 1
    )
    return Found(Kind.DURATION, clock_duration(seconds), value.begin, behind[1])
