"""Finds sentences that are in another language than the reply."""

from __future__ import annotations

import re

from fondaco.engine.guard.statements import statements
from fondaco.kit import language_signs as signs
from fondaco.kit.language import Language, detect, looks_like

LETTERS_ENOUGH = 25  #: shorter sentences may be a name or a title
_WORDS_OF_A_SENTENCE, _SMALL_WORDS_OF_A_SENTENCE = 4, 2  #: in Latin letters
_SIGNS = 3  #: of another script, which are no name
_PARTICLES = 3  #: Japanese grammar is hardly written with fewer
_HIRAGANA = re.compile("[\u3041-\u3096]")
_CHINESE = signs.CHINESE_HAN.union("两预达给")  # which Japanese hardly ever writes
_HAN_WORDS = _CHINESE.union(signs.CHINESE_GRAMMAR, "件已一共可")
_FAR_EASTERN_LETTER = 2  #: a character of Chinese, Japanese or Korean says as much as so many letters
_QUOTED = re.compile(
    '„[^“”"]*[“”"]|“[^”]*”|"[^"]*"|«[^»]*»|»[^«]*«|‘[^’]*’(?!\\w)|「[^」]*」|『[^』]*』|《[^》]*》|【[^】]*】'
    r"|`[^`]*`|\([^)]*\)"
)
_NO_WORDS = re.compile(r"(?<![!-~€£¥])[!-~€£¥]*(?:://|@|www\.|\d)[!-~€£¥]*")
_FAR_EAST = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:'[a-z]+)?")
_UMLAUTS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"))
_SMALL = {
    Language.EN: signs.SMALL_WORDS_EN,
    Language.DE: signs.SMALL_WORDS_DE.union(
        word.replace(*spelled) for word in signs.SMALL_WORDS_DE for spelled in _UMLAUTS
    ),
}

#: What makes a sentence of a few signs among numbers and names: grammar that is in no name.
_HANGUL_GRAMMAR = re.compile(
    "[\uac00-\ud7a3](?:니다|세요|어요|아요|습니까|는|은|을|를|의)(?![\uac00-\ud7a3])|(?<![\uac00-\ud7a3])(?:은|는|과|와|을|를)(?![\uac00-\ud7a3])"
)
_CHINESE_GRAMMAR = re.compile("[了的吗呢您给已正退还]|[两几]件|一共|相差|欧元|合计")
_CHINESE_OF_MONEY = re.compile("欧元|美元|一共|相差")  # which Japanese writes otherwise
_FEW_SIGNS, _LEAST_GRAMMAR = 4, 2

_OTHER = {Language.EN: Language.DE, Language.DE: Language.EN}
_SOME_LATIN_WORDS = r"(?<![A-Za-zÀ-ɏ'])[A-Za-zÀ-ɏ']{2,40}(?:[^A-Za-zÀ-ɏ]{1,8}[A-Za-zÀ-ɏ']+){3}"
#: Without any of this, no sentence of a text in the language can be in another one.
_STRANGER = {
    Language.ZH: re.compile(f"{_SOME_LATIN_WORDS}|[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]"),
    Language.JA: re.compile(
        f"{_SOME_LATIN_WORDS}|[\uac00-\ud7a3]|[\u3400-\u9fff\uff0c,、]{{10}}|[{''.join(_CHINESE)}]|欧元|美元|一共|相差"
    ),
    Language.KO: re.compile(f"{_SOME_LATIN_WORDS}|[\u3041-\u3096\u30a1-\u30fa]|[\u3400-\u9fff]{{2}}"),
}


def foreign_sentences(text: str, language: Language) -> list[str]:
    """Return the sentences that clearly are in another language; quotations and names are forgiven."""
    stranger = _STRANGER.get(language)
    if stranger is not None and stranger.search(text) is None:
        return []
    found: list[str] = []
    strange = ""  # what several short sentences of a line say together
    end = 0
    for one in statements(text):
        strange = "" if "\n" in text[end : one.begin] else strange
        end = one.end
        if _is_in_another_script(one.text, language):
            found.append(one.text)
        elif is_at_home(one.text, language):
            strange = ""
        elif _is_foreign(one.text, language):
            found.append(one.text)
        else:
            strange = f"{strange} {one.text}".lstrip()
            if strange != one.text and _is_foreign(strange, language):
                found.append(strange)
    return found


def _spoken(sentence: str) -> str:
    return _NO_WORDS.sub(" ", _QUOTED.sub(" ", sentence))


def _is_foreign(sentence: str, language: Language) -> bool:
    if len(sentence) * _FAR_EASTERN_LETTER < LETTERS_ENOUGH:
        return False
    spoken = _spoken(sentence)
    letters = len(_LATIN.findall(spoken)) + _FAR_EASTERN_LETTER * len(_FAR_EAST.findall(spoken))
    if letters < LETTERS_ENOUGH or _is_made_of_names(spoken):
        return False
    return not looks_like(spoken, language) or _is_rather_another(spoken, language)


def _is_in_another_script(sentence: str, language: Language) -> bool:
    if language not in _FAR and sentence.isascii():
        return False
    spoken = _QUOTED.sub(" ", sentence)
    return _speaks_far(spoken, language) or (language in _FAR and _has_strange_script(spoken, language))


def _speaks_far(spoken: str, language: Language) -> bool:
    """Return whether a few signs among numbers and names are a sentence in another far-eastern language."""
    if spoken.isascii():
        return False
    hangul = len(_HANGUL.findall(spoken)) if language is not Language.KO else 0
    if hangul >= _FEW_SIGNS and _HANGUL_GRAMMAR.search(spoken) is not None:
        return True
    if language is Language.ZH or (language is Language.JA and _KANA.search(spoken) is not None):
        return False
    grammar = _CHINESE_OF_MONEY if language is Language.JA else _CHINESE_GRAMMAR
    return len(_HAN.findall(spoken)) >= _FEW_SIGNS and len(grammar.findall(spoken)) >= _LEAST_GRAMMAR


def _has_strange_script(spoken: str, language: Language) -> bool:
    """Return whether signs show another language, as no name in between would."""
    if _speaks_latin(spoken):
        return True
    hiragana = len(_HIRAGANA.findall(spoken))
    if language is Language.ZH:
        return hiragana >= _SIGNS
    if language is Language.JA:
        chinese = sum(map(_CHINESE.__contains__, spoken))
        return hiragana < _PARTICLES and chinese >= (1 if "，" in spoken else _SIGNS)
    chinese = sum(map(_HAN_WORDS.__contains__, spoken))
    return hiragana >= _SIGNS or chinese >= _SIGNS


def _speaks_latin(spoken: str) -> bool:
    """Return whether words between names in another script are a sentence in Latin letters."""
    found = _WORD.findall(spoken)
    if len(found) < _WORDS_OF_A_SENTENCE:
        return False
    small = sum(word in _SMALL[Language.DE] or word in _SMALL[Language.EN] for word in found)
    return small >= (_SMALL_WORDS_OF_A_SENTENCE if _FAR_EAST.search(spoken) else 1)


def is_at_home(sentence: str, language: Language) -> bool:
    """Return whether few looks suffice to see that a sentence is in its language."""
    if sentence.isascii() or language not in _FAR:
        if language in _FAR or _FAR_EAST.search(sentence):
            return False
        found = sentence.lower().split()
        own = sum(map(_SMALL[language].__contains__, found))
        if own * 4 >= len(found):
            return True
        return own * 6 >= len(found) and _SMALL[_OTHER[language]].isdisjoint(found)
    latin, far = len(_LATIN.findall(sentence)), _FAR_EASTERN_LETTER * len(_FAR_EAST.findall(sentence))
    return far > latin and _FAR[language](sentence)


def _speaks_chinese(sentence: str) -> bool:
    return len(_KANA.findall(sentence)) < 2 and _HANGUL.search(sentence) is None


def _speaks_japanese(sentence: str) -> bool:
    return len(_KANA.findall(sentence)) >= 2 and _HANGUL.search(sentence) is None


def _speaks_korean(sentence: str) -> bool:
    hangul = len(_HANGUL.findall(sentence))
    return hangul > len(_HAN.findall(sentence)) + len(_KANA.findall(sentence))


_FAR = {Language.ZH: _speaks_chinese, Language.JA: _speaks_japanese, Language.KO: _speaks_korean}


def _is_made_of_names(spoken: str) -> bool:
    """Return whether nearly all words in Latin letters are capitalised, as those of a product's name are."""
    found = _WORD.findall(spoken)
    if _FAR_EAST.search(spoken) or not found:
        return False
    return sum(not word[0].islower() for word in found) > 0.7 * len(found)


def _is_rather_another(spoken: str, language: Language) -> bool:
    told = detect(spoken)
    return told.language is not language and told.confidence >= 0.95
