"""Finds words whose letters are not what they look like, and reads those that are only written oddly.

No table of look-alikes is needed: none of the five languages is written in Cyrillic, Greek or Cherokee, so a
word that holds such a letter may stand only where somebody else has written it so, such as in a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from fondaco.kit.patterns import Patterns

#: Letters that the five languages are written in, compatibility forms that NFKC folds, and signs of units.
_AT_HOME = (
    "\x00-\u024f\u1e00-\u1eff\u1100-\u11ff\u2070-\u218b\u2460-\u24ff\u2776-\u2793\u2e80-\u2fdf"
    "\u3005-\u3007\u3021-\u3035\u3038-\u303c\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\ufb00-\ufb06\uff10-\uffdc\U0001d400-\U0001d7ff\U0001f100-\U0001f12f\U00020000-\U000323af"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20e2\u20e4-\u20ff\ufe20-\ufe2f"
#: Letters in black discs and squares, which no form of normalisation knows.
_BLACK = "\U0001f150-\U0001f169\U0001f170-\U0001f189"
_STRANGE = re.compile(f"[^\\W\\d_{_AT_HOME}]|[^\\W_][{_MARKS}]|[{_BLACK}][\ufe0f]?[{_BLACK}]")
_WORD = re.compile(f"[\\w{_MARKS}{_BLACK}]+")
#: One Greek letter is a sign: α, 5 μm, 10 kΩ.
_SIGN = re.compile("\\d*[a-zA-Z]?[αβγδλμπσωΩΔ][a-zA-Z]?\\d*")

_ODD_LATIN = re.compile("[à-ãåç-õøù-ûýÿ\u0100-\u024f\u1e00-\u1eff]")
_UMLAUTS = re.compile("[äöü]")
_SPACED = re.compile(r"(?<![^\W_])[a-zäöü](?:[ .*_·-][a-zäöü]){3,}(?![^\W_])")
_GAPS = re.compile(r"[ .*_·-]")
_APART = Patterns((re.compile(r"[ .*_·-][a-zäöü][ .*_·-][a-zäöü][ .*_·-]", re.IGNORECASE),))


def disguised(text: str) -> Iterator[str]:
    """Yield the words that hold letters of a script that none of the five languages is written in."""
    if text.isascii():
        return
    composed = unicodedata.normalize("NFC", text)
    if _STRANGE.search(composed) is None:
        return
    for word in _WORD.finditer(composed):
        written = word.group()
        if _STRANGE.search(written) is not None and _SIGN.fullmatch(written) is None:
            yield written


def has_letters_apart(text: str) -> bool:
    """Return whether letters of a word are set apart, as in ``r e f u n d``."""
    return _APART.found(text)


def undisguised(plain: str, *, umlauts: bool, apart: bool = True) -> str:
    """Return a folded Latin text with its words as they are read: without accents, unless they are umlauts.

    Letters that are set apart are one word; ``apart`` says whether there are any.
    """
    if not plain.isascii():
        plain = _ODD_LATIN.sub(_base, plain)
        if not umlauts:
            plain = _UMLAUTS.sub(_base, plain)
    return _SPACED.sub(_joined, plain) if apart else plain


def _base(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", letter.group())[0]


def _joined(spaced: re.Match[str]) -> str:
    return _GAPS.sub("", spaced.group())
