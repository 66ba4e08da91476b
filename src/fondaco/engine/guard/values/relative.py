"""Reads days that are told from today, days of the week, and hours that have a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from datetime import date, timedelta

from fondaco.engine.guard.values.dates import days_named
from fondaco.engine.guard.values.lexicon import DAYS, HOURS, MONTHS, WEEKDAYS, alternatives
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind

_LATIN_DAYS = {word: day for word, day in DAYS.items() if word < "\u2fff"}
_EASTERN_DAYS = {word: day for word, day in DAYS.items() if word > "\u2fff"}
_LATIN_HOURS = {word: hour for word, hour in HOURS.items() if word < "\u2fff"}
_EASTERN_HOURS = {word: hour for word, hour in HOURS.items() if word > "\u2fff"}
_NEXT = r"next|nächste[nrsm]?|naechste[nrsm]?"
_COMING = r"coming|upcoming|this|kommende[nrsm]?|diese[nrsm]?"
_LAST = r"last|past|letzte[nrsm]?|vergangene[nrsm]?|vorige[nrsm]?"
_WORD = re.compile(
    rf"(?<![a-zäöüß])(?:(?P<day>{alternatives(_LATIN_DAYS)})|(?P<hour>{alternatives(_LATIN_HOURS)})"
    rf"|(?:(?:(?P<next>{_NEXT})|(?P<coming>{_COMING})|(?P<last>{_LAST})) )?"
    rf"(?P<weekday>{alternatives(WEEKDAYS)}))(?![a-zäöüß])"
)
_MONTH = re.compile(
    rf"(?<![a-zäöüß])(?:in|im|until|by|since|of|early|mid|late|ende|anfang|mitte|bis|seit|ab|during|for)"
    rf" (?P<month>{alternatives(MONTHS)})(?![a-zäöüß])"
)
_EASTERN_FIRST = "".join(sorted({word[0] for word in (*_EASTERN_DAYS, *_EASTERN_HOURS)}))
_EASTERN = re.compile(
    rf"(?=[{_EASTERN_FIRST}下上本这這周週星礼禮再来先次毎月火水木金土日다이지매월화수목금토일])(?:(?P<day>{alternatives(_EASTERN_DAYS)})|(?P<hour>{alternatives(_EASTERN_HOURS)})"
    r"|(?<![一两二三四五六七八九十每\d])(?P<zh>下下|下|上|本|这|這)?(?:个|個)?(?:周|週|星期|礼拜|禮拜)(?P<zday>[一二三四五六日天])"
    r"|(?P<ja>再来週|来週|今週|先週|次|毎週)?の?(?P<jday>[月火水木金土日])曜(?:日)?"
    r"|(?P<ko>다다음 ?주|다음 ?주|이번 ?주|지난 ?주|매주)? ?(?P<kday>[월화수목금토일])요일)"
)
_WEEKS = {
    "下下": 2, "下": 1, "上": -1, "本": 0, "这": 0, "這": 0,
    "再来週": 2, "来週": 1, "今週": 0, "先週": -1,
    "다다음주": 2, "다음주": 1, "이번주": 0, "지난주": -1,
}  # fmt: skip
_NOT_DAY_BEHIND = re.compile(r"날|の|後|后|이면")
_EVERY_BEFORE = re.compile(
    r"(?:every|each|jede[nmrs]?|on|mondays?|tuesdays?|毎週の?|每个?|每|매주 ?)\s?$".replace(
        "on|mondays?|tuesdays?|", ""
    )
)
_RANGE = (
    r"\s?(?:[-–—~〜]|bis(?: einschließlich)?|to|through|thru|und|and|or|oder|/|&|から|至|到|부터|에서)\s?"
)
_IN_RANGE_BEHIND = re.compile(
    rf"{_RANGE}(?:{alternatives(WEEKDAYS)}|[月火水木金土日]曜|[월화수목금토일]요일|(?:周|週|星期|礼拜)?[一二三四五六日天])"
)
_IN_RANGE_BEFORE = re.compile(
    rf"(?:{alternatives(WEEKDAYS)}|[月火水木金土日]曜日?|[월화수목금토일]요일|(?:周|週|星期|礼拜)[一二三四五六日天]){_RANGE}$"
)
_MORNING_BEFORE = re.compile(r"(?:guten|am|jeden|heute|gestern|den|dieser|diesen|schönen)\s$")
_IN_BEFORE = re.compile(r"(?<![a-zäöüß])in\s$")
_AGO_BEFORE = re.compile(r"(?<![a-zäöüß])vor\s$")
_UNIT = r"\s?(?:days?|weeks?|tage[ns]?|tag|wochen?|天|日|周|个?星期|個?星期|週間?|일|주일?)\s?(?:之)?"
_AGO_BEHIND = re.compile(
    rf"{_UNIT}\s?(?:(?P<ago>ago|earlier|前(?!後)|전)|(?P<later>later|from now|from today|后|後|후|뒤))"
)
_DISTANCE = re.compile(r"P(\d{1,4})D")
_REACH = 24


_TELLING = frozenset(word.rpartition(" ")[2] for word in (*_LATIN_DAYS, *_LATIN_HOURS, *WEEKDAYS))
_NAMING = _TELLING | MONTHS.keys()
_EASTERN_TRIGGER = re.compile(
    f"{alternatives(_EASTERN_DAYS)}|{alternatives(_EASTERN_HOURS)}|曜|[周週期拜][一二三四五六日天]|요일"
)


def may_hold_words(page: Page) -> bool:
    """Return whether a text may name a day, a month or an hour without a digit; a quick look."""
    return not _NAMING.isdisjoint(page.words) or _may_hold_eastern(page)


def _may_hold_eastern(page: Page) -> bool:
    return page.is_eastern and _EASTERN_TRIGGER.search(page.low) is not None


def read_words(page: Page) -> list[Found]:
    """Return days and hours that are told in words alone; days need to know what day it is."""
    found = [value for match in _around(page, _TELLING, _WORD) for value in _latin(page, match)]
    found += (
        Found(Kind.DATE, (f"--{MONTHS[match['month']]:02}",), *match.span("month"))
        for match in _around(page, MONTHS.keys(), _MONTH)
        if page.text[match.start("month")].isupper()
    )
    if _may_hold_eastern(page):
        found += (value for match in _EASTERN.finditer(page.low) for value in _eastern(page, match))
    return found


def _around(page: Page, names: Set[str], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield what ends in one of the words, looked for only where they stand."""
    for word in page.words & names:
        at = page.low.find(word)
        while at >= 0:
            end = at + len(word)
            if not page.low[end : end + 1].isalpha():
                found = pattern.finditer(page.low, max(0, at - _REACH), end)
                yield from (match for match in found if match.end() == end)
            at = page.low.find(word, end)


def _latin(page: Page, match: re.Match[str]) -> list[Found]:
    if match["hour"]:
        return [Found(Kind.TIME, (HOURS[match["hour"]],), *match.span())]
    if page.today is None:
        return []
    if match["day"]:
        if match["day"] == "morgen" and _is_morning(page, match.start()):
            return []
        return [_found(match, page.today + timedelta(DAYS[match["day"]]))]
    if _is_recurring(page.low, match):
        return []
    ahead, back = days_named(WEEKDAYS[match["weekday"]], page.today)
    if match["last"]:
        return [Found(Kind.DATE, (back,), *match.span())]
    if match["next"]:
        return [Found(Kind.DATE, _next(ahead, page.today), *match.span())]
    return [Found(Kind.DATE, (ahead,) if match["coming"] == "coming" else (ahead, back), *match.span())]


def _found(match: re.Match[str], day: date) -> Found:
    return Found(Kind.DATE, (day.isoformat(),), *match.span())


def _next(ahead: str, today: date) -> tuple[str, ...]:
    """Return the coming day of that name and the one a week later; people mean either."""
    coming = date.fromisoformat(ahead)
    coming += timedelta(7 if coming == today else 0)
    return coming.isoformat(), (coming + timedelta(7)).isoformat()


def _is_morning(page: Page, at: int) -> bool:
    before = page.low[max(0, at - _REACH) : at]
    if _MORNING_BEFORE.search(before):
        return True
    # In the middle of a sentence a capital makes it the noun.
    return page.text[at].isupper() and before.rstrip()[-1:] not in ("", ".", "!", "?", ":", "-", "*")


def _is_recurring(low: str, match: re.Match[str]) -> bool:
    """Return whether the day comes back every week: ``Monday to Friday``, ``every Monday``."""
    before = low[max(0, match.start() - _REACH) : match.start()]
    return bool(
        _EVERY_BEFORE.search(before)
        or _IN_RANGE_BEHIND.match(low, match.end())
        or _IN_RANGE_BEFORE.search(before)
    )


def _eastern(page: Page, match: re.Match[str]) -> list[Found]:
    if match["hour"]:
        return [Found(Kind.TIME, (HOURS[match["hour"]],), *match.span())]
    if page.today is None:
        return []
    if match["day"]:
        if match["day"] == "오늘" and page.low.startswith("날", match.end()):
            return []
        return [_found(match, page.today + timedelta(DAYS[match["day"]]))]
    week = (match["zh"] or match["ja"] or match["ko"] or "").replace(" ", "")
    if week in ("毎週", "매주") or _is_recurring(page.low, match):
        return []
    sign = match["zday"] or match["jday"] or match["kday"]
    weekday = _weekday(sign)
    if week in _WEEKS:
        return [Found(Kind.DATE, _of_week(weekday, _WEEKS[week], page.today), *match.span())]
    ahead, back = days_named(weekday, page.today)
    return [Found(Kind.DATE, (ahead,) if week == "次" else (ahead, back), *match.span())]


def _weekday(sign: str) -> int:
    for signs in ("月火水木金土日", "월화수목금토일", "一二三四五六日"):
        if sign in signs:
            return signs.index(sign)
    return 6


def _of_week(weekday: int, weeks: int, today: date) -> tuple[str, ...]:
    """Return that day of a week; on and about Sundays it is open with which day a week begins."""
    monday = today - timedelta(today.weekday())
    by_monday = monday + timedelta(weekday + 7 * weeks)
    sunday = today - timedelta((today.weekday() + 1) % 7)
    by_sunday = sunday + timedelta((weekday + 1) % 7 + 7 * weeks)
    return tuple(dict.fromkeys((by_monday.isoformat(), by_sunday.isoformat())))


def with_today(page: Page, value: Found, number_end: int) -> Found:
    """Return ``in 3 days`` as the day it names; the length of time stays a reading of it."""
    distance = _DISTANCE.fullmatch(value.readings[0]) if page.today is not None else None
    if distance is None or page.today is None:
        return value
    before = page.low[max(0, value.begin - _REACH) : value.begin]
    behind = _AGO_BEHIND.match(page.low, number_end)
    is_past = _AGO_BEFORE.search(before) or (behind is not None and behind["ago"])
    is_future = _IN_BEFORE.search(before) or (behind is not None and behind["later"])
    if not is_past and not is_future:
        return value
    try:
        day = page.today + timedelta(int(distance[1]) * (-1 if is_past else 1))
    except OverflowError:
        return value
    end = max(value.end, behind.end()) if behind is not None else value.end
    return Found(Kind.DATE, (day.isoformat(), *value.readings), value.begin, end)
