"""The tables of all languages laid together: a reply in one of them may quote another."""

from __future__ import annotations

import re

from fondaco.engine.guard.values.table_de import GERMAN
from fondaco.engine.guard.values.table_en import ENGLISH
from fondaco.engine.guard.values.table_ja import JAPANESE
from fondaco.engine.guard.values.table_ko import KOREAN
from fondaco.engine.guard.values.table_zh import CHINESE
from fondaco.engine.guard.values.tables import Unit
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language

_TABLES = (ENGLISH, GERMAN, CHINESE, JAPANESE, KOREAN)
_OF_LANGUAGE = {Language.ZH: CHINESE.units, Language.JA: JAPANESE.units, Language.KO: KOREAN.units}

#: ISO 4217 codes; those that are English words (ALL, TOP) are left out.
CODES = frozenset(
    (
        "eur usd gbp chf cny rmb jpy krw aud cad nzd hkd twd sgd sek nok dkk pln czk huf ron bgn try inr "
        "thb idr myr php vnd brl mxn clp ars zar ils aed sar kwd bhd tnd egp mad rub uah isk kzt qar omr "
        "jod pkr ntd"
    ).split()
)
#: Codes that are never another word, so that small letters will do.
_ALWAYS_CODES = frozenset("eur usd gbp chf cny rmb jpy krw".split())
_CODE_NAMES = {"rmb": "CNY", "ntd": "TWD"}
_DOLLARS = {"us$": "USD", "a$": "AUD", "c$": "CAD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "nz$": "NZD"}
_YEN_SIGN = {Language.ZH: ("CNY",), Language.JA: ("JPY",), Language.KO: ("JPY", "CNY")}
_SMALL_ONLY = frozenset("g m t v w l d s h".split())  # as capitals these are sizes and generations

UNITS: dict[str, Unit] = {word: unit for table in reversed(_TABLES) for word, unit in table.units.items()}
MONTHS: dict[str, int] = {word: month for table in _TABLES for word, month in table.months.items()}
WEEKDAYS: dict[str, int] = {word: day for table in _TABLES for word, day in table.weekdays.items()}
SHORT_WEEKDAYS: dict[str, int] = {
    word: day for table in _TABLES for word, day in table.short_weekdays.items()
}
DAYS: dict[str, int] = {word: day for table in _TABLES for word, day in table.days.items()}
HOURS: dict[str, str] = {word: hour for table in _TABLES for word, hour in table.hours.items()}

_LATIN_UNIT = re.compile(
    r"([a-zäöüßµ°]+(?:-dollar|[23](?![\d.,]))?)(?![a-zäöüß\d])(?: ([a-zäöüß]+)(?![a-zäöüß\d]))?"
)
_SIGN = re.compile(r"(?:us|a|c|hk|nt|s|nz|cn|jp)?[$¥]|[€£₩¢%×°](?:c(?![a-z]))?")
_GAP = re.compile(r"\)?\*{0,2}[ -]?")
_EASTERN: dict[str, list[str]] = {}
for _word in sorted((word for word in UNITS if word > "\u2fff"), key=len, reverse=True):
    _EASTERN.setdefault(_word[0], []).append(_word)


def alternatives(words: dict[str, int] | dict[str, str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def currency(word: str, written: str, language: Language) -> tuple[str, ...]:
    """Return the currencies that a sign or a code in front of an amount may mean."""
    if word == "¥":
        return _YEN_SIGN.get(language, ("JPY", "CNY"))
    if word in _DOLLARS:
        return (_DOLLARS[word],)
    if word in CODES:
        is_code = word in _ALWAYS_CODES or written.isupper()
        return (_CODE_NAMES.get(word, word.upper()),) if is_code else ()
    unit = UNITS.get(word)
    return unit.names if unit is not None and unit.kind is Kind.AMOUNT else ()


def unit_at(text: str, low: str, at: int, language: Language) -> tuple[Unit, int] | None:
    """Return the unit that stands behind a number, and where it ends."""
    gap = _GAP.match(low, at)
    begin = gap.end() if gap is not None else at
    first = low[begin : begin + 1]
    if not first or first.isdigit() or (low[begin - 1] == "-" and not first.isalpha()):
        return None
    if first > "\u2fff":
        return _eastern_unit(low, begin, language)
    sign = _SIGN.match(low, begin)
    if sign is not None and not low[sign.end() - 1].isalpha() | (sign.group() == "°c"):
        found = _sign_unit(sign.group(), language)
        return (found, sign.end()) if found is not None else None
    return _latin_unit(text, low, begin)


def _sign_unit(sign: str, language: Language) -> Unit | None:
    names = currency(sign, sign, language)
    return Unit(Kind.AMOUNT, names) if names and sign != "¢" else UNITS.get(sign)


def _latin_unit(text: str, low: str, begin: int) -> tuple[Unit, int] | None:
    words = _LATIN_UNIT.match(low, begin)
    if words is None:
        return None
    word, second = words.groups()
    if second is not None:
        unit = UNITS.get(f"{word} {second}")
        if unit is not None:
            return unit, words.end()
    end = words.end(1)
    unit = UNITS.get(word)
    if unit is not None:
        shouted = word in _SMALL_ONLY and text[begin:end].isupper() and unit.kind is not Kind.NUMBER
        return None if shouted or (word in {"g", "m", "l"} and text[begin].isupper()) else (unit, end)
    names = currency(word, text[begin:end], Language.EN) if word in CODES else ()
    return (Unit(Kind.AMOUNT, names), end) if names else None


def _eastern_unit(low: str, begin: int, language: Language) -> tuple[Unit, int] | None:
    own = _OF_LANGUAGE.get(language, UNITS)
    for word in _EASTERN.get(low[begin], ()):
        if low.startswith(word, begin) and not (word == "주" and low.startswith("문", begin + 1)):  # orders
            return own.get(word) or UNITS[word], begin + len(word)
    return None
