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
    rf"(?:(?<![a-zäöüß\d])|(?<=\d)(?=[€$£¥₩]))(?P<money>{'|'.join(map(re.escape, _MONEY_WORDS))})"
    r"[:.]?\s?\*{0,2}(?P<inner>[-−]\s?)?$"
)
_MONEY_ENDS = frozenset(word[-1] for word in _MONEY_WORDS if not word[-1].isascii() or word[-1] == "$")
_LAST_WORD = re.compile(r"[^a-z]+")
_MONEY_LATIN = frozenset(_LAST_WORD.split(word)[-1] for word in _MONEY_WORDS if word.isascii())
_SIGN_ENDS = frozenset("-−–—sス負负스")
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
    r"\s?(?P<by>[x×*](?=\s?\d)|[-–—~〜]|bis(?: zu)?(?= )|to(?= )|or(?= )|oder(?= )"
    r"|至|到|から|または|에서|내지)\s?(?=[\d€$£¥₩])"
)
_BETWEEN = re.compile(r"\s(?:and|und)\s(?=\d)")
_BETWEEN_BEFORE = re.compile(r"(?:between|zwischen)\s(?:[€$£¥₩]\s?)?$")
_OPENING = re.compile(r"[€$£¥₩]\s?")
_MORE_TIME = re.compile(r",?\s?(?:and |und )?(?=\d)")
_CENTS_BEHIND = re.compile(r"(?: (?:und|and))? (\d\d)(?: cents?)?(?![\d.,:%]|\s?[^\W\d_])")
_MOST_LINKS = 3
_FAR = 120  # characters over which a unit is remembered
_BARE_RANGE = re.compile(r"(\d{1,3})\s?(?:[-–—~]|bis|to|至|到)\s?(\d{1,3})(?![\d:./%-]|,\d)")
_LENGTH = re.compile(r"P\d+(BD|D|M)")
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。\n]")
_EASTERN_DAY = re.compile(r"[日일]")  # 3~5일: three to five days
_WORKING_DAYS_BEFORE = re.compile(r"(?:영업일|근무일|평일)\s?(?:기준(?:으로)?)?\s?(?:\d{1,3}\s?[-~–]\s?)?$")


class Number(NamedTuple):
    """A number as it stands in the text, with all that it may say."""

    says: tuple[Decimal, ...]
    begin: int
    end: int


def read_quantity(page: Page, at: int) -> list[Found]:
    """Return the value of the number that begins at ``at``, or those of a range; none without a unit."""
    first = _number(page, at)
    if first is None:
        return []
    numbers, unit, end = _chain(page, first)
    before = page.low[max(0, at - _REACH) : at]
    money = _MONEY_BEFORE.search(before) if _may_end_in_money(before) else None
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


def _may_end_in_money(before: str) -> bool:
    """Return whether a currency may stand at the end of what is before a number; quick."""
    rest = before.rstrip(" -−:.*")
    if not rest:
        return False
    last = rest[-1]
    if not last.isascii() or last == "$":
        return last in _MONEY_ENDS
    return last.isalpha() and _LAST_WORD.split(rest)[-1] in _MONEY_LATIN


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
    alone = _unit(page, first)
    if alone is not None and not _is_times(page, alone):
        return [first], *alone
    numbers = [first]
    while len(numbers) <= _MOST_LINKS and (number := _linked(page, numbers[-1])) is not None:
        numbers.append(number)
        unit = _unit(page, number)
        if unit is not None and not _is_times(page, unit):
            joint = page.low[numbers[-2].end : number.begin]
            return (
                ([first], *(alone or (None, first.end))) if _multiplies(joint, unit[0]) else (numbers, *unit)
            )
    if len(numbers) == 2 and _EASTERN_DAY.match(page.low, numbers[1].end):
        return numbers, UNITS["days"], numbers[1].end + 1
    if len(numbers) == 2 and _is_tight(page.low, first, numbers[1]):
        return numbers, None, numbers[1].end
    return ([first], *alone) if alone is not None else ([first], None, first.end)


def _linked(page: Page, number: Number) -> Number | None:
    """Return the number that a dash, a ``to`` or an ``x`` joins to one."""
    link = _LINK.match(page.low, number.end) or _between(page, number)
    if link is None:
        return None
    opening = _OPENING.match(page.low, link.end())
    return _number(page, opening.end() if opening is not None else link.end())


def _multiplies(joint: str, unit: Unit) -> bool:
    """Return whether an x counts what follows, as in ``2x 19,99 €``, and does not part two measures."""
    return joint.strip() in "x×*" and (unit.kind is Kind.AMOUNT or joint in ("x ", "× "))


def _is_times(page: Page, unit: tuple[Unit, int]) -> bool:
    return page.low[unit[1] - 1] in "x×"


def _is_tight(low: str, first: Number, second: Number) -> bool:
    """Return whether nothing but a dash, and perhaps a currency, joins two numbers, and no third follows."""
    joint = low[first.end : second.begin]
    return joint[:1] in "-–—~〜" and len(joint) <= 2 and low[second.end : second.end + 1] != "-"


def _unit(page: Page, number: Number) -> tuple[Unit, int] | None:
    """Return the unit of a number; behind a bracket only if the number stands in it: ``five (5) days``."""
    if page.low.startswith(")", number.end) and not page.low.startswith("(", max(0, number.begin - 1)):
        return None
    return unit_at(page.text, page.low, number.end, page.language)


def _durations(page: Page, number: Number, unit: Unit) -> tuple[str, ...]:
    """Return the length of time; Korean says once, in front, that all its days are working days."""
    readings = duration(number.says[0] * Decimal(unit.factor), unit.names[0])
    if unit.names[0] != "D" or (basis := _basis(page, number.begin)) is None:
        return readings
    working = duration(number.says[0], "BD")
    return working if basis else (*readings, *working)


def _basis(page: Page, at: int) -> bool | None:
    """Return whether working days are named right before a place, or else somewhere before it."""
    said = page.low.rfind("영업일", max(0, at - _FAR), at)
    if said < 0:
        return None
    return _WORKING_DAYS_BEFORE.search(page.low[max(0, at - _REACH) : at]) is not None


def read_days(page: Page, at: int, end: int, days: int) -> Found | None:
    """Return the working days that ``영업일 기준 3일`` counts."""
    if not _basis(page, at):
        return None
    return Found(Kind.DURATION, duration(Decimal(days), "BD"), at, end)


def read_elliptic(page: Page, at: int, found: list[Found]) -> list[Found]:
    """Return ``3 to 6`` with the unit of the range before it, as in ``2 to 4 days here, 3 to 6 abroad``."""
    both = _BARE_RANGE.match(page.low, at)
    last = found[-1] if found else None
    if both is None or last is None or last.kind is not Kind.DURATION:
        return []
    unit = _LENGTH.fullmatch(last.readings[0])
    between = page.low[last.end : at]
    if unit is None or len(between) > _FAR or _SENTENCE_END.search(between) is not None:
        return []
    return [Found(Kind.DURATION, (f"P{int(both[part])}{unit[1]}",), *both.span(part)) for part in (1, 2)]


def _between(page: Page, number: Number) -> re.Match[str] | None:
    link = _BETWEEN.match(page.low, number.end)
    begin = max(0, number.begin - _REACH)
    return link if link is not None and _BETWEEN_BEFORE.search(page.low[begin : number.begin]) else None


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
        return _durations(page, number, unit)
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
    """Return the length of the minus before a place, and its sign; a longer dash may be only a dash."""
    before = page.low[max(0, at - _REACH) : at]
    found = _SIGN_BEFORE.search(before) if before.rstrip()[-1:] in _SIGN_ENDS else None
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
