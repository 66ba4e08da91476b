"""Reads dates of the calendar, as five languages write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from fondaco.engine.guard.values.lexicon import MONTHS, SHORT_WEEKDAYS, WEEKDAYS, alternatives
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language

_MONTH = rf"(?P<month>{alternatives(MONTHS)})(?![a-zäöüß])"
_NO_YEAR_BEHIND = r"(?!\d|[.,:]\d)"
_REACH = 24
_NO_DATES = frozenset(("24/7", "1/2", "1/3", "2/3"))  # always open, and shares

_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})(?:(?P<s>[-/])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|\. ?(?P<m2>\d{1,2})\. ?(?P<d2>\d{1,2})\.?)(?!\d)"
)
_EASTERN = re.compile(
    r"(?:(?P<y>\d{4}|\d{1,2}(?=年))\s?[年년]\s?)?(?P<m>\d{1,2})\s?(?:月|월)(?![間份])\s?(?:(?P<d>\d{1,2})\s?[日号號일])?"
)
_EASTERN_YEAR = re.compile(r"(?P<y>\d{4})\s?[年년](?!\s?[間间내以])")
_EASTERN_DAYS = re.compile(
    r"(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[-~–—〜至到]\s?(?P<d2>\d{1,2})\s?[日号號일]"
)
_NUMERIC = re.compile(
    r"(?P<a>\d{1,2})(?P<s>[./-]) ?(?P<b>\d{1,2})(?P=s) ?(?P<y>\d{4}|\d{2})(?![\d])(?!(?P=s)\d)"
)
_DAY_MONTH_WORD = re.compile(
    rf"(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)?[ -]?(?:of |day of )?"
    rf"{_MONTH}\.?(?:,?[ -](?P<y>\d{{4}}){_NO_YEAR_BEHIND})?"
)
_DAY_DOT_MONTH = re.compile(r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\.(?!\d)")
_DAY_MONTH_BARE = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})(?![\d.,%]|\s?(?:€|eur|uhr|%))")
_SLASHED = re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/]| ?(?:stars?|sterne|points|punkte)|\.\d)")
_DAY_ALONE = re.compile(
    r"(?P<d>\d{1,2})\s?(?:日(?![間间以内內後后前分目程ほ程常])|일(?!\s?(?:간|이내|내|안|동안|후|뒤|전|정도|째|치)))"
)
_DAY_ORDINAL = re.compile(r"(?P<d>\d{1,2})(?:\.(?!\d)|(?:st|nd|rd|th)(?![a-z]))")
_DAY_BEHIND_MONTH = re.compile(
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:\d|[%€])(?:(?P<to>\s?[-–—]\s?)(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?"
    rf"(?!\d)(?:,? (?P<y>\d{{4}}){_NO_YEAR_BEHIND})?"
)
_YEAR_BEHIND_MONTH = re.compile(r"(?P<y>(?:19|20)\d{2})(?!\d)")
_MONTH_BEFORE = re.compile(rf"(?<![a-zäöüß])(?P<month>{alternatives(MONTHS)})(?:\.|,)?[ -](?:the )?$")
_ORDINAL_BEFORE = re.compile(
    r"(?<![a-zäöüß])(?:(?:on|by|until|till|before|after|since|from|to) the"
    r"|am|zum|vom|dem|den|der|ab|bis|seit)\s$"
)
_DOTTED_BEFORE = re.compile(r"(?<![a-zäöüß])(?:am|vom|zum|dem|den|der|ab|bis|seit|on|by|until|from|to)\s$")
_ERA_BEFORE = re.compile(r"(?P<era>令和|平成|昭和)\s?$")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_ANY_WEEKDAY = alternatives(WEEKDAYS | SHORT_WEEKDAYS)
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-zäöüß])(?P<day>{_ANY_WEEKDAY})\.?,?\s?(?:den |the |dem )?$")
_WEEKDAY_BEHIND = re.compile(
    rf"\s?\((?P<day>{_ANY_WEEKDAY}|[月火水木金土日]|[월화수목금토일])(?:曜日?|요일)?\)|\s?(?:[((]?(?:星期|周|週|禮拜|礼拜)(?P<zh>[一二三四五六日天])[))]?"
    r"|(?P<ja>[月火水木金土日])曜日?|(?P<ko>[월화수목금토일])요일)"
)
_EASTERN_WEEKDAYS = {
    sign: at % 7
    for signs in ("月火水木金土日", "월화수목금토일", "一二三四五六日")
    for at, sign in enumerate(signs)
}
_EASTERN_WEEKDAYS["天"] = 6
_LINK = re.compile(r"\.?\s?(?:[-–—/&]|bis(?: zum)?|to|und|and|until)\s?(?:the )?(?=\d)")
_LINK_EASTERN = re.compile(r"\s?[-~–—〜至到から]{1,2}\s?$")
_WORDS_BUT_MONTHS = frozenset({"may", "march", "mar", "dec", "sep", "jan", "mai", "mo"})


def read_date(page: Page, at: int, earlier: list[Found]) -> list[Found]:
    """Return the date, or both dates of a range, whose first digit stands at ``at``."""
    linked = _linked(page, at) or _days_of_month(page, at)
    if linked:
        return linked
    found = _single(page, at) or _behind_month(page, at) or _day(page, at, earlier)
    if not found:
        return []
    return [*found[:-1], *_with_weekday(page, found[-1])] if len(found) > 1 else _with_weekday(page, found[0])


def _linked(page: Page, at: int) -> list[Found]:
    """Read ``24.–26. November``: the first day takes its month from the second."""
    low = page.low
    digits = at + 1 + (low[at + 1 : at + 2].isdigit())
    link = _LINK.match(low, digits)
    if link is None:
        return []
    second = _western(page, link.end())
    day = int(low[at:digits])
    if second is None or len(second.readings) > 1 or not 1 <= day <= 31:
        return []
    first = f"{second.readings[0][:-2]}{day:02}"
    return [Found(Kind.DATE, (first,), at, digits), second]


def _days_of_month(page: Page, at: int) -> list[Found]:
    """Read ``5月3-5日``."""
    parts = _EASTERN_DAYS.match(page.low, at)
    if parts is None:
        return []
    first = _found(at, parts.end("d"), _normal(None, int(parts["m"]), int(parts["d"])))
    second = _found(parts.start("d2"), parts.end(), _normal(None, int(parts["m"]), int(parts["d2"])))
    return [first, second] if first is not None and second is not None else []


def _western(page: Page, at: int) -> Found | None:
    return _day_month_word(page, at) or _numeric(page, at) or _day_dot_month(page, at)


def _single(page: Page, at: int) -> list[Found]:
    found = _year_first(page, at) or _eastern(page, at) or _western(page, at) or _slashed(page, at)
    return [found] if found is not None else []


def _normal(year: int | None, month: int, day: int) -> str | None:
    """Return the date if it has a form that dates have; the 31 of February keeps its own, to be found out."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{day:02}" if year is not None else f"--{month:02}-{day:02}"


def _found(at: int, end: int, *readings: str | None) -> Found | None:
    valid = tuple(dict.fromkeys(reading for reading in readings if reading is not None))
    return Found(Kind.DATE, valid, at, end) if valid else None


def _year_first(page: Page, at: int) -> Found | None:
    parts = _YEAR_FIRST.match(page.low, at)
    if parts is None:
        return None
    month, day = parts["m"] or parts["m2"], parts["d"] or parts["d2"]
    return _found(at, parts.end(), _normal(int(parts["y"]), int(month), int(day)))


def _eastern(page: Page, at: int) -> Found | None:
    parts = _EASTERN.match(page.low, at)
    if parts is None:
        return _eastern_year(page, at)
    year = int(parts["y"]) if parts["y"] else None
    begin = at
    if year is not None and year < 100:
        era = _ERA_BEFORE.search(page.low[max(0, at - _REACH) : at])
        begin, year = (
            (at - len(era.group()), year + _ERAS[era["era"]]) if era is not None else (at, year + 2000)
        )
    if parts["d"] is None:
        month = f"{int(parts['m']):02}"
        end = parts.end("m") + len(page.low[parts.end("m") : parts.end()].rstrip())
        normal = f"{year:04}-{month}" if year is not None else f"--{month}"
        return _found(begin, end, normal if 1 <= int(month) <= 12 else None)
    return _found(begin, parts.end(), _normal(year, int(parts["m"]), int(parts["d"])))


def _eastern_year(page: Page, at: int) -> Found | None:
    year = _EASTERN_YEAR.match(page.low, at)
    return _found(at, year.end(), year["y"]) if year is not None else None


def _numeric(page: Page, at: int) -> Found | None:
    parts = _NUMERIC.match(page.low, at)
    if parts is None:
        return None
    a, b, year = int(parts["a"]), int(parts["b"]), int(parts["y"])
    short = len(parts["y"]) == 2
    year = year + 2000 if short else year
    day_first, month_first = _normal(year, b, a), _normal(year, a, b)
    if page.language is Language.DE:
        return _found(at, parts.end(), day_first or month_first)
    if short and page.language is not Language.EN:
        eastern = _normal(2000 + a, b, int(parts["y"]))
        return _found(at, parts.end(), eastern, day_first)
    if parts["s"] == ".":
        return _found(at, parts.end(), day_first)
    return _found(at, parts.end(), month_first, day_first)


def _day_month_word(page: Page, at: int) -> Found | None:
    parts = _DAY_MONTH_WORD.match(page.low, at)
    if parts is None or _is_only_a_word(page, parts.start("month"), parts["month"], parts["y"]):
        return None
    year = int(parts["y"]) if parts["y"] else None
    end = parts.end() if year is not None else parts.end("month")
    return _found(at, end, _normal(year, MONTHS[parts["month"]], int(parts["d"])))


def _is_only_a_word(page: Page, begin: int, word: str, year: str | None) -> bool:
    """Return whether ``may`` is the verb: in small letters and without a year."""
    return word in _WORDS_BUT_MONTHS and year is None and page.text[begin].islower()


def _day_dot_month(page: Page, at: int) -> Found | None:
    parts = _DAY_DOT_MONTH.match(page.low, at)
    if parts is None or page.language is not Language.DE:
        parts = parts or _DAY_MONTH_BARE.match(page.low, at)
        if parts is None or not _DOTTED_BEFORE.search(page.low[max(0, at - _REACH) : at]):
            return None
    return _found(at, parts.end(), _normal(None, int(parts["m"]), int(parts["d"])))


def _slashed(page: Page, at: int) -> Found | None:
    parts = _SLASHED.match(page.low, at)
    if parts is None or parts.group() in _NO_DATES:
        return None
    a, b = int(parts["a"]), int(parts["b"])
    day_first, month_first = _normal(None, b, a), _normal(None, a, b)
    match page.language:
        case Language.DE:
            return _found(at, parts.end(), day_first or month_first)
        case Language.EN:
            return _found(at, parts.end(), month_first, day_first)
        case _:
            return _found(at, parts.end(), month_first or day_first)


def _behind_month(page: Page, at: int) -> list[Found]:
    """Read the number behind a month's name: its day, two days, or its year."""
    before = page.low[max(0, at - _REACH) : at]
    name = _MONTH_BEFORE.search(before) if before[-1:] in (" ", "-") and before[-2:-1] > " " else None
    if name is None:
        return []
    begin, month = at - len(before) + name.start(), MONTHS[name["month"]]
    year = _YEAR_BEHIND_MONTH.match(page.low, at)
    if year is not None:
        return [Found(Kind.DATE, (f"{year['y']}-{month:02}",), begin, year.end())]
    parts = _DAY_BEHIND_MONTH.match(page.low, at)
    if parts is None or _is_only_a_word(page, begin, name["month"], parts["y"]):
        return []
    written = int(parts["y"]) if parts["y"] else None
    first = _found(
        begin, parts.end("d") if parts["d2"] else parts.end(), _normal(written, month, int(parts["d"]))
    )
    if first is None or not parts["d2"]:
        return [first] if first is not None else []
    second = _found(parts.start("d2"), parts.end(), _normal(written, month, int(parts["d2"])))
    return [first, second] if second is not None else []


def _day(page: Page, at: int, earlier: list[Found]) -> list[Found]:
    """Read a day without its month: that of the date it continues, or the one nearest to today."""
    parts = _DAY_ALONE.match(page.low, at)
    if parts is None:
        parts = _DAY_ORDINAL.match(page.low, at)
        if parts is None or _ORDINAL_BEFORE.search(page.low[max(0, at - _REACH) : at]) is None:
            return []
    day = int(parts["d"])
    if not 1 <= day <= 31:
        return []
    last = earlier[-1] if earlier else None
    if last is not None and last.kind is Kind.DATE and _LINK_EASTERN.fullmatch(page.low, last.end, at):
        return [
            Found(Kind.DATE, tuple(f"{reading[:-2]}{day:02}" for reading in last.readings), at, parts.end())
        ]
    # 5日 and 5일 are the fifth, and five days.
    length = (f"P{day}D",) if parts.re is _DAY_ALONE else ()
    return [Found(Kind.DATE, (*_near(day, page.today), *length), at, parts.end())]


def _near(day: int, today: date | None) -> Iterator[str]:
    if today is None:
        yield f"---{day:02}"
        return
    for months in (0, 1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        yield f"{year:04}-{month + 1:02}-{day:02}"


def _with_weekday(page: Page, found: Found) -> list[Found]:
    """Take in the weekday beside a date if it is the right one; a wrong one becomes a value of its own."""
    begin = max(0, found.begin - _REACH)
    before = _WEEKDAY_BEFORE.search(page.low[begin : found.begin])
    behind = _WEEKDAY_BEHIND.match(page.low, found.end)
    values = [found]
    if before is not None:
        name = before["day"]
        weekday = WEEKDAYS.get(name, SHORT_WEEKDAYS.get(name, -1))
        if _falls_on(found.readings, weekday, page.today):
            values = [found._replace(begin=begin + before.start())]
        elif page.today is not None and (name not in WEEKDAYS or "." not in before.group()):
            at = begin + before.start("day")
            values = [Found(Kind.DATE, _no_such_day(found, weekday), at, at + len(name)), found]
    if behind is not None:
        weekday = _weekday_of(next(name for name in behind.groups() if name))
        if _falls_on(found.readings, weekday, page.today):
            values[-1] = values[-1]._replace(end=behind.end())
        elif page.today is not None:
            values.append(Found(Kind.DATE, _no_such_day(found, weekday), *behind.span()))
    return values


def _no_such_day(found: Found, weekday: int) -> tuple[str, ...]:
    """Return what nothing can prove: the date on a weekday on which it does not fall."""
    return tuple(f"{reading}/{weekday + 1}" for reading in found.readings)


def _weekday_of(name: str) -> int:
    return WEEKDAYS.get(name, SHORT_WEEKDAYS.get(name, _EASTERN_WEEKDAYS.get(name, -1)))


def _falls_on(readings: tuple[str, ...], weekday: int, today: date | None) -> bool:
    """Return whether any reading is that weekday; without a year, in the year nearest to today."""
    if today is None and readings[0].startswith("--"):
        return True
    return any(_weekday(_in_nearest_year(reading, today)) == weekday for reading in readings)


def _in_nearest_year(reading: str, today: date | None) -> str:
    """Return a day without a year in the year in which it is nearest to today."""
    if not reading.startswith("--") or today is None or not reading[2:4].isdecimal():
        return reading
    months_off = (int(reading[2:4]) - today.month + 6) % 12 - 6
    return f"{(today.year * 12 + today.month - 1 + months_off) // 12}-{reading[2:]}"


def _weekday(normal: str) -> int:
    try:
        return date.fromisoformat(normal).weekday()
    except ValueError:
        return -1


def days_named(weekday: int, today: date) -> tuple[str, ...]:
    """Return the next day of that name and the last one; today counts."""
    ahead = today + timedelta((weekday - today.weekday()) % 7)
    return ahead.isoformat(), (ahead - timedelta(7)).isoformat()
