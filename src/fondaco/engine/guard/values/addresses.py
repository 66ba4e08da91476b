"""Reads e-mail addresses, links and telephone numbers."""

from __future__ import annotations

import re

from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind

_LABEL = r"[a-z0-9ß-öø-ÿ](?:[a-z0-9ß-öø-ÿ-]{0,62})"
_EMAIL = re.compile(rf"(?<![\w.+%-])[a-z0-9._%+-]{{1,64}}@{_LABEL}(?:\.{_LABEL}){{1,6}}", re.ASCII)
_LINK = re.compile(
    r"(?<![a-z0-9])(?P<scheme>[a-z][a-z0-9+.-]{0,15}://|mailto:|tel:)(?P<rest>[^\s<>\"'“”„«»、。「」『』()]+)"
)
_HOST = re.compile(
    rf"(?<![\w@.-])(?:{_LABEL}\.){{1,6}}(?P<top>[a-z]{{2,24}})(?![\w@-])(?P<port>:\d{{2,5}})?(?P<path>[/?#][!-~]*)?",
    re.ASCII,
)
_TOPS = frozenset(
    (
        "com net org info biz shop store online io app dev example test invalid localhost local eu de at "
        "ch uk fr nl be es pl cz dk se fi pt ru ua cn jp kr tw hk sg au nz ca us mx br ai co tv cc xyz "
        "site website club live top vip edu gov int cloud tech support help page link click ly gl tk ml "
        "ga icu work world email company center zone berlin hamburg wien tokyo asia moe ink fun pro name "
        "mobi gmbh reise kaufen fr lu li ie gr hu ro bg tr il ae th vn ph my eus"
    ).split()
)
#: Ends of a host that are words or endings of files too; they need a path behind them.
_ALSO_WORDS = frozenset("at be us top pro help work page name live link support local test my fun".split())
_TRAILING = ".,;:!?)]}'\"*_~"
_PHONE_WORD = re.compile(
    r"(?:tel(?:efon|ephone)?(?:nummer)?|phone|hotline|fax|call|anrufen|rufnummer|whatsapp|mobil|mobile|电话|電話|热线|熱線|전화|팩스|手机|手機|携帯)"
    r"(?: number| nummer|番号|号码|번호)?(?: unter| at| on| us at| us on)?(?:は|는|은|:)?\.?:?\s?$"
)
_PHONE_BEHIND_WORD = re.compile(r"\d[\d ()/-]{5,17}\d(?!\d)")
_WITH_PLUS = re.compile(r"\d{1,3}(?:[ ./-]?\(?\d{1,6}\)?){1,6}(?!\d)")
_IN_BRACKETS = re.compile(r"\d{2,5}\)[ /-]?\d{2,8}(?:[ /-]\d{2,5}){0,3}(?!\d)")
_WITH_ZERO = re.compile(r"0\d{1,5}(?: ?[/-] ?| )\d{2,8}(?:[ /-]\d{2,6}){0,3}(?![\d.,]\d)")
_IN_GROUPS = re.compile(r"(?:1-)?\d{3}-\d{3,4}-\d{4}(?![\d-])")
_DOTTED = re.compile(r"\.[a-z]")
_PART = re.compile(r"[/.]")
_SCRIPT = re.compile("[\u2e80-\uffff]")
_LEAST, _MOST = 7, 15
_REACH = 28


def read_addresses(page: Page) -> list[Found]:
    """Return the e-mail addresses and the links of a text; of two in one place the first counts."""
    low = page.low
    found: list[Found] = []
    if "@" in low:
        found += (_email(match) for match in _EMAIL.finditer(low))
    if "://" in low or "mailto:" in low or "tel:" in low:
        found += (link for match in _LINK.finditer(low) if (link := _link(page, *match.span())) is not None)
    if _DOTTED.search(low) is not None:
        found += (_link_without_scheme(page, match) for match in _HOST.finditer(low) if _is_host(page, match))
    return found


def _email(match: re.Match[str]) -> Found:
    address = match.group().rstrip(".-")
    return Found(Kind.EMAIL, (address,), match.start(), match.start() + len(address))


def _is_host(page: Page, match: re.Match[str]) -> bool:
    top = match["top"]
    if match.group().startswith("www."):
        return True
    has_path = match["path"] is not None and len(match["path"]) > 1
    if top not in _TOPS:
        return has_path
    if page.text[match.start("top")].isupper() and not match.group()[0].isdigit():
        return page.text[match.start() : match.end("top")].isupper() or has_path
    return has_path or top not in _ALSO_WORDS


def _link(page: Page, begin: int, end: int) -> Found | None:
    low = page.low
    host_at = low.index(":", begin) + 1
    if low.startswith("//", host_at):
        host_at += 2
    end = _cut_script(low, host_at, end)
    written = _trimmed(page.text[begin:end])
    if len(written) <= host_at - begin:
        return None
    return Found(Kind.URL, (normal_url(written),), begin, begin + len(written))


def _cut_script(low: str, begin: int, end: int) -> int:
    """Return where the address ends: a path is ASCII, so that what follows in Chinese is no part of it."""
    part = _PART.search(low, begin, end)
    script = _SCRIPT.search(low, part.end(), end) if part is not None else None
    return script.start() if script is not None else end


def _link_without_scheme(page: Page, match: re.Match[str]) -> Found:
    written = _trimmed(page.text[match.start() : match.end()])
    return Found(Kind.URL, (normal_url(written),), match.start(), match.start() + len(written))


def _trimmed(written: str) -> str:
    """Take off the marks of the sentence; a bracket that was opened inside stays."""
    kept = written.rstrip(_TRAILING)
    return f"{kept})" if "(" in kept and written.startswith(")", len(kept)) else kept


def normal_url(written: str) -> str:
    """Return a link with its host in small letters, without ``www.`` and the slash at the end.

    The scheme of web pages is left out, so that a link is the same with and without it.
    """
    scheme, parted, rest = written.partition("://")
    if not parted:
        scheme, rest = "", written
    ends = [at for sign in "/?#" if (at := rest.find(sign)) >= 0]
    host_end = min(ends, default=len(rest))
    host = rest[:host_end].lower().removeprefix("www.")
    prefix = "" if scheme.lower() in ("", "http", "https") else f"{scheme.lower()}://"
    return f"{prefix}{host}{rest[host_end:]}".rstrip("/")


def read_phone(page: Page, at: int) -> Found | None:
    """Return the telephone number whose first digit stands at ``at``."""
    low = page.low
    if low[at - 1 : at] == "+":
        return _phone(_WITH_PLUS.match(low, at), at - 1, "+", least=8)
    if low[at - 1 : at] == "(":
        return _phone(_IN_BRACKETS.match(low, at), at - 1, "")
    parts = (_WITH_ZERO.match(low, at) if low[at] == "0" else None) or _IN_GROUPS.match(low, at)
    if parts is None:
        parts = _PHONE_BEHIND_WORD.match(low, at)
        if parts is None or _PHONE_WORD.search(low[max(0, at - _REACH) : at]) is None:
            return None
    return _phone(parts, at, "")


def _phone(parts: re.Match[str] | None, begin: int, plus: str, least: int = _LEAST) -> Found | None:
    if parts is None:
        return None
    written = parts.group().replace("(0)", "") if plus else parts.group()
    digits = "".join(filter(str.isdigit, written))
    if not least <= len(digits) <= _MOST:
        return None
    return Found(Kind.PHONE, (plus + digits,), begin, parts.end())
