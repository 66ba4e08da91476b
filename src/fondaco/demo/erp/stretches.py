"""The shorter ways to say a Chinese, Japanese or Korean name: its beginning and its end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_SHORTEST_NAME = 4
_SHORTEST = 3


def stretches(name: str) -> Iterator[str]:
    """Return a name without some of its middle: *brass lamp* for *brass desk lamp*.

    The beginning ends where a word may end; the end is at least one ideograph or two other letters.
    """
    dense = name.replace(" ", "")
    if len(dense) < _SHORTEST_NAME:
        return
    for cut in _cuts(name):
        for end in range(1, len(dense) - cut):
            tail = dense[-end:]
            if cut + end >= _SHORTEST and (end > 1 or _is_ideograph(tail)):
                yield dense[:cut] + tail


def _cuts(name: str) -> Iterator[int]:
    """Return after how many letters the first word, or the first two ideographs, may be over."""
    before = ""
    seen = 0
    for sign in name:
        if seen >= 1 and _may_part(before, sign, seen):
            yield seen
        seen += sign != " "
        before = sign


def _may_part(before: str, sign: str, seen: int) -> bool:
    if sign == " ":
        return True
    if _is_ideograph(before) and _is_ideograph(sign):
        return seen > 1
    return before == "の" or _script(before) != _script(sign)


def _is_ideograph(sign: str) -> bool:
    return _script(sign) == "CJK"


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").split(" ")[0]
