"""Writes Roman numerals beside a currency as digits; elsewhere they are letters, sizes and names of kings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fondaco.kit.patterns import Patterns

_UNIT = (
    r"(?:(?:euros?|eur|usd|us-dollar|dollars?|gbp|pounds?|pfund|chf|franken|francs?|cny|rmb|yuan|jpy|yen|krw|won)"
    r"(?![a-z])|[€$£¥₩]|欧元|美元|元|円|ユーロ|ドル|유로|달러|원)"
)
#: A size before a price (XL €29.90) is no amount, and neither is one behind it (29.90 € XL).
_BESIDE = re.compile(
    rf"(?<![a-z0-9_])(?P<before>[mdclxvi]{{1,15}})(?= ?{_UNIT}(?! ?\d))"
    rf"|(?<!\d)(?<!\d )(?:(?<![a-z0-9_])(?:eur|usd|gbp|chf)|[€$£¥]) ?(?P<behind>[mdclxvi]{{2,15}})"
    r"(?![a-z0-9_])",
    re.IGNORECASE,
)
#: Says cheaply that there is none; folding has made letters of the signs for Roman numerals.
_LIKELY = Patterns(
    (
        re.compile(
            r"[mdclxvi] ?(?:eur|usd|us-dollar|dollar|gbp|pound|pfund|chf|fran|cny|rmb|yuan|jpy|yen|krw|won"
            r"|[€$£¥₩]|欧元|美元|元|円|ユーロ|ドル|유로|달러|원)|(?:eur|usd|gbp|chf|[€$£¥]) ?[mdclxvi]{2}",
            re.IGNORECASE,
        ),
    )
)
_NUMERAL = re.compile(r"m{0,4}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")
_WORTH = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1_000}
_NO_WORD_LETTERS = 4  # in small letters, a shorter one is a word: mix, di, vi


def roman(text: str, low: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to write as digits, in order and without overlap."""
    if not _LIKELY.found(low):
        return
    for match in _BESIDE.finditer(low):
        name = match.lastgroup or "before"
        begin, end = match.span(name)
        numeral, written = low[begin:end], text[begin:end]
        if _NUMERAL.fullmatch(numeral) is None or numeral == "i":
            continue
        if written.isupper() or len(numeral) >= _NO_WORD_LETTERS:
            yield begin, end, str(_number(numeral))


def _number(numeral: str) -> int:
    worths = [_WORTH[sign] for sign in numeral]
    return sum(
        -worth if worth < following else worth
        for worth, following in zip(worths, [*worths[1:], 0], strict=True)
    )
