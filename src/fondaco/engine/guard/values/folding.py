"""Folds the many ways to write a sign into one, and remembers where each came from.

Compatibility forms (NFKC), digits of other scripts, invisible signs and marks over letters would hide a
value from a pattern; they do not hide it from a reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_MARKS = "\u0300-\u036f\u0483-\u0489\u064b-\u065f\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
_JAMO = "\u1100-\u11ff"
#: Signs that stand for themselves; a text of these alone is not folded.
_PLAIN = "\t\n\x20-\x7eÄÖÜäöüßéèà€£¥„“”‘’–—…•°。、「」『』〜・一-鿿〇㐀-䶿ぁ-ゖァ-ヺー가-힣"
_ODD = re.compile(f"[^{_PLAIN}]")
_CLUSTER = re.compile(
    "(?<=[0-9])(?P<gap>[\u00a0\u2009\u202f])(?=[0-9]{3}(?![0-9]))|(?P<comma>(?<![０-９])，|，(?![０-９]))"
    f"|[0-9]?[¼½¾]|[^{_MARKS}{_JAMO}]?[{_MARKS}{_JAMO}]+|[^{_PLAIN}]"
)
_HALVES = {"¼": ".25", "½": ".5", "¾": ".75"}
_KNOWN = 4_096


class Folded(NamedTuple):
    """A folded text and, for each of its characters, the stretch of the original that it stands for."""

    text: str
    begins: list[int] | None  #: None: every character stands for itself
    ends: list[int] | None


def fold(text: str) -> Folded:
    """Return the text with one spelling for each sign; the time taken grows with its length."""
    if _ODD.search(text) is None:
        return Folded(text, None, None)
    return replace(Folded(text, None, None), list(_edits(text)))


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    while (odd := _ODD.search(text, at)) is not None:
        # What a mark belongs to stands before it.
        cluster = _CLUSTER.search(text, max(at, odd.start() - 1))
        if cluster is None:
            return
        at = cluster.end()
        yield cluster.start(), at, _folded(cluster)


def replace(folded: Folded, edits: list[tuple[int, int, str]]) -> Folded:
    """Return the text with stretches replaced, in order; what replaces one stands for all of it."""
    text, old_begins, old_ends = folded
    begins = old_begins if old_begins is not None else range(len(text))
    ends = old_ends if old_ends is not None else range(1, len(text) + 1)
    pieces: list[str] = []
    new_begins: list[int] = []
    new_ends: list[int] = []
    at = 0
    for begin, end, piece in edits:
        pieces += (text[at:begin], piece)
        new_begins += (*begins[at:begin], *[begins[begin]] * len(piece))
        new_ends += (*ends[at:begin], *[ends[end - 1]] * len(piece))
        at = end
    pieces.append(text[at:])
    return Folded("".join(pieces), [*new_begins, *begins[at:]], [*new_ends, *ends[at:]])


def lower(text: str) -> str:
    """Return small letters, one for each letter."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _folded(cluster: re.Match[str]) -> str:
    if cluster.lastgroup is None:
        return _plain(cluster.group())
    # A wide comma parts two clauses unless the digits are wide too; thousands may also have a small gap.
    return "、" if cluster.lastgroup == "comma" else "'"


@lru_cache(maxsize=_KNOWN)
def _plain(cluster: str) -> str:
    if cluster[-1] in _HALVES:
        return (cluster[:-1] or "0") + _HALVES[cluster[-1]]
    return "".join(map(_sign, unicodedata.normalize("NFKC", cluster)))


def _sign(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    match unicodedata.category(sign):
        case "Cf" | "Mn" | "Me" | "Cs":
            return ""
        case "Zs" | "Zl" | "Zp" | "Cc":
            return "\n" if sign in "\n\r\u2028\u2029\x85" else " "
        case _:
            return sign
