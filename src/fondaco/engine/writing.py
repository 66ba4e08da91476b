"""Writes values the way each language does: dates, money, numbers, times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from fondaco.kit.language import Language
from fondaco.kit.money import Money

_MONTHS_DE = ("Januar Februar März April Mai Juni Juli August September Oktober November Dezember").split()
_MONTHS_EN = ("January February March April May June July August September October November December").split()
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "KRW": "₩", "CHF": "CHF"}
# One sign for two currencies would name the wrong amount (Unicode CLDR 45 tells them apart like this).
_OWN_SYMBOLS = {
    (Language.ZH, "CNY"): "¥",
    (Language.ZH, "JPY"): "JP¥",
    (Language.ZH, "USD"): "US$",
    (Language.KO, "JPY"): "JP¥",
    (Language.KO, "USD"): "US$",
}


def write_date(day: date, language: Language) -> str:
    """Return the date in full, such as ``24. November 2026`` or ``2026年11月24日``."""
    match language:
        case Language.DE:
            return f"{day.day}. {_MONTHS_DE[day.month - 1]} {day.year}"
        case Language.EN:
            return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
        case Language.KO:
            return f"{day.year}년 {day.month}월 {day.day}일"
        case Language.ZH | Language.JA:
            return f"{day.year}年{day.month}月{day.day}日"


def write_number(number: float, language: Language) -> str:
    """Return the number with the language's separators, such as ``1.234,5`` in German."""
    text = f"{number:,}"
    return text.translate(str.maketrans(",.", ".,")) if language is Language.DE else text


def write_money(money: Money, language: Language) -> str:
    """Return the amount with its currency, such as ``49,90 €`` or ``€49.90``."""
    sign = "-" if money.amount_minor < 0 else ""
    whole, part = divmod(abs(money.amount_minor), 10**money.digits)
    decimals = f".{part:0{money.digits}d}" if money.digits else ""
    text = f"{whole:,}{decimals}"
    symbol = _OWN_SYMBOLS.get((language, money.currency)) or _SYMBOLS.get(money.currency, money.currency)
    if language is Language.DE:
        return f"{sign}{text.translate(str.maketrans(',.', '.,'))} {symbol}"
    gap = " " if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{text}"


def write_time(at_ms: int, timezone: str, now_ms: int, language: Language) -> str:
    """Return the hour in the shop's time zone and which one that is, with the date in front if not today.

    The zone is told by its city, the last part of its IANA name: ``09:00 Uhr (Berlin)``.
    """
    zone = ZoneInfo(timezone)
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    place = timezone.rpartition("/")[2].replace("_", " ")
    hour = f"{at:%H:%M} Uhr ({place})" if language is Language.DE else f"{at:%H:%M} ({place})"
    if at.date() == today:
        return hour
    gap = ", " if language in (Language.DE, Language.EN) else " "
    return f"{write_date(at.date(), language)}{gap}{hour}"


def value_of(raw: Any) -> str | None:
    """Return a tool's value as evidence names it: a text as it is, all else as JSON; None stays None."""
    return raw if raw is None or isinstance(raw, str) else msgspec.json.encode(raw).decode()
