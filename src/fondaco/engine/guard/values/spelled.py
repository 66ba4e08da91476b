"""Writes numbers that are spelt in words or in Chinese signs as digits, where they count something.

One grammar then reads them all: ``five days``, ``三十元``, ``2万5千円``, ``삼만 원``.
One, two and three before a mere noun stay words: a language says them without counting (one of them, 一个).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from fondaco.engine.guard.values.dots import typed
from fondaco.engine.guard.values.figures import plain
from fondaco.engine.guard.values.lexicon import unit_at
from fondaco.engine.guard.values.page import Page
from fondaco.engine.guard.values.roman import roman
from fondaco.engine.guard.values.tables import Unit
from fondaco.engine.guard.words import Kind
from fondaco.kit.language import Language

Edit = tuple[int, int, str]

_EN_ONES = "one two three four five six seven eight nine".split()
_EN_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DE_ONES = "ein zwei drei vier fünf sechs sieben acht neun".split()
_DE_TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()


def _below_hundred() -> Iterator[tuple[str, int]]:
    for ones, teens, tens in ((_EN_ONES, _EN_TEENS, _EN_TENS), (_DE_ONES, _DE_TEENS, _DE_TENS)):
        yield from zip(ones + teens, range(1, 20), strict=True)
        yield from zip(tens, range(20, 100, 10), strict=True)
    for ten, english, german in zip(range(20, 100, 10), _EN_TENS, _DE_TENS, strict=True):
        for one, (en, de) in enumerate(zip(_EN_ONES, _DE_ONES, strict=True), 1):
            yield f"{english}-{en}", ten + one
            yield f"{english} {en}", ten + one
            yield f"{de}und{german}", ten + one


_SMALL = {
    **dict(_below_hundred()),
    **dict.fromkeys(("eine", "einen", "einem", "einer"), 1),
    "zwo": 2,
    "dreissig": 30,
    "dutzend": 12,
    "dozen": 12,
}
_BIG = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "hundert": 100,
    "tausend": 1_000,
    "millionen": 1_000_000,
}
_PHRASES = {
    "half an hour": "0.5 hours",
    "half a year": "0.5 years",
    "half a million": "500'000",
    "halbe stunde": "0.5 stunden",
    "halben stunde": "0.5 stunden",
    "halbes jahr": "0.5 jahre",
    "halben jahr": "0.5 jahren",
    "anderthalb": "1.5",
    "eineinhalb": "1.5",
    "zweieinhalb": "2.5",
    "one and a half": "1.5",
    "two and a half": "2.5",
    "半小时": "0.5小时",
    "半个小时": "0.5小时",
    "半小時": "0.5小時",
    "半個小時": "0.5小時",
    "半年": "0.5年",
    "半个月": "15天",
    "半個月": "15天",
    "半時間": "0.5時間",
    "이틀": "2일간",
    "사흘": "3일간",
    "나흘": "4일간",
    "닷새": "5일간",
    "엿새": "6일간",
    "이레": "7일간",
    "여드레": "8일간",
    "아흐레": "9일간",
    "열흘": "10일간",
    "보름": "15일간",
    "하루 이내": "1일 이내",
    "하루 안": "1일 안",
    "하루 만": "1일간",
    "元年": "1年",
}
_SMALL_WORDS = "|".join(sorted(map(re.escape, _SMALL), key=len, reverse=True))
_BIG_WORDS = "|".join(sorted(_BIG, key=len, reverse=True))
#: Such as ``two thousand five hundred and ten`` and ``zweitausendfünfhundert``.
_LATIN = re.compile(
    rf"(?<![a-zäöüß\d-])(?P<number>(?:(?:{_SMALL_WORDS})?[ -]?(?:{_BIG_WORDS})"
    rf"(?:[ -]?(?:and|und)?[ -]?(?={_SMALL_WORDS}|{_BIG_WORDS}))?){{1,6}}(?:{_SMALL_WORDS})?"
    rf"|(?:{_SMALL_WORDS}))"
    r"(?= \(|[ -][^\W\d_]|[ ]?[€$£%])"
)
_LATIN_PART = re.compile(f"{_SMALL_WORDS}|{_BIG_WORDS}")
_WORD = re.compile(r"[a-zäöüß]+")
_COUNTING = frozenset(re.split("[ -]", word)[0] for word in (*_SMALL, *_BIG))
_PHRASE = re.compile(
    "|".join(
        rf"(?<![a-zäöüß]){re.escape(word)}(?![a-zäöüß])" if word < "\u2fff" else re.escape(word)
        for word in sorted(_PHRASES, key=len, reverse=True)
    )
)
_PHRASE_TRIGGER = re.compile(r"half|halb|半|元年|[이사나닷엿][틀흘새]|이레|여드레|아흐레|열흘|보름|하루")

_HAN_DIGITS = {sign: at for at, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
#: As they are written on cheques, so that nobody changes them.
_HAN_DIGITS |= {sign: at for at, sign in enumerate("壹贰叁肆伍陆柒捌玖", 1)} | {
    "貳": 2,
    "陸": 6,
    "壱": 1,
    "弐": 2,
}
_HAN_TENS = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "佰": 100, "仟": 1_000}
_HAN_BIG = {"万": 10_000, "萬": 10_000, "億": 10**8, "亿": 10**8}
_KO_DIGITS = {sign: at for at, sign in enumerate("영일이삼사오육칠팔구")}
_KO_TENS = {"십": 10, "백": 100, "천": 1_000}
_KO_BIG = {"만": 10_000, "억": 10**8}
_DIGITS = _HAN_DIGITS | _KO_DIGITS
_TENS = _HAN_TENS | _KO_TENS
_BIGS = _HAN_BIG | _KO_BIG
_HAN = "〇零一二三四五六七八九十百千万萬億亿两兩壹贰貳叁肆伍陆陸柒捌玖拾佰仟壱弐"

#: Digits with a Chinese or Korean multiplier: 3万, 1万2千, 2만 5천.
_MULTIPLIED = re.compile(
    r"(?<!\d)(?<!\d[.,])\d[\d,]{0,15}(?:\.\d{1,6})? ?(?:[万萬億亿만억천]|[百千백](?![葉克米瓦]))"
    r"(?: ?\d[\d,]{0,6}(?:[万萬億亿百千만억천백십]|(?![\d.,]|[月日年时時分:])))*"
)
_MULTIPLIER = re.compile("[万萬億亿百千만억천백]")
_HAN_DATE = re.compile(r"[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号號]")
_HAN_YEAR = re.compile(r"[二一][〇零九〇][〇零一二三四五六七八九]{2}(?=年)")
_HAN_HOUR = re.compile(
    r"(?P<half>上午|下午|早上|晚上|中午|凌晨|午前|午後)(?P<h>[一二三四五六七八九十两兩]{1,3})(?=[点點时時](?![間间]))"
)
_HAN_SHARE = re.compile(rf"百分之(?P<n>[{_HAN}]{{1,6}}(?:点[{_HAN}]{{1,4}})?|\d{{1,4}}(?:\.\d{{1,4}})?)")
_HAN_COUNT = re.compile(rf"(?<![第星期周週礼禮拜每十\d.{_HAN}])[{_HAN}]{{1,12}}(?![{_HAN}])")
_HAN_TRIGGER = re.compile(f"[{_HAN}]")
#: Signs of numbers that say something else: enough, a little, by any chance, a day of the month.
_NOT_COUNTED = re.compile(
    r"十分(?![钟鐘間])|[一二三]?[点點](?!钟|鐘|半)|[一二三四五六七八九十]+[日号月时時号號](?![間间])|[一三四]方"
    r"|一[周週天年月](?=[一二三四五六七八九十两兩])|一[度回部口本色番米]|[一二三]階|一年[四中]|万一"
    r"|千万(?![元円日個个])"
)

_KO_NATIVE_ONES = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_KO_NATIVE_TENS = {"열": 10, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50}
_KO_NATIVE = re.compile(
    r"(?<![가-힣])(?P<ten>열|스무|스물|서른|마흔|쉰)?(?P<one>한|두|세|네|다섯|여섯|일곱|여덟|아홉)?"
    r"(?= ?(?:개월|개|명|장|권|대|시간|달|시(?![가-힣])|시에|시까지|시부터"
    r"|병|박스|상자|벌|켤레|마리|번|건|세트|가지|분|주|곳))"
)
_KO_NATIVE_TRIGGER = re.compile(r"[한두세네열쉰]|다섯|여섯|일곱|여덟|아홉|스무|스물|서른|마흔")
_KO_SINO = re.compile(
    r"(?<![가-힣])(?P<n>[일이삼사오육칠팔구십백천만억]{1,10}(?: [일이삼사오육칠팔구십백천만억]{1,8}){0,2})"
    r"(?= ?(?:원|유로|달러|엔(?![가-힣]{2})|퍼센트|개월|주일|영업일))"
)
_KO_SINO_DATE = re.compile(
    r"(?<![가-힣])(?P<m>[일이삼사오육칠팔구십시]{1,2})월 (?P<d>[일이삼사오육칠팔구십]{1,3})일(?![가-힣]?간)"
)
_KO_TRIGGER = re.compile(
    r"[일이삼사오육칠팔구십백천만억]{1,10} ?(?:원|유로|달러|엔|퍼센트|개월|주일|영업일|월)"
)
_KO_MONTHS = {"시월": 10, "유월": 6}


def spelled(page: Page) -> list[Edit]:
    """Return what to write as digits, in order and without overlap."""
    text, low, language = page.text, page.low, page.language
    edits: list[Edit] = []
    if not _COUNTING.isdisjoint(page.words) or "hundert" in low or "tausend" in low:
        edits += _latin(text, low, language)
    if _PHRASE_TRIGGER.search(low) is not None:
        edits += ((*phrase.span(), _PHRASES[phrase.group()]) for phrase in _PHRASE.finditer(low))
    edits += roman(text, low)
    edits += typed(low)
    if page.is_eastern:
        if _MULTIPLIER.search(low) is not None:
            edits += _multiplied(low)
        if _HAN_TRIGGER.search(low) is not None:
            edits += _han(text, low, language)
        edits += _korean(text, low, language)
    return _in_order(edits) if edits else edits


def _in_order(edits: list[Edit]) -> list[Edit]:
    """Return the edits by their place; of two that overlap, the one that begins first and reaches further."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one[0], -one[1])):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept


def _latin(text: str, low: str, language: Language) -> Iterator[Edit]:
    joins = "hundert" in low or "tausend" in low  # a number may stand within a word
    if not joins and _COUNTING.isdisjoint(_WORD.findall(low)):
        return
    done = 0
    for word in _WORD.finditer(low):
        begin = word.start()
        if begin < done or not (joins or word.group() in _COUNTING):
            continue
        words = _LATIN.match(low, begin)
        if words is None:
            continue
        number = _told(words.group("number"))
        end = done = words.end()
        unit = unit_at(text, low, end, language)
        if (unit is not None and _counts(number, unit[0])) or (
            unit is None and number >= 1 and low.startswith((" uhr", " o'clock", " am ", " pm"), end)
        ):
            yield begin, end, _digits(Decimal(number))


def _told(words: str) -> int:
    """Return what words say: hundreds are of what stands before them, thousands close what they are of."""
    total, section = 0, 0
    for word in _LATIN_PART.findall(words):
        many = _BIG.get(word, 0)
        if many >= 1_000:
            total, section = total + max(section, 1) * many, 0
        else:
            section = max(section, 1) * many if many else section + _SMALL[word]
    return total + section


def _counts(number: Decimal | int, unit: Unit) -> bool:
    return unit.names != ("",) or unit.kind is not Kind.NUMBER or number > 3


def _multiplied(low: str) -> Iterator[Edit]:
    for found in _MULTIPLIED.finditer(low):
        number = _value(found.group().replace(",", ""))
        if number is not None:
            yield *found.span(), _digits(number)


def _digits(number: Decimal) -> str:
    """Return digits that no one takes for an id: from ten thousand on they are grouped, as the Swiss do."""
    if number < 10_000 or number % 1:
        return plain(number)
    return f"{int(number):,}".replace(",", "'")


def _value(signs: str) -> Decimal | None:
    """Return what Chinese or Korean signs say, with digits among them; None where they are no number."""
    total, section, digits = Decimal(0), Decimal(0), ""
    try:
        for sign in signs.replace(" ", ""):
            if sign in _BIGS:
                section += Decimal(digits or "0")
                total += (section or 1) * _BIGS[sign]
                section, digits = Decimal(0), ""
            elif sign in _TENS:
                section += Decimal(digits or "1") * _TENS[sign]
                digits = ""
            else:
                digits += str(_DIGITS.get(sign, sign))
        return total + section + Decimal(digits or "0")
    except ArithmeticError:
        return None


def _han(text: str, low: str, language: Language) -> Iterator[Edit]:
    for share in _HAN_SHARE.finditer(low):
        whole, _, part = share["n"].partition("点")
        number = _value(whole)
        decimals = "".join(str(_HAN_DIGITS.get(sign, "")) for sign in part)
        if number is not None:
            yield *share.span(), plain(number) + (f".{decimals}" if decimals else "") + "%"
    for day in _HAN_DATE.finditer(low):
        yield *day.span(), re.sub(f"[{_HAN}]+", _as_digits, day.group())
    for year in _HAN_YEAR.finditer(low):
        yield *year.span(), "".join(str(_HAN_DIGITS[sign]) for sign in year.group())
    for hour in _HAN_HOUR.finditer(low):
        yield *hour.span("h"), plain(_value(hour["h"]) or Decimal(0))
    for signs in _HAN_COUNT.finditer(low):
        edit = _counted(text, low, language, *signs.span())
        if edit is not None:
            yield edit


def _as_digits(signs: re.Match[str]) -> str:
    return plain(_value(signs.group()) or Decimal(0))


def _counted(text: str, low: str, language: Language, begin: int, end: int) -> Edit | None:
    if _NOT_COUNTED.match(low, begin) is not None:
        return None
    unit = unit_at(text, low, end, language)
    signs = low[begin:end]
    number = _value(signs)
    if unit is None or number is None or low[end] == " " or not _counts(number, unit[0]):
        return None
    if len(signs) == 2 and _HAN_DIGITS.get(signs[0], 9) + 1 == _HAN_DIGITS.get(signs[1]):
        return begin, end, f"{_HAN_DIGITS[signs[0]]}-{_HAN_DIGITS[signs[1]]}"  # 三四天: three or four days
    return begin, end, _digits(number)


def _korean(text: str, low: str, language: Language) -> Iterator[Edit]:
    if _KO_NATIVE_TRIGGER.search(low) is not None:
        for words in _KO_NATIVE.finditer(low):
            number = _KO_NATIVE_TENS.get(words["ten"], 0) + _KO_NATIVE_ONES.get(words["one"], 0)
            unit = unit_at(text, low, words.end(), language)
            is_hour = low.startswith("시", words.end() + low.startswith(" ", words.end()))
            if number and (is_hour or (unit is not None and _counts(number, unit[0]))):
                yield *words.span(), str(number)
    if _KO_TRIGGER.search(low) is not None:
        for day in _KO_SINO_DATE.finditer(low):
            month = _KO_MONTHS.get(f"{day['m']}월") or int(_value(day["m"]) or 0)
            yield *day.span(), f"{month}월 {int(_value(day['d']) or 0)}일"
        for signs in _KO_SINO.finditer(low):
            number_of = _value(signs["n"])
            if number_of:
                yield *signs.span("n"), _digits(number_of)
