"""Reads a number as digits and separators spell it."""

from __future__ import annotations

import re
from decimal import Decimal

from fondaco.kit.language import Language

#: Digits with separators among them; a longer one is an id.
FIGURE = re.compile(r"\d{1,18}(?!\d)(?:[.,'’]\d{1,18}(?!\d)){0,5}")
_SEPARATOR = re.compile(r"[.,'’]")


def plain(number: Decimal) -> str:
    """Return a number without exponent and needless zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def figure(written: str, language: Language, *, money: bool = False) -> tuple[Decimal, ...]:
    """Return what the digits say, the likeliest first; nothing where they are no single number.

    Only ``1.234`` and ``1,234`` are open: German groups by the point, the others by the comma.  An amount has
    no three decimals, so that the other reading stays possible for it.
    """
    if written.isdecimal():
        return (Decimal(written),)
    signs = "".join(_SEPARATOR.findall(written)).replace("’", "'")
    groups = _SEPARATOR.split(written)
    last = signs[-1]
    if len(signs) == 1 and last != "'":
        return _one_separator(groups, last, language, money=money)
    if len(set(signs)) == 1:
        return (Decimal("".join(groups)),) if _are_thousands(groups) else ()
    if len(set(signs[:-1])) == 1 and last != "'" and _are_thousands(groups[:-1]):
        return (Decimal(f"{''.join(groups[:-1])}.{groups[-1]}"),)
    return ()


def _one_separator(groups: list[str], sign: str, language: Language, *, money: bool) -> tuple[Decimal, ...]:
    decimal = Decimal(".".join(groups))
    if not _are_thousands(groups):
        return (decimal,)
    grouped = Decimal("".join(groups))
    if sign == ("." if language is Language.DE else ","):
        return (grouped,)
    return (decimal, grouped) if money else (decimal,)


def _are_thousands(groups: list[str]) -> bool:
    first, *rest = groups
    return len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in rest)
