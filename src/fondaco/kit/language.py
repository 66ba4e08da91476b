"""The five languages that fondaco speaks, and how a text's language is told."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from fondaco.kit import language_signs as signs
from fondaco.kit.text import fold_accents, normalise


class Language(StrEnum):
    """A language by its ISO 639-1 code."""

    DE = "de"  #: German
    EN = "en"  #: English
    ZH = "zh"  #: Chinese, simplified when we write it
    JA = "ja"  #: Japanese
    KO = "ko"  #: Korean


@dataclass(frozen=True, slots=True)
class Detection:
    """The language a text is taken to be in, and how sure the text alone makes us."""

    language: Language
    confidence: float  #: 0 to 1; that of the hint's language where the hint decided
    scores: dict[Language, float]  #: share of belief per language, sums to 1 where the text says anything


#: From this confidence on the text decides; below, the hint does.
SURE = 0.6
#: German and English share words: with neither a small word nor an umlaut, a text that contradicts the hint
#: must be this sure and this long.
_SURE_BY_LETTER_GROUPS = 0.85
_LETTERS_ENOUGH = 8
_LATIN = frozenset({Language.DE, Language.EN})
_HAN_WRITERS = frozenset({Language.ZH, Language.JA})

_NOT_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[#@]\w+|\S*\d\S*", re.ASCII)
# Only a stretch without spaces that holds one of these can be any of that; the others are spared the search.
_NOT_ONLY_LANGUAGE = re.compile(r"(?<!\S)\S*(?:[\d#@]|://|www\.)\S*", re.ASCII)
_FAR_EAST = re.compile("[\u1100-\U000323af]")  # holds all of the next three
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_HAN = re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN_WORD = re.compile(r"[a-zà-ɏ]+(?:'[a-z]+)?")
_CAPITALISED = re.compile(r"(?<=[^\W\d_] )[A-ZÀ-Þ][a-zà-ɏ]+")
_UMLAUT = re.compile("[äöüß]")
_CASED_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:'[a-z]+)?")
_SMALL_WORDS = {Language.EN: signs.SMALL_WORDS_EN, Language.DE: signs.SMALL_WORDS_DE}
_SMALL_WORDS_SHARE, _WORDS_ENOUGH = 0.16, 8

# One CJK character carries about what three letters of a word do.
_LETTERS_PER_CHARACTER = 3.0
_CJK_SHARE_ENOUGH = 0.4
_SMALL_WORD_WEIGHT = 2.0
_GREETING_WEIGHT = 0.35
_UMLAUT_WEIGHT = 2.2
_LETTER_GROUP_WEIGHT = 0.8
_NAME_WEIGHT = 0.3
_NOUN_WEIGHT = 0.6
_SCRIPT_PRIOR = 4.0
_KNOWN_WORDS = 4_096  # what a word says is remembered, since the same words come again and again


def detect(text: str, hint: Language | None = None) -> Detection:
    """Return the language of ``text``; what the text leaves open is decided by ``hint``.

    Addresses, identifiers and numbers do not count.  Deterministic and without a model: shares of
    the scripts, characters that only one language uses, small words and letter groups.
    """
    spoken = _NOT_ONLY_LANGUAGE.sub(_spoken, text)
    weights = _weights(spoken)
    if not weights:
        return Detection(hint or Language.EN, 0.0, {})
    scores = _shares(weights)
    best = max(scores, key=lambda language: scores[language])
    if hint is None or hint is best or _contradicts(spoken, hint, best, scores[best]):
        return Detection(best, scores[best], scores)
    return Detection(hint, scores.get(hint, 0.0), scores)


def _contradicts(text: str, hint: Language, told: Language, confidence: float) -> bool:
    """Return whether ``text`` says strongly enough that it is not in the language of the hint."""
    if {hint, told} == _LATIN:
        if _has_sign_of(text, told):
            return confidence >= SURE
        return confidence >= _SURE_BY_LETTER_GROUPS and sum(map(str.isalpha, text)) >= _LETTERS_ENOUGH
    # Another script is no matter of shares, but a name in Latin letters may stand in any conversation.
    other_script = told not in _LATIN and not {hint, told} <= _HAN_WRITERS
    return other_script or confidence >= SURE


def _has_sign_of(text: str, language: Language) -> bool:
    """Return whether a text in Latin letters holds more than letter groups for German or for English."""
    found = _LATIN_WORD.findall(normalise(text))
    if language is Language.EN:
        return any(word in signs.SMALL_WORDS_EN for word in found)
    return bool(_UMLAUT.search(normalise(text))) or any(
        fold_accents(word) in signs.SMALL_WORDS_DE for word in found
    )


def looks_like(text: str, language: Language) -> bool:
    """Return whether ``text`` may pass as ``language``; names, ids and citations in it are forgiven.

    Meant for checking what is about to be sent: only a text that clearly is another language fails.
    """
    if language in _LATIN and _has_too_few_small_words(text, language):
        return False
    found = detect(text, hint=language)
    return found.language is language or found.confidence < 0.8


def _has_too_few_small_words(text: str, language: Language) -> bool:
    """Return whether a text in Latin letters is long enough to show that it is in neither of our languages.

    Of the words of English and German texts a third and more are small ones; of those of other languages
    that are written in Latin letters, one in seven at most is spelt as one of ours.  Names do not count.
    """
    small, fold = _SMALL_WORDS[language], fold_accents if language is Language.DE else str
    words = [word for word in _CASED_WORD.findall(_NOT_ONLY_LANGUAGE.sub(_spoken, text)) if word[0].islower()]
    if len(words) < _WORDS_ENOUGH:
        return False
    return sum(fold(normalise(word)) in small for word in words) < _SMALL_WORDS_SHARE * len(words)


def _spoken(unbroken: re.Match[str]) -> str:
    """Return what is language in a stretch without spaces."""
    return _NOT_LANGUAGE.sub(_letters_beyond_ascii, unbroken.group())


def _letters_beyond_ascii(found: re.Match[str]) -> str:
    # "RI-10482はどこ" and "ください。mio@shop.jp" hold an identifier and language: what is not ASCII stays.
    piece = found.group()
    if "://" in piece or ("@" in piece and not _FAR_EAST.search(piece)) or piece.isascii():
        return " "
    return re.sub(r"[\x21-\x7e]+", " ", piece)


def _weights(text: str) -> dict[Language, float]:
    """Return evidence in nats per language; empty where the text has no letters."""
    folded = normalise(text)
    hangul, kana, han = _cjk_counts(folded) if _FAR_EAST.search(folded) else (0, 0, 0)
    latin = _LATIN_WORD.findall(folded)
    cjk_mass = _LETTERS_PER_CHARACTER * (hangul + kana + han)
    latin_mass = sum(_mass(word) for word in latin)
    if cjk_mass + latin_mass == 0:
        return {}
    if cjk_mass >= _CJK_SHARE_ENOUGH * (cjk_mass + latin_mass):
        return _cjk_weights(folded, hangul, kana, han)
    return _latin_weights(folded, latin, _names(text))


def _cjk_counts(text: str) -> tuple[int, int, int]:
    """Return how many characters are Hangul, kana and Han."""
    return len(_HANGUL.findall(text)), len(_KANA.findall(text)), len(_HAN.findall(text))


def _names(text: str) -> frozenset[str]:
    """Return the words that are capitalised within a sentence, as names are and German nouns."""
    return frozenset(match.group().casefold() for match in _CAPITALISED.finditer(text))


@lru_cache(maxsize=_KNOWN_WORDS)
def _mass(word: str) -> float:
    # A brand name in Latin letters weighs less than a word that is known to carry grammar.
    known = fold_accents(word) in signs.SMALL_WORDS_DE or word in signs.SMALL_WORDS_EN
    return len(word) * (1.5 if known else 0.6)


def _cjk_weights(text: str, hangul: int, kana: int, han: int) -> dict[Language, float]:
    if hangul >= kana + han / 2:
        return {Language.KO: _SCRIPT_PRIOR + 1.0, Language.JA: 0.0, Language.ZH: 0.0}
    chinese_only = sum(text.count(sign) for sign in signs.CHINESE_HAN.intersection(text))
    japanese_only = sum(text.count(sign) for sign in signs.JAPANESE_HAN.intersection(text))
    # Chinese shop names decorate themselves with a single の; real Japanese has more kana than that.
    real_kana = 0 if kana == text.count("の") == 1 and han > 2 else kana
    grammar = sum(text.count(sign) for sign in signs.CHINESE_GRAMMAR)
    japanese = 1.5 * real_kana + 2.0 * japanese_only
    chinese = 2.0 * chinese_only + (0.0 if real_kana else 0.7 * grammar + 0.25)
    return {Language.ZH: min(chinese, 6.0), Language.JA: min(japanese, 6.0), Language.KO: -2.0}


def _latin_weights(text: str, latin: list[str], names: frozenset[str]) -> dict[Language, float]:
    german = english = 0.0
    for word in latin:
        toward_german, toward_english = _word_weights(word)
        german += toward_german * (_NOUN_WEIGHT if word in names else 1.0)
        # "The" in the middle of a sentence belongs to a title that is quoted in any language; a German noun
        # there may be one that an English sentence quotes.
        english += toward_english * (_NAME_WEIGHT if word in names else 1.0)
    german += min(_UMLAUT_WEIGHT * len(_UMLAUT.findall(text)), 2 * _UMLAUT_WEIGHT)
    return {Language.EN: english, Language.DE: german}


@lru_cache(maxsize=_KNOWN_WORDS)
def _word_weights(word: str) -> tuple[float, float]:
    folded = fold_accents(word)
    if folded in signs.SHARED_WORDS:
        return 0.0, 0.0
    german = _SMALL_WORD_WEIGHT if folded in signs.SMALL_WORDS_DE else 0.0
    english = _SMALL_WORD_WEIGHT if word in signs.SMALL_WORDS_EN else 0.0
    if german or english:
        return german, english
    if folded in signs.GREETINGS_DE:
        return _GREETING_WEIGHT, 0.0
    if word in signs.GREETINGS_EN:
        return 0.0, _GREETING_WEIGHT
    lean = _LETTER_GROUP_WEIGHT * letter_group_lean(folded)
    return max(lean, 0.0), max(-lean, 0.0)


def letter_group_lean(word: str) -> float:
    """Return how German (positive) or English (negative) a word's letter groups are, in nats, at most 2.5."""
    padded = f"^{word}$"
    groups = (padded[start : start + 3] for start in range(len(padded) - 2))
    lean = sum(signs.LETTER_GROUPS.get(group, 0) for group in groups) / 10
    return math.copysign(min(abs(lean), 2.5), lean)


def _shares(weights: dict[Language, float]) -> dict[Language, float]:
    top = max(weights.values())
    powers = {language: math.exp(weight - top) for language, weight in weights.items()}
    total = sum(powers.values())
    return {language: power / total for language, power in powers.items()}
