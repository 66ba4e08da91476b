"""Tells whether a message is a yes to what was just proposed, and nothing but a yes."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

from fondaco.kit.language import Language
from fondaco.kit.text import has_cjk

#: A yes is short; a longer message says more than yes.
_LONGEST_LETTERS = 120
# Whatever asks, quotes, counts or hesitates is missing here on purpose, and so are full-width letters.
_SEPARATORS = re.compile(r"[\s.,;!，。、！；・~～\-–—]+")
_HESITATION = re.compile(r"\.{2,}|。{2,}|-{2,}|、{2,}|,{2,}")
_FAR_EAST = re.compile("[\u3041-\u30ff\u3400-\u9fff]")  # kana and Han, the scripts without spaces
_CHANGE_OF_SCRIPT = re.compile(
    "(?<=[a-z])(?=[\u3041-\u9fff\uac00-\ud7a3])|(?<=[\u3041-\u9fff\uac00-\ud7a3])(?=[a-z])"
)
# A thumb alone may mean no more than "seen"; beside a yes it changes nothing.
_CHEERS = re.compile("[👍👌🙏😊🙂😀😃😄✅🎉❤💪🤝][\U0001f3fb-\U0001f3ff]?\ufe0f?|:-?\\)|\\^\\^")


class Consent(StrEnum):
    """What a message says to a proposal."""

    YES = "yes"  #: the whole message agrees to the very proposal
    SOFT = "soft"  #: it agrees in words that may as well be meant for something else that was said
    NO = "no"  #: the whole message turns it down
    UNCLEAR = "unclear"  #: anything else; asking again costs little, a wrong yes costs money


class _Sort(StrEnum):
    YES = "yes"
    SOFT = "soft"
    NO = "no"
    BESIDE = "beside"
    DEED = "deed"
    WISH = "wish"


_CLEAR = {_Sort.YES, _Sort.DEED, _Sort.WISH}  # an OK that names the deed is meant for it


@dataclass(frozen=True, slots=True)
class _Phrase:
    sort: _Sort
    deed: str = ""


_BESIDE = _Phrase(_Sort.BESIDE)
_Said = frozenset[_Phrase]


@dataclass(frozen=True, slots=True)
class _Words:
    phrases: Mapping[str, frozenset[_Phrase]]
    joining: frozenset[str]  #: courtesies that Chinese and Japanese put next to other words without a space
    never: tuple[str, ...]
    longest: int


def consent_of(text: str, language: Language, deeds: Collection[str] | None = None) -> Consent:
    """Return what the whole ``text`` says to the proposal that was shown last.

    Every word must belong to a phrase of agreement in one of the five languages: a condition, a question, a
    digit, a quotation, a sign that only looks like a letter make it unclear.  ``deeds`` are the claims of the
    proposed tool's contract (``cancelled``); with them, a message that names another deed is a new wish, and
    one that wishes for this very deed is a yes without the word.  None: any single deed will do.
    ``OK`` alone is SOFT: a yes where nothing but the proposal was said.
    """
    plain = _plain(text)
    words = _words(language)
    if plain is None or any(f" {one} " in f" {plain} " for one in words.never):
        return Consent.UNCLEAR
    readings = _readings(plain, words)
    if any(_Sort.NO in _sorts(said) for said in readings):
        turns_down = any(_sorts(said) <= {_Sort.NO, _Sort.BESIDE} for said in readings)
        return Consent.NO if turns_down else Consent.UNCLEAR
    agreed = [_sorts(said) for said in readings if _agrees(said, deeds)]
    if not agreed:
        return Consent.UNCLEAR
    return Consent.YES if any(sorts & _CLEAR for sorts in agreed) else Consent.SOFT


def _sorts(said: _Said) -> set[_Sort]:
    return {phrase.sort for phrase in said}


def _agrees(said: _Said, deeds: Collection[str] | None) -> bool:
    named = {phrase.deed for phrase in said if phrase.deed}
    if len(named) > 1 or (deeds is not None and not named <= set(deeds)):
        return False
    sorts = _sorts(said)
    return bool(sorts & {_Sort.YES, _Sort.SOFT}) or (deeds is not None and _Sort.WISH in sorts)


def _plain(text: str) -> str | None:
    """Return the words in small letters with single spaces between; None where no yes can be in it."""
    composed = unicodedata.normalize("NFC", text.strip())
    if not composed or len(composed) > _LONGEST_LETTERS or _imitates(text) or _HESITATION.search(composed):
        return None
    small = _CHEERS.sub(" ", composed).replace("’", "'").lower()
    return _SEPARATORS.sub(" ", _CHANGE_OF_SCRIPT.sub(" ", small)).strip() or None


def _imitates(text: str) -> bool:
    """Return whether a sign stands for another one that looks the same, such as the Kelvin sign for K."""
    return any(
        unicodedata.normalize("NFC", sign) != sign and len(unicodedata.normalize("NFC", sign)) == 1
        for sign in text
    )


def _readings(plain: str, words: _Words) -> set[_Said]:
    """Return everything that the words may say, however they are cut into phrases; no word is left over."""
    ways: dict[int, set[_Said]] = {0: {frozenset()}}
    for begin in range(len(plain)):
        for before in ways.get(begin, ()):
            for end in _ends_of_phrases(plain, begin, words):
                after = end + plain.startswith(" ", end)
                said = {before | {phrase} for phrase in words.phrases[plain[begin:end]]}
                ways.setdefault(after, set()).update(said)
    return ways.get(len(plain), set())


def _ends_of_phrases(plain: str, begin: int, words: _Words) -> list[int]:
    """Return where phrases that begin here end; only courtesies need no space around them."""
    ends = range(begin + 1, min(len(plain), begin + words.longest) + 1)
    return [end for end in ends if plain[begin:end] in words.phrases and _may_end(plain, begin, end, words)]


def _may_end(plain: str, begin: int, end: int, words: _Words) -> bool:
    if end == len(plain) or plain[end] == " " or plain[begin:end] in words.joining:
        return True
    return any(plain.startswith(courtesy, end) for courtesy in words.joining)


@cache
def _words(language: Language) -> _Words:
    """Return what counts in a conversation of this language: its own phrases and those of all the others."""
    phrases: dict[str, set[_Phrase]] = {}
    never: list[str] = []
    for other in Language:
        tables = _tables(other)
        left_out = set() if other is language else set(tables["here"])
        never += tables["never"]
        for written, phrase in _declared(tables):
            for spelling in _spellings(written) if written not in left_out else ():
                phrases.setdefault(spelling, set()).add(phrase)
    return _Words(
        phrases={written: frozenset(found) for written, found in phrases.items()},
        joining=frozenset(
            one for one, found in phrases.items() if found == {_BESIDE} and _FAR_EAST.match(one)
        ),
        never=tuple(never),
        longest=max(map(len, phrases)),
    )


def _declared(tables: Mapping[str, Any]) -> Iterator[tuple[str, _Phrase]]:
    for sort in (_Sort.YES, _Sort.SOFT, _Sort.NO, _Sort.BESIDE):
        yield from ((written, _Phrase(sort)) for written in tables[sort.value])
    for table, sort in (("deeds", _Sort.DEED), ("wishes", _Sort.WISH)):
        for deed, listed in tables[table].items():
            yield from ((written, _Phrase(sort, deed)) for written in listed)


def _spellings(written: str) -> Iterator[str]:
    """Return a phrase as it may be spaced: Korean writers leave out spaces as they please."""
    parts = written.split(" ")
    gaps = [" "] if not has_cjk(written) else [" ", ""]
    for chosen in product(gaps, repeat=len(parts) - 1):
        yield "".join(part + gap for part, gap in zip(parts, [*chosen, ""], strict=True))


@cache
def _tables(language: Language) -> dict[str, Any]:
    source = resources.files("fondaco.engine.acting").joinpath(f"words/{language.value}.toml")
    return tomllib.loads(source.read_text("utf-8"))
