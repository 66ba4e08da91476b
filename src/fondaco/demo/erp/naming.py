"""How German and English words are compared: folded, out of the plural, compounds taken apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Letters that German and English hang on a word for number and case, and what stands there without them.
_ENDINGS = (
    ("", ""),
    ("s", ""),
    ("es", ""),
    ("n", ""),
    ("en", ""),
    ("e", ""),
    ("er", ""),
    ("ern", ""),
    ("ies", "y"),
    ("ves", "f"),
)
#: Words that join two others without saying anything of their own: *bowl for matcha*.
_JOINTS = frozenset(
    "a an the of for with from in made aus mit für fur von im der die das den dem des ein eine einer".split()
)
_SHORTEST = 3

_TOKEN = re.compile(r"[^\W_]+|[^\w\s-]")


def fold(text: str) -> str:
    """Return a text without case, wide letters and doubled spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.replace("‐", "-").replace("–", "-").split())


def is_latin(sign: str) -> bool:
    """Say whether this is a letter or digit of German and English."""
    return sign.isalnum() and ord(sign) < 0x1100  # below the first Korean letter


def tokens_of(folded: str) -> list[str]:
    """Return the words that say something; an empty one stands where a sentence or script ends."""
    words = (found.group() for found in _TOKEN.finditer(folded))
    return [_plain(word) if _is_word(word) else "" for word in words if word not in _JOINTS]


def _is_word(token: str) -> bool:
    return all(map(is_latin, token))


def _plain(word: str) -> str:
    """Fold ``ü`` and ``ue`` into ``u``: plurals change the vowel, and not every keyboard has it."""
    letters = (sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    plain = "".join(letters)
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def singulars(token: str) -> Iterator[str]:
    """Return the words that this one may be a form of, itself first."""
    for ending, instead in _ENDINGS:
        stem = token.removesuffix(ending) + instead
        if token.endswith(ending) and (not ending or len(stem) >= _SHORTEST):
            yield stem


def halves(token: str) -> Iterator[tuple[str, str]]:
    """Return the ways to cut a compound in two."""
    for cut in range(_SHORTEST, len(token) - _SHORTEST):
        yield token[:cut], token[cut:]


def fronts(word: str) -> Iterator[str]:
    """Return what a compound may begin with."""
    return (word[:cut] for cut in range(_SHORTEST, len(word) - _SHORTEST))


def tails(word: str) -> Iterator[str]:
    """Return what a compound may end in: the thing itself."""
    return (word[cut:] for cut in range(_SHORTEST, len(word) - _SHORTEST))
