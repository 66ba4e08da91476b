"""Reads hours of the day."""

from __future__ import annotations

import re

from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language

_REACH = 8
_HALF = r"a\.m\.?|p\.m\.?|am|pm"
_COLON = re.compile(
    rf"(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?::(?P<s>\d{{2}}))?(?![\d:])(?:\s?(?P<half>{_HALF})(?![a-z])|\s?(?:uhr|h)(?![a-zäöüß]))?"
)
_UHR = re.compile(r"(?P<h>\d{1,2})(?:[.:](?P<m>\d{2}))?\s?uhr(?![a-zäöüß])(?:\s(?P<m2>\d{2})(?![\d.:]))?")
_AM_PM = re.compile(rf"(?P<h>\d{{1,2}})(?:[.:](?P<m>\d{{2}}))?\s?(?P<half>{_HALF}|o'clock|o’clock)(?![a-z])")
_EASTERN = re.compile(
    r"(?P<h>\d{1,2})\s?(?P<sign>[点點]|时|時|시)(?!头|頭|间|間|간|代|계|差|效)(?:\s?(?:(?P<m>\d{1,2})\s?[分분]|(?P<half>[半반])))?[钟鐘整]?"
)
_HALF_BEFORE = re.compile(
    r"(?P<early>上午|凌晨|清晨|早上|早晨|午前|朝|오전|새벽|아침)\s?(?:的|の)?$"
    r"|(?P<late>下午|晚上|傍晚|夜里|午後|夕方|夜|오후|저녁|밤)\s?(?:的|の)?$|(?P<noon>中午)\s?$"
)
_LINK = re.compile(r"(?P<h>\d{1,2})(?:[.:](?P<m>\d{2}))?\s?(?:[-–—~〜]|bis|to|and|und|until)\s?(?=\d)")


def read_time(page: Page, at: int) -> list[Found]:
    """Return the hour that begins at ``at``, or both hours of a range such as ``9-17 Uhr``."""
    single = _single(page, at)
    if single is not None:
        return [single]
    link = _LINK.match(page.low, at)
    second = _single(page, link.end()) if link is not None else None
    if link is None or second is None:
        return []
    hour, minute = int(link["h"]), int(link["m"] or 0)
    end = link.end("m") if link["m"] else link.end("h")
    is_open = len(second.readings) > 1 or page.low[second.end - 1] == "m" or page.low[second.end - 2] == "m"
    readings = _hours(hour, minute, is_open=is_open)
    return [Found(Kind.TIME, readings, at, end), second] if readings else []


def _single(page: Page, at: int) -> Found | None:
    low = page.low
    parts = _COLON.match(low, at) or _UHR.match(low, at)
    if parts is not None:
        named = parts.groupdict()
        if named.get("half"):
            return _found(parts, _half_day(int(parts["h"]), int(parts["m"]), named["half"]))
        return _with_half_before(page, parts, int(parts["h"]), int(parts["m"] or named.get("m2") or 0))
    parts = _AM_PM.match(low, at)
    if parts is not None and not _is_german_am(page, parts):
        return _found(parts, _half_day(int(parts["h"]), int(parts["m"] or 0), parts["half"]))
    parts = _EASTERN.match(low, at)
    if parts is None:
        return None
    minute = 30 if parts["half"] else int(parts["m"] or 0)
    return _with_half_before(page, parts, int(parts["h"]), minute)


def _is_german_am(page: Page, parts: re.Match[str]) -> bool:
    # "die 5 am Montag gelieferten Pakete" names no hour.
    return parts["half"] == "am" and page.language is Language.DE and page.low[parts.start("half") - 1] == " "


def _with_half_before(page: Page, parts: re.Match[str], hour: int, minute: int) -> Found | None:
    begin = parts.start()
    before = page.low[max(0, begin - _REACH) : begin]
    half = _HALF_BEFORE.search(before) if (before and before[-1] > "\u2fff") or before.endswith(" ") else None
    sign = parts.groupdict().get("sign")
    if half is None:
        if sign in ("点", "點") and page.language is Language.JA and not parts["half"] and parts["m"] is None:
            return None  # five of something, or a mark
        is_open = sign is not None or (page.language is Language.EN and page.low[begin] != "0")
        return _found(parts, _hours(hour, minute, is_open=is_open, seconds=parts.groupdict().get("s")))
    if (half["late"] and hour < 12) or (half["noon"] and hour < 3):
        hour += 12
    elif half["early"] and hour == 12:
        hour = 0
    readings = _hours(hour, minute, is_open=False)
    return Found(Kind.TIME, readings, begin - len(half.group()), parts.end()) if readings else None


def _found(parts: re.Match[str], readings: tuple[str, ...]) -> Found | None:
    return Found(Kind.TIME, readings, parts.start(), parts.end()) if readings else None


def _half_day(hour: int, minute: int, half: str) -> tuple[str, ...]:
    if half[0] == "o":
        return _hours(hour, minute, is_open=True)
    if not 1 <= hour <= 12:
        return _hours(hour, minute, is_open=False)
    return _hours(hour % 12 + (12 if half[0] == "p" else 0), minute, is_open=False)


def _hours(hour: int, minute: int, *, is_open: bool, seconds: str | None = None) -> tuple[str, ...]:
    """Return the hour, and the one twelve hours later where the spelling leaves it open."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return ()
    ending = f":{minute:02}" + (f":{seconds}" if seconds else "")
    first = f"{hour % 24:02}{ending}"
    return (first, f"{hour + 12:02}{ending}") if is_open and 1 <= hour < 12 else (first,)
