"""Whether a question asks for several things; those stand in several places, so it needs more room.

The server gives every question the same room.  With half of it for single things lists gain on LoCoMo what
they cost, but a question for one value of a long past of service dialogues then loses its turn too often.
"""

from __future__ import annotations

import re
from itertools import takewhile

from fondaco.kit.text import words

_MOST_CHARACTERS = 4_000
#: What asks for several things, whatever follows: English, German, Chinese, Japanese, Korean.
_CUES = (
    r"\b(?:both|all (?:the|of)|in what ways|how many|how often|what are|list)\b",
    r"\b(?:beide[nrs]?|alle[nrs]?|sämtliche[nrs]?|wie oft|wie viele|wieviele|was sind)\b",
    r"哪些|所有|全部|几次|幾次|多少次|哪几|都有",
    r"すべて|全て|全部|何回|いくつ|どれだけ|何度|一覧",
    r"모든|모두|전부|몇 ?번|몇 ?개|어떤 것들|목록",
)
#: Plural nouns end so; these words only look like it.
_NO_PLURALS = frozenset({"is", "was", "does", "has", "this", "his", "hers", "its", "us", "always", "as"})
_PLURALS = frozenset({"people", "children", "men", "women", "feet", "teeth"})
_LIST = re.compile("|".join(_CUES), re.IGNORECASE)
_OPENING = re.compile(
    r"\W*(?:in |at |to |from )?(?:what|which|whose)\s+(?:kinds? of |types? of )?"
    r"((?:[\w'+-]+\s+){0,3}[\w'+-]+)",
    re.IGNORECASE,
)
_SO_FAR = re.compile(r"\W*(?:what|which|where|who)\s+(?:has|have)\b", re.IGNORECASE)
_VERBS = frozenset("is was does has did do are were".split())


def wants_list(text: str) -> bool:
    """Return whether several things are asked for: "which cities", "how often", "both", 哪些."""
    read = text[:_MOST_CHARACTERS]
    if _LIST.search(read) or _SO_FAR.match(read):
        return True
    opening = _OPENING.match(read)
    if opening is None:
        return False
    asked_for = takewhile(lambda word: word not in _VERBS, opening[1].casefold().split())
    return any(map(_is_plural, asked_for))


def _is_plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    return (
        word.endswith("s") and not word.endswith("ss") and word not in _NO_PLURALS and words(word) == [word]
    )


def share_of_lists(texts: list[str]) -> float:
    """Return which share of the questions asks for several things."""
    return sum(map(wants_list, texts)) / max(len(texts), 1)
