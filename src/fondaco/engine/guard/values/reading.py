"""Goes through a text once and asks at each number which value begins there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fondaco.engine.guard.values.addresses import read_addresses, read_phone
from fondaco.engine.guard.values.dates import read_date
from fondaco.engine.guard.values.figures import FIGURE, figure, plain
from fondaco.engine.guard.values.names import normal_id, read_capitals, read_ending, read_id, skipped
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.values.quantities import read_days, read_elliptic, read_quantity, read_sign
from fondaco.engine.guard.values.relative import read_words, with_today
from fondaco.engine.guard.values.states import StateNames, read_states
from fondaco.engine.guard.values.times import read_time
from fondaco.engine.guard.words import Kind

_DIGIT = re.compile(r"\d")
_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüßéèà_")
_LONGEST_NAME = 64
_LIST_MARK = re.compile(r"(?:^|\n)[ \t>*•·–-]*[(\[]?\d{1,2}[.)\]、:]?[)\]]?(?=[ \t])")
_LIST_SIGN_BEHIND = re.compile(r"\d{1,2}(?:[.)\]](?=[ \t])|、)")
_LINE_BEGIN = re.compile(r"(?:^|\n)[ \t>*•·#–-]*[(\[]?$")
_STEP_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:step|schritt|option|figure|abb\.|§)\s|步骤\s?|ステップ\s?|단계\s?|第)$"
)
_KOREAN_DAYS = re.compile(r"(\d{1,3})일")
_FREE = frozenset("0123")
_REACH = 24


def read_page(page: Page, ids: Sequence[re.Pattern[str]], states: StateNames) -> list[Found]:
    """Return the values of a folded text in order, none over another."""
    taken = bytearray(len(page.low))
    found: list[Found] = []
    for value in (*read_addresses(page), *_own_ids(page, ids)):
        _take(value, taken, found)
    at = _DIGIT.search(page.low)
    while at is not None:
        place = at.start()
        if taken[place]:
            end = taken.find(0, place)
            at = _DIGIT.search(page.low, end) if end >= 0 else None
            continue
        values, end = _at_digit(page, place, found, taken)
        for value in values:
            _take(value, taken, found)
        at = _DIGIT.search(page.low, max(end, place + 1))
    for value in (*read_words(page), *read_states(page, states), *read_capitals(page)):
        _take(value, taken, found)
    return sorted(found, key=lambda value: value.begin)


def _take(value: Found, taken: bytearray, found: list[Found]) -> None:
    begin, end = value.begin, value.end
    if end > begin and not any(taken[begin:end]):
        taken[begin:end] = b"\x01" * (end - begin)
        found.append(value)


def _own_ids(page: Page, ids: Sequence[re.Pattern[str]]) -> list[Found]:
    return [
        Found(Kind.ID, (normal_id(match.group()),), *match.span())
        for pattern in ids
        for match in pattern.finditer(page.text)
        if match.group()
    ]


def _at_digit(page: Page, at: int, found: list[Found], taken: bytearray) -> tuple[list[Found], int]:
    """Return what begins at a digit, or at the letters before it, and where to go on."""
    begin = _name_begin(page.low, at, taken)
    values = _in_name(page, begin, at) if begin < at else _number(page, at, found)
    if values is None:
        end = skipped(page, begin, at)
        return [], end if end is not None else at + 1
    return values, max((value.end for value in values), default=at + 1)


def _name_begin(low: str, at: int, taken: bytearray) -> int:
    """Return where the letters begin that hang on a digit, as in ``RI-10482``; else the digit."""
    begin = at
    while begin > 0 and at - begin < _LONGEST_NAME and not taken[begin - 1]:
        sign = low[begin - 1]
        joins = sign == "-" and begin > 1 and low[begin - 2] in _NAME_LETTERS
        if sign not in _NAME_LETTERS and not sign.isdecimal() and not joins:
            break
        begin -= 1
    return begin


def _in_name(page: Page, begin: int, at: int) -> list[Found] | None:
    ending = read_ending(page, begin) or read_ending(page, at)
    if ending is not None:
        return [ending]
    quantity = read_quantity(page, at)
    if quantity and quantity[0].begin <= begin and quantity[0].kind is Kind.AMOUNT:
        return quantity
    name = read_id(page, begin, at)
    # A short name is a word (MP3), and hides no amount (x8 €).
    return [name] if name is not None else quantity or None


def _number(page: Page, at: int, found: list[Found]) -> list[Found] | None:
    ending = read_ending(page, at)
    if ending is not None:
        return [ending]
    values = _working_days(page, at) or read_date(page, at, found) or read_time(page, at)
    if values:
        return values
    phone = read_phone(page, at)
    if phone is not None:
        return [phone]
    return _quantity(page, at) or read_elliptic(page, at, found) or _unnamed(page, at)


def _working_days(page: Page, at: int) -> list[Found]:
    days = _KOREAN_DAYS.match(page.low, at)
    length = read_days(page, at, days.end(), int(days[1])) if days is not None else None
    return [length] if length is not None else []


def _quantity(page: Page, at: int) -> list[Found]:
    values = read_quantity(page, at)
    if len(values) == 1 and values[0].kind is Kind.DURATION and page.today is not None:
        number = FIGURE.match(page.low, at)
        return [with_today(page, values[0], number.end() if number is not None else at)]
    return values


def _unnamed(page: Page, at: int) -> list[Found] | None:
    """Return the id or the bare number at a place; list numbers and the smallest counts are free."""
    low = page.low
    if skipped(page, at, at) is not None:
        return None
    name = read_id(page, at, at)
    number = FIGURE.match(low, at)
    if number is None:
        return [name] if name is not None else None
    if (name is not None and name.end > number.end()) or (number.group().isdecimal() and name is not None):
        return [name]
    says = figure(number.group(), page.language)
    if not says:
        return _parts(number, name)
    if number.group() in _FREE or _is_mark(page, at, number.end()):
        return None
    length, sign = read_sign(page, at)
    text = plain(says[0])
    readings = (f"-{text}", text) if sign and sign != "-" else (f"{sign}{text}",)
    return [Found(Kind.NUMBER, readings if says[0] else (text,), at - length, number.end())]


def _parts(number: re.Match[str], name: Found | None) -> list[Found]:
    """Read digits that are no single number: a version such as 2.4.1, or a list such as 4,5,6."""
    if name is not None:
        return [name]
    begin = number.start()
    return [
        Found(
            Kind.NUMBER if len(part.group()) < 5 else Kind.ID,
            (part.group(),),
            begin + part.start(),
            begin + part.end(),
        )
        for part in re.finditer(r"\d+", number.group())
        if part.group() not in _FREE
    ]


def _is_mark(page: Page, at: int, end: int) -> bool:
    """Return whether a number only counts lines or steps."""
    before = page.low[max(0, at - _REACH) : at]
    if _STEP_BEFORE.search(before) is not None:
        return end - at <= 2
    if _LIST_SIGN_BEHIND.match(page.low, at) is None:
        return False
    return _LINE_BEGIN.search(before) is not None and (len(before) == at or "\n" in before)
