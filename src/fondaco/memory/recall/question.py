"""What a question tells about the turns that answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from fondaco.kit.text import has_cjk, words
from fondaco.memory.recall.cues import ASKING_WORDS, SMALL_WORDS
from fondaco.memory.recall.dates import AskedDate, dates_in
from fondaco.memory.recall.terms import terms

#: A message of 50,000 characters is a question too; so much of it is read.
_READ_CHARACTERS = 4_000
_MOST_TERMS = 64
#: Japanese writes foreign names and things in katakana.
_NAME_OR_NUMBER = re.compile(r"(?<!^)\b[A-ZÀ-ÖØ-Þ][\w'-]+|[ァ-ヺー]{2,}|[A-Za-z]*\d[\dA-Za-z-]*")
_WORD = re.compile(r"[\w'+-]+")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question taken apart."""

    text: str
    terms: tuple[str, ...]  #: distinct, in order
    names: tuple[str, ...]  #: terms of its names and numbers
    about: tuple[str, ...]  #: whom of those who speak it names, folded
    dates: tuple[AskedDate, ...]
    rewritten: tuple[str, ...]  #: as the answer may be worded; each has a vector


@lru_cache(maxsize=64)
def ask(text: str, speakers: frozenset[str] = frozenset()) -> Question:
    """Return ``text`` taken apart; ``speakers`` are the names of those who speak in the episode."""
    read = text[:_READ_CHARACTERS]
    about = _about(read, speakers)
    return Question(
        text=text,
        terms=tuple(dict.fromkeys(terms(read)))[:_MOST_TERMS],
        names=_names(read, speakers),
        about=about,
        dates=dates_in(read),
        rewritten=tuple(dict.fromkeys((_answered(read, about), _bare(read, about)))),
    )


def _about(text: str, speakers: frozenset[str]) -> tuple[str, ...]:
    said = set(words(text))
    return tuple(sorted(name for name in map(str.casefold, speakers) if _first_word(name) in said))


def _first_word(name: str) -> str:
    found = words(name)
    return found[0] if found else name


def _names(text: str, speakers: frozenset[str]) -> tuple[str, ...]:
    spoken_for = {_first_word(name) for name in speakers}
    found = (one for one in _NAME_OR_NUMBER.findall(text) if _first_word(one) not in spoken_for)
    return tuple(dict.fromkeys(terms(" ".join(found))))[:_MOST_TERMS]


def _answered(text: str, about: Sequence[str]) -> str:
    """Return the question as who is named would say it: people say "I" of themselves, not their names."""
    for name in map(_first_word, about):
        text = re.sub(rf"\b{re.escape(name)}['’]s\b", "my", text, flags=re.IGNORECASE)
        text = re.sub(rf"\b{re.escape(name)}\b", "I", text, flags=re.IGNORECASE)
    return text


def _bare(text: str, about: Sequence[str]) -> str:
    """Return the question without grammar, without what makes it a question and without who is named."""
    if has_cjk(text):
        return text
    left_out = {_first_word(name) for name in about}
    kept = [word for word in _WORD.findall(text) if not _is_small(_first_word(word), left_out)]
    return " ".join(kept) or text


def _is_small(word: str, left_out: set[str]) -> bool:
    return word in SMALL_WORDS or word in ASKING_WORDS or word in left_out
