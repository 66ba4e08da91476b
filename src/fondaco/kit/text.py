"""Text as it is cleaned, compared and cut into terms that can be searched for, in any script.

The terms made here feed every search of the house: the numpy index, SQLite's FTS5 and PostgreSQL's
tsvector.  They hold letters and digits only, so no database's query language sees anything special in them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import add

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_CJK += "\uac00-\ud7a3\U00020000-\U000323af"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_FIRST_CJK = "\u3005"  # most words are told from CJK runs by this alone
_CJK_CHARACTER = re.compile(f"[{_CJK}]")

# Bidirectional controls can show a text in another order than it is stored; tag characters are invisible.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_JOINING = frozenset("\u200c\u200d\ufe0e\ufe0f")

_LATIN_BEYOND_ASCII = re.compile("[\u00c0-\u024f]")
_MARK = re.compile("[\u0300-\u036f]")

#: A word of so many letters is also searched by its parts, for compounds (Rückgabefrist, frist).
LONG_WORD_LETTERS = 8
_PART_LETTERS = 4

_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_AMOUNT = re.compile(
    r"[$€£¥￥₩]\s?\d[\d.,'’]*|\d[\d.,'’]*\s?(?:[$€£¥￥₩]|(?:usd|eur|gbp|cny|rmb|jpy|krw|chf)\b)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"#\s?\w+|(?P<joined>\b(?:[a-z]{1,6}[-_]?)?\d[\da-z]*(?:[-_/][\da-z]+)+\b)"
    r"|(?<![a-z\d])[a-z]{1,6}-?\d{3,}[a-z\d]*|(?<!\d)\d{4,}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_IDENTIFIER_DIGITS = 4  # 24/7 is no identifier, 2026-0042 is one
_SPACE_BEFORE_STOP = re.compile(r"\s+([?!.,;:？！。、，])")


def clean_message(text: str, limit_characters: int) -> str:
    """Return ``text`` without anything that must not be stored or shown, at most ``limit_characters`` long.

    Removed are NULs and other control characters, lone surrogates, byte-order marks, bidirectional
    controls and invisible tag characters; every kind of line end becomes a line feed.  The rest is
    composed (Unicode NFC) and cut where no visible character is torn apart.  Never raises on text.
    """
    lines = _LINE_END.sub("\n", text)
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", lines)).strip()
    return _cut(composed, limit_characters).strip()


def _cut(text: str, limit: int) -> str:
    end = max(limit, 0)
    if len(text) <= end:
        return text
    while end > 0 and (
        unicodedata.combining(text[end]) or text[end] in _JOINING or text[end - 1] == "\u200d"
    ):
        end -= 1
    return text[:end]


# A turn compares one message with many lists of patterns and words; it is folded once for all of them.
@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """Return ``text`` as it is compared: NFKC, case folded, nothing invisible, single spaces."""
    visible = text if text.isprintable() else _INVISIBLE.sub("", _LINE_END.sub(" ", text))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return " ".join((folded if folded.isprintable() else _INVISIBLE.sub("", folded)).split())


def fold_accents(text: str) -> str:
    """Return normalised ``text`` with ä, ö, ü written out and other Latin accents dropped.

    NFKC keeps these three letters; people without the keys write ae, oe, ue.
    """
    if text.isascii():
        return text
    spelled = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")  # a fifth of what translate takes
    return _LATIN_BEYOND_ASCII.sub(_base_letter, spelled)


def _base_letter(letter: re.Match[str]) -> str:
    return _MARK.sub("", unicodedata.normalize("NFD", letter.group()))


def has_cjk(text: str) -> bool:
    """Return whether ``text`` has a Han, kana or Hangul character."""
    return _CJK_CHARACTER.search(text) is not None


def words(text: str) -> list[str]:
    """Return the words of spaced scripts and the unbroken runs of CJK characters, folded, in order."""
    return list(_words(text))


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[str, ...]:
    if text.isascii() and text.isprintable():
        # The same in a tenth of the time; every message is cut up.
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(_RUN.findall(fold_accents(normalise(text))))


def index_terms(text: str) -> list[str]:
    """Return the terms under which a stored text is found.

    A word of a spaced script stands for itself, and from eight letters on also for its 4-grams.
    A run of CJK characters stands for each character and each pair, so a word of two
    characters is found wherever it stands.
    """
    found: list[str] = []
    for run in words(text):
        if run >= _FIRST_CJK and _CJK_CHARACTER.match(run):
            found += run
            found += pairs(run)
        else:
            found.append(run)
            if len(run) >= LONG_WORD_LETTERS:
                found += parts_of_long_word(run)
    return found


def query_terms(text: str) -> list[str]:
    """Return the terms to look for: as ``index_terms``, but a CJK run of two or more only by its pairs.

    Single characters of a longer run say little and match nearly everything.
    """
    found: list[str] = []
    for run in words(text):
        if _CJK_CHARACTER.match(run):
            found += pairs(run) if len(run) > 1 else [run]
        else:
            found += [run, *parts_of_long_word(run)]
    return found


def search_terms(text: str) -> list[str]:
    """Return the terms of a text that is both stored and asked with; the same as ``index_terms``."""
    return index_terms(text)


def pairs(run: str) -> list[str]:
    """Return every two neighbouring characters of ``run``."""
    return list(map(add, run, run[1:]))


def parts_of_long_word(word: str) -> list[str]:
    """Return the 4-grams of a word of at least eight letters, else nothing; digits have no parts."""
    if len(word) < LONG_WORD_LETTERS or not word.isalpha():
        return []
    return [word[start : start + _PART_LETTERS] for start in range(len(word) - _PART_LETTERS + 1)]


# A question is masked for its vector and again for its words.
@lru_cache(maxsize=64)
def mask_values(text: str) -> str:
    """Return ``text`` without addresses, amounts and identifiers, to compare what is asked and not of what.

    "Where is RI-10482?" and "Where is RI-99120?" become the same text.
    Small bare numbers ("2 weeks") stay: they belong to the meaning.
    """
    text = _AMOUNT.sub(" ", _ADDRESS.sub(" ", text))
    text = _IDENTIFIER.sub(_without_identifier, text)
    return _SPACE_BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", text)).strip()


def _without_identifier(match: re.Match[str]) -> str:
    joined = match.group("joined")
    few_digits = joined is not None and sum(map(str.isdigit, joined)) < _IDENTIFIER_DIGITS
    return match.group() if few_digits else " "
