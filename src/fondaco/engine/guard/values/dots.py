"""Writes addresses whose dots, slashes and at-signs are spelt in words as they are typed.

``evil dot example slash pay``, ``max [at] firma punkt de``, ``evil点com``: whoever reads it can type it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?"
_OPEN, _SHUT = r"\s?[\[({<*_]+\s?", r"\s?[\])}>*_]+\s?"
_WORD = "(?:dot|punkt)"
_SIGN = "(?:点|點|ドット|닷|쩜|점)"
#: Brackets and signs leave no doubt; a mere word, or a point behind a gap, needs an end that is no word.
_CERTAIN = rf"(?:{_OPEN}(?:{_WORD}|{_SIGN}|\.){_SHUT}|\s?{_SIGN}\s?)"
_LIKELY = rf"(?:\s{_WORD}\s|\s\.\s?)"
_DOT = rf"(?:{_CERTAIN}|{_LIKELY}|\.)"
#: Ends of hosts that are no words of any of the languages.
_ENDS = "com|net|org|biz|io|de|eu|uk|ch|fr|nl|pl|ru|cn|jp|kr|co|xyz|info|example|invalid|onion|app|tk|ly"
_WORDLIKE = (
    "shop|store|online|site|top|club|link|click|live|page|support|help|email|world|zone|test|dev|me|at|it|to|cc"
    "|vip|icu"
)
_NO_HOST = "(?:der|den|dem|ein|einen|zum|am|im|jede[nr]|diese[rn]|the|a|an|this|one|red|polka|black|blue)"
_SLASH = r"\s?(?:/|\sslash\s|\sschrägstrich\s|斜杠|スラッシュ|슬래시)\s?"
_AT = rf"(?:\s(?:at|ät|klammeraffe)\s|{_OPEN}(?:at|ät|@){_SHUT}|\s?(?:@|艾特|アットマーク|골뱅이)\s?)"
_ADDRESS = re.compile(
    rf"(?<![a-z0-9@./-])(?:(?P<name>[a-z0-9][a-z0-9._+-]{{0,40}}){_AT})?"
    rf"(?!{_NO_HOST}\s)(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{0,4}}?)"
    rf"(?:{_CERTAIN}(?P<any>{_ENDS}|{_WORDLIKE})|{_LIKELY}(?P<end>{_ENDS}|(?:{_WORDLIKE})(?={_SLASH})))"
    rf"(?![a-z0-9@-])(?P<path>(?:{_SLASH}[a-z0-9_-]+)*)"
)
#: Without one of these nothing is spelt out.
_SIGNS = ("dot", "punkt", " .", "[.]", "(.)", "{.}", "点", "點", "ドット", "닷", "쩜", "점")
_DOTS = re.compile(_DOT)
_SLASHES = re.compile(_SLASH)


def typed(low: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to write for addresses that are spelt out, in order, in a text in small letters."""
    if not any(sign in low for sign in _SIGNS):
        return
    for found in _ADDRESS.finditer(low):
        name = f"{found['name']}@" if found["name"] else ""
        host = _DOTS.sub(".", found["host"])
        path = _SLASHES.sub("/", found["path"])
        yield *found.span(), f"{name}{host}.{found['any'] or found['end']}{path}"
