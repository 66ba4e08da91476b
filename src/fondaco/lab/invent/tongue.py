"""Tells by plain signs whether a text is in the contact's language, and whether raw markup stands in it."""

from __future__ import annotations

import re
import unicodedata

from fondaco.kit.language import Language

_MARKUP = re.compile(
    r"</?[a-z_|!][^<>\n]{0,80}>|[‹›]|<\||\|>|\{\{|\}\}|\{\w+(?:[.|]\w+)*\}|\[/?(?:INST|SYS|TOOL\w*)\]|```|<<|>>"
    r"|\btool_calls?\b|^#{1,6}\s|stands in no tool result|\bthe shop's check\b",
    re.IGNORECASE | re.MULTILINE,
)
_HANGUL, _KANA = re.compile(r"[가-힣]"), re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN, _LATIN = re.compile(r"[一-鿿]"), re.compile(r"[A-Za-zÀ-ÿ]")
_NO_WORDS = re.compile(
    r"[!-~]+@[!-~]+|https?://[!-~]+|[!-~]*\d[!-~]*|[“\"„«「『][^“”\"„«»「」『』]*[”\"“»」』]"
)
_SMALL = {
    Language.EN: frozenset(
        "the is are of and to in you your for with we have has will it this that can not be on at by or from"
        " as an do does if our us was were would which there please what when how".split()
    ),
    Language.DE: frozenset(
        "der die das ist sind und zu in sie ihr ihre für mit wir haben hat wird es dies dass kann nicht auf"
        " am bei oder von als ein eine wenn unser uns war würde bitte was wann wie den dem des im ich".split()
    ),
}
_ENOUGH_WORDS = 4  # fewer tell nothing


def markup_in(text: str) -> list[str]:
    """Return every piece of raw markup, and of what only a model is told."""
    return [match.group() for match in _MARKUP.finditer(unicodedata.normalize("NFKC", text))]


def is_in(text: str, language: Language) -> bool:
    """Return whether a text is in a language, as far as its letters and small words tell."""
    plain = _NO_WORDS.sub(" ", unicodedata.normalize("NFKC", text))
    hangul, kana, han, latin = (len(pattern.findall(plain)) for pattern in (_HANGUL, _KANA, _HAN, _LATIN))
    match language:
        case Language.KO:
            return hangul * 3 >= latin and hangul >= kana + han
        case Language.JA:
            return (kana + han) * 3 >= latin and kana > 0 and not hangul > kana
        case Language.ZH:
            return han * 3 >= latin and kana + hangul <= han / 10
        case _:
            return hangul + kana + han <= latin / 10 and _has_small_words(plain, language)


def _has_small_words(plain: str, language: Language) -> bool:
    words = re.findall(r"[a-zà-ÿ]+", plain.lower())
    other = Language.EN if language is Language.DE else Language.DE
    mine, theirs = (sum(word in _SMALL[one] for word in words) for one in (language, other))
    return len(words) < _ENOUGH_WORDS or mine >= theirs
