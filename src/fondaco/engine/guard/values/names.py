"""Reads ids: names with digits, long digit strings, and the ends of numbers that are not shown whole."""

from __future__ import annotations

import re

from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind

_REACH = 32
_LETTERS = r"a-zß-öø-ÿ"
_TOKEN = re.compile(rf"[0-9_{_LETTERS}]+(?:[-_][0-9_{_LETTERS}]+|\.[0-9]+)*")
_GROUPED = re.compile(r"\d{4}(?: \d{4}){2,8}(?: \d{1,4})?(?!\d|[.,:]\d|\s?[%€$£¥₩])")
_BANK_ACCOUNT = re.compile(r"[a-z]{2}\d{2}(?: ?[0-9a-z]{4}){2,7}(?: ?[0-9a-z]{1,3})?(?![0-9a-z])")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|te|ter|tes|ten|tem)(?![a-z0-9])")
_SHORT = 3  # letters and digits; MP3, A4 and 5G are words
_ENDING_BEFORE = re.compile(
    r"(?:(?:ending|ends|end|endend|endet|endende[nr]?) (?:in|with|on|auf|mit)|endziffern?|endnummer|endung"
    r"|(?:last|final) (?:four|4|five|5|three|3)(?: digits)?(?: are| is| of)?"
    r"|(?:letzten|letzte) (?:vier|4|drei|3|fünf|5) (?:ziffern|stellen)(?: sind| lauten)?"
    r"|末尾(?:号码|號碼|4桁)?[はが为為是]?|尾[号號][为為是]?|[末后後][四4]位(?:数字)?[为為是]?|下[4四]?桁[はが]?"
    r"|(?:끝자리|뒷자리|끝번호|[끝뒤]\s?[네4]\s?자리)[가는]?)[:\s]{0,2}[\"'“「『*#]{0,3}$"
)
_ENDING_TRIGGER = re.compile(r"end|last|letzt|final|[末尾位下끝뒷뒤*•·…×]|xx|\.\.")
_ENDING_BEHIND = re.compile(r"\s?(?:で終わる|で終わり|로\s?끝나|으로\s?끝나|结尾|結尾)")
_HIDDEN_BEFORE = re.compile(r"(?:(?:[*•·×]{3,}|[•·×]{2,}|(?<![a-z])x{2,})[ -]?|\.{3,}|…)$")
_LONG = 5
#: A name of capitals alone is an id behind what has a number: ``reservation HATHAT``.
_CAPITALS = re.compile(
    r"(?<![A-Za-z])(?i:reservation|booking|order|flight|voucher|certificate|code|number|id"
    r"|nummer|bestellung|buchung|gutschein"
    r"|订单|订单号|预订|编号|単号|注文|注文番号|予約|予約番号|番号|주문|주문번호|예약|예약번호|번호)"
    r"(?i: (?:id|number|code|no))?[\s:：*#\"“「]{0,6}(?P<name>[A-Z]{5,10})(?![A-Za-z\d_-])"
)
_MAY_BE_CAPITALS = re.compile("[A-Z]{5}")


def read_ending(page: Page, at: int) -> Found | None:
    """Return the end of a number whose beginning is not shown: ``ending in 1784``, ``•••• 1784``."""
    token = _TOKEN.match(page.low, at)
    if token is None or not 2 <= len(token.group()) <= 8:
        return None
    before = page.low[max(0, at - _REACH) : at]
    if (
        _ENDING_TRIGGER.search(before) and (_HIDDEN_BEFORE.search(before) or _ENDING_BEFORE.search(before))
    ) or _ENDING_BEHIND.match(page.low, token.end()):
        return Found(Kind.ID, (f"…{normal_id(token.group())}",), at, token.end())
    return None


def _is_hidden(before: str, token: str) -> bool:
    return token.isdecimal() and len(token) >= 3 and _HIDDEN_BEFORE.search(before) is not None


def read_id(page: Page, at: int, first_digit: int) -> Found | None:
    """Return the id whose first sign stands at ``at``; ordinals and short words such as MP3 are none."""
    low = page.low
    account = _BANK_ACCOUNT.match(low, at) if at < first_digit else None
    if account is not None:
        return Found(Kind.ID, (normal_id(account.group()),), at, account.end())
    grouped = _GROUPED.match(low, at)
    if grouped is not None:
        return Found(Kind.ID, (normal_id(grouped.group()),), at, grouped.end())
    token = _TOKEN.match(low, at)
    if token is None or _is_free(token.group()):
        return None
    begin = at - 1 if low[at - 1 : at] == "#" else at
    return Found(Kind.ID, (normal_id(token.group()),), begin, token.end())


def read_capitals(page: Page) -> list[Found]:
    """Return the ids that are nothing but capital letters, where a noun tells that they are ids."""
    if _MAY_BE_CAPITALS.search(page.text) is None:
        return []
    return [
        Found(Kind.ID, (match["name"],), *match.span("name"))
        for match in _CAPITALS.finditer(page.text)
        if not match["name"].endswith(("ED", "ING"))
    ]


def skipped(page: Page, at: int, first_digit: int) -> int | None:
    """Return where a word with digits that is no value ends; None where there is no such word."""
    if page.low.startswith("24/7", first_digit):
        return first_digit + 4
    ordinal = _ORDINAL.match(page.low, first_digit)
    if ordinal is not None and at == first_digit:
        return ordinal.end()
    token = _TOKEN.match(page.low, at)
    if token is None or token.group().isdigit() or not _is_free(token.group()):
        return None
    return token.end()


def _is_free(token: str) -> bool:
    if token.isdigit():
        return len(token) < _LONG
    letters = sum(map(str.isalpha, token))
    digits = sum(map(str.isdigit, token))
    if not letters:
        return "." not in token and "-" not in token and "_" not in token
    return letters + digits <= _SHORT and digits == 1


def normal_id(written: str) -> str:
    """Return an id as its letters and digits, in capitals; versions keep their points."""
    kept = written.upper()
    return "".join(
        sign for sign in kept if sign.isalnum() or (sign == "." and written.replace(".", "").isdigit())
    )
