"""Reads what could be wrong in a text: links, ids, dates, times, amounts and numbers.

It is the lab's own reader and shares nothing with the guard's: plain patterns, one after another, each
blanking out what it has read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

from fondaco.lab.invent.units import BETWEEN, CURRENCIES, MONTHS, SPELLED, UNITS

_HALF_DAY = 720  #: minutes; 2:45 may be 14:45


class Value(msgspec.Struct, frozen=True):
    """Something in a text that is true or false; any of its readings may be the proven one."""

    written: str
    readings: frozenset[str]  #: such as ``eur:4.9``, ``date:2026-11-24``, ``time:540``, ``id:RI10482``


_Read = Callable[[re.Match[str]], frozenset[str]]

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()（）「」，。]+|\b[\w-]+\.(?:com|example|de|net|org|shop|io)\b(?:/\S*)?"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_ID = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,4}[-‐–]?\d{3,}(?:-\d+)*(?![A-Za-z])", re.ASCII)
_LONG = re.compile(r"(?<![\d.,])\d{5,}(?![\d.,]?\d)")
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})?(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?:(?P<y>\d{4})\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)?\s?(?:of\s)?(?P<n>{_NAMES})\b\.?(?:,?\s(?P<y>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<n>{_NAMES})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<y>\d{{4}}))?", re.IGNORECASE
    ),
)
_TIMES = (
    re.compile(r"(?<![\d:])(?P<h>\d{1,2}):(?P<m>\d{2})(?::\d{2})?(?![\d:])"),
    re.compile(r"(?<![\d:.])(?P<h>\d{1,2})(?:[.:](?P<m>\d{2}))?\s?(?:uhr\b|[ap]\.?m\b\.?)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<h>\d{1,2})(?:時(?!間)|시(?!간))\s?(?:(?P<m>\d{1,2})[分분])?"),
    re.compile(r"(?:上午|下午|早上|晚上|中午)\s?(?P<h>\d{1,2})[点點时](?:(?P<m>\d{1,2})分)?"),
)
_NUMBER = re.compile(r"(?<![A-Za-z\d])(?:\d[\d.,]*\d|\d)(?P<times>\s?[万萬만千천])?")
_LIST_MARK = re.compile(r"(?m)^\s*\(?\d{1,2}[.)](?=\s)")
_SPELLED = re.compile(
    rf"\b({'|'.join(SPELLED)})(?=[ -](?:{'|'.join(pattern for _, pattern in UNITS)}))", re.IGNORECASE
)
_HAN = re.compile(
    r"([二两三四五六七八九十]+)(?=个?(?:天|日[^本]|周|週|工作日|小时|時間|个月|か月|年|欧元|ユーロ))"
)
_HAN_DIGITS = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = tuple((name, re.compile(rf"[\s-]?(?:{pattern})", re.IGNORECASE)) for name, pattern in UNITS)
_CURRENCIES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in CURRENCIES)
_BETWEEN = re.compile(BETWEEN)
_TIMES_WORTH = {"万": 10_000, "萬": 10_000, "만": 10_000, "千": 1_000, "천": 1_000}


def read(text: str) -> list[Value]:
    """Return every value of a text."""
    left = _spelled_out(unicodedata.normalize("NFKC", text))
    found: list[Value] = []
    for pattern, reading in _PATTERNS:
        for match in list(pattern.finditer(left)):
            readings = reading(match)
            if readings:
                found.append(Value(match.group().strip(), readings))
                left = left[: match.start()] + "\x00" * len(match.group()) + left[match.end() :]
    left = _LIST_MARK.sub(lambda mark: "\x00" * len(mark.group()), left)
    return found + list(_numbers(left))


def number(value: float) -> str:
    """Return how a number is written in readings."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def bare_id(text: str) -> str:
    """Return an id as it stands in readings: letters and digits alone."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _spelled_out(text: str) -> str:
    text = _SPELLED.sub(lambda match: str(SPELLED[match[1].lower()]), text)
    return _HAN.sub(lambda match: str(_han(match[1])), text)


def _han(written: str) -> int:
    tens, found, ones = written.rpartition("十")
    if not found:
        return _HAN_DIGITS.get(written[-1], 0)
    return 10 * _HAN_DIGITS.get(tens[-1:], 1) + _HAN_DIGITS.get(ones[-1:], 0)


def _link(match: re.Match[str]) -> frozenset[str]:
    written = match.group().lower().rstrip(".,;:!?\"'”’)")
    return frozenset({"link:" + re.sub(r"^https?://(?:www\.)?|^www\.", "", written).rstrip("/")})


def _email(match: re.Match[str]) -> frozenset[str]:
    return frozenset({"email:" + match.group().lower().rstrip(".")})


def _id(match: re.Match[str]) -> frozenset[str]:
    return frozenset({"id:" + bare_id(match.group())})


def _long(match: re.Match[str]) -> frozenset[str]:
    return frozenset({"id:" + match.group(), "number:" + number(float(match.group()))})


def _date(match: re.Match[str]) -> frozenset[str]:
    told = match.groupdict()
    month = MONTHS[told["n"].lower()] if told.get("n") else int(told["m"])
    pairs = {(month, int(told["d"]))}
    if "/" in match.group() and "n" not in told:
        pairs.add((int(told["d"]), month))
    year = f"{told['y']}-" if told.get("y") else ""
    return frozenset(f"date:{year}{m:02d}-{d:02d}" for m, d in pairs if 1 <= m <= 12 and 1 <= d <= 31)


def _time(match: re.Match[str]) -> frozenset[str]:
    minutes = 60 * int(match["h"]) + int(match["m"] or 0)
    return frozenset({f"time:{minutes % _HALF_DAY}"})


_PATTERNS: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (_EMAIL, _email),
    (_LINK, _link),
    (_ID, _id),
    *((pattern, _date) for pattern in _DATES),
    *((pattern, _time) for pattern in _TIMES),
    (_LONG, _long),
)


def _numbers(text: str) -> Iterator[Value]:
    for match in _NUMBER.finditer(text):
        worth = _TIMES_WORTH.get((match["times"] or "").strip(), 1)
        unit = _unit(text, match)
        written = match.group().removesuffix(match["times"] or "")
        readings = {f"{unit}:{number(size * worth)}" for size in _sizes(written)}
        yield Value(
            text[max(0, match.start() - 2) : match.end() + 8].replace("\x00", ""), frozenset(readings)
        )


def _sizes(written: str) -> set[float]:
    """Return what a number may be, as 1.234 is another one in another language."""
    points, commas = written.count("."), written.count(",")
    if points and commas:
        decimal = max(written.rfind("."), written.rfind(","))
        return {_float(written[:decimal], written[decimal + 1 :])}
    if points + commas == 0:
        return {float(written)}
    whole, _, part = written.replace(",", ".").rpartition(".")
    sizes = {_float(whole, part)} if points + commas == 1 else set()
    if len(part) == 3:
        sizes.add(_float(whole + part, ""))
    return sizes or {_float(whole + part, "")}


def _float(whole: str, part: str) -> float:
    digits = whole.replace(".", "").replace(",", "")
    return float(f"{digits or 0}.{part or 0}")


def _unit(text: str, match: re.Match[str]) -> str:
    """Return what the number counts; one that shares a unit with the next number has that one's."""
    before, after = text[: match.start()], text[match.end() :]
    found = next((name for name, pattern in _CURRENCIES if pattern.search(before)), "")
    found = found or next((name for name, pattern in _UNITS if pattern.match(after)), "")
    if found:
        return found
    shared = _BETWEEN.match(after)
    rest = after[shared.end() :] if shared else ""
    return next((name for name, pattern in _UNITS if rest and pattern.match(rest)), "number")
