"""Finds the small counts of a text that are no values by themselves, but factors: two lamps at 15 euros."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fondaco.engine.guard.words import Kind, Value

#: How the five languages write two to six before a noun.
_WORDS = {
    "2": "two both zwei beide beiden 两 兩 二つ 2つ 두 둘",
    "3": "three drei 三 三つ 3つ 세 셋",
    "4": "four vier 四 四つ 네 넷",
    "5": "five fünf 五 五つ 다섯",
    "6": "six sechs 六 六つ 여섯",
}
_COUNT_OF = {word: count for count, words in _WORDS.items() for word in words.split()}
_FIRST_DENSE = "\u3005"
_LATIN = "|".join(word for word in _COUNT_OF if word[0] < _FIRST_DENSE and not word[0].isdecimal())
_DENSE = "|".join(sorted((word for word in _COUNT_OF if word[-1] >= _FIRST_DENSE), key=len, reverse=True))
_COUNT = re.compile(rf"(?<![\d.,:])(?:[2-9])(?![\d.,:%]|\w)|\b(?:{_LATIN})\b|{_DENSE}", re.IGNORECASE)


def small_counts(text: str, values: Sequence[Value]) -> tuple[Value, ...]:
    """Return the counts from two to nine, in digits or words, that are no part of a value."""
    taken = [(value.begin, value.end) for value in values]
    return tuple(
        Value(
            kind=Kind.NUMBER,
            readings=(_COUNT_OF.get(found.group().casefold(), found.group()),),
            written=found.group(),
            begin=found.start(),
            end=found.end(),
        )
        for found in _COUNT.finditer(text)
        if not any(begin < found.end() and found.start() < end for begin, end in taken)
    )
