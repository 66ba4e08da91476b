"""Cuts a text into what it states: sentences, list items and table rows, with their places.

One cutter for five languages, since texts mix them; whoever reads a text for values, records or claims
cuts it here.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

#: A longer one is cut, so that whoever searches a statement takes a time that grows with the text only.
LONGEST = 500


class Statement(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One sentence, list item or table row; ``text`` is ``source[begin:end]``, without a bullet."""

    text: str
    begin: int
    end: int
    heading: int | None = None  #: which statement stands above its list or table, by its place in the tuple


_LINE = re.compile("[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BULLET = re.compile(
    r"\s*(?:[-*+•‣◦·–—・○●■□▪▸►✓✔☑]\s+|[•・●■▪]|\(?\d{1,2}[.)]\s+|\(?[a-z]\)\s+|[①-⑳]\s*|\d{1,2}、)"
    r"(?!(?:jan|jän|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|o[kc]t|nov|de[zc])[a-zä]*\b)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s*#{1,6}\s+")
_RULE = re.compile(r"[\s|:+=_*-]*")  #: a line between the parts of a table or of a text
_STARRED = re.compile(r"\s*(?:\*\*|__|【)[^*_【】]{1,80}(?:\*\*|__|】)\s*")

_CJK = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CLOSING = "[\"'”’»«“)\\]」』）】〉》*_]*"
#: Where a sentence may end.
_STOP = re.compile(f"[。｡！？.!?…．~～]+{_CLOSING}")
_FULL = frozenset("。｡！？")  #: these end a sentence wherever they stand
_GOES_ON_AFTER_QUOTE = re.compile("という|といった|って|とのこと|と[あい思書言]")
_IS_CJK = re.compile(f"[{_CJK}]")
_NEXT = re.compile(r"[\s\"'“‘„«»(\[*_]*(\S\w*)")

#: A stop behind these is a part of them.
_NEVER_LAST = frozenset(
    "abb abs abzgl approx bestnr bspw bzw ca dr ebd etw evtl exkl fr frl ggf ggü hr hrn inkl jr kl lfd mr "
    "mrs ms nr nrn prof resp sog sr st tel vgl vs zb zzgl zzt fig vol excl incl gem".split()
)
#: A stop behind these ends a sentence only where the next word begins one.
_SELDOM_LAST = frozenset(
    "am apr art aug bzgl co corp dec dept dez di do etc ext feb febr inc jan jul jun ltd mar mi min max "
    "mind mio mo mon mrd mwst no nov okt oct pcs pm sa sat sep sept so std stk str thu tue usf usw ust "
    "wed wg zt zus".split()
)
_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember january "
    "february march may june july october december jan feb mär mrz apr jun jul aug sep sept okt nov dez "
    "oct dec".split()
)
#: What begins a sentence rather than goes on after "3." or "etc.".
_BEGINS = frozenset(
    "ich sie wir ihr ihre ihren ihrem ihrer du dein deine er es das der die den dem ein eine bitte danach "
    "dann wenn falls sobald da damit dafür daher deshalb auch aber und oder in im am an auf für bei nach "
    "mit zu zum zur von vom aus außerdem leider gern gerne heute morgen diese dieser dieses dort hier so "
    "sollten soll können kann möchten haben hat ist sind wie was wann wo alle alles noch nun danke vielen "
    "i you your we our they their it its this that these those there the a an please if once when then "
    "after before as at by for from to with on and or but so also however unfortunately would should "
    "could can do does is are was were will let just thank thanks what how where here all any no not".split()
)
_LONG_WORD_LETTERS = 4


# Values, claims and records of a reply are all looked for statement by statement.
@lru_cache(maxsize=256)
def statements(text: str) -> tuple[Statement, ...]:
    """Return every statement of a text, in order, without overlap; only blanks and marks lie between."""
    found: list[Statement] = []
    heading: int | None = None
    for begin, end in _joined_lines(text):
        line = text[begin:end]
        bullet = _BULLET.match(line)
        row = line.lstrip().startswith("|")
        if bullet is None and not row:
            heading = None
        offset = bullet.end() if bullet else 0
        first = len(found)
        places = [(begin, end)] if row else _sentences(text, begin + offset, end)
        for place in places:
            _add(found, text, place, heading)
        if len(found) > first and (_heads(line) or (row and heading is None)):
            heading = len(found) - 1
    return tuple(found)


def _joined_lines(text: str) -> list[tuple[int, int]]:
    """Return the places of the lines; a line that goes on in small letters is one with the line before it."""
    lines: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        begin, end = match.span()
        if _RULE.fullmatch(text, begin, end):
            continue
        if lines and _goes_on(text, lines[-1][1], begin):
            lines[-1] = (lines[-1][0], end)
        else:
            lines.append((begin, end))
    return lines


def _goes_on(text: str, end: int, begin: int) -> bool:
    following = text[begin : begin + 1]
    if not following.islower() or begin - end > 2 or "\n\n" in text[end:begin]:
        return False
    return text[end - 1].isalnum() and _BULLET.match(text, begin) is None


def _heads(line: str) -> bool:
    """Return whether a line names what the list or the table below it is about."""
    stripped = line.rstrip().rstrip("*_")
    return stripped.endswith((":", "：")) or bool(_HEADING.match(line) or _STARRED.fullmatch(line))


def _sentences(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for stop in _STOP.finditer(text, begin, end):
        if stop.end() < end and _ends_here(text, begin, stop, end):
            places.append((begin, stop.end()))
            begin = stop.end()
    places.append((begin, end))
    return places


def _ends_here(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Return whether a mark with more behind it ends its sentence."""
    mark, behind = text[stop.start()], text[stop.end()]
    if mark in _FULL:
        return stop.group()[-1] not in "」』" or _GOES_ON_AFTER_QUOTE.match(text, stop.end()) is None
    before = text[stop.start() - 1 : stop.start()]
    if mark in "~～":
        return behind.isspace() and before in "요다죠까ねよす"
    if not behind.isspace():
        return mark in ".!?．" and bool(_IS_CJK.match(behind)) and bool(_IS_CJK.match(before))
    return mark not in ".…" or _point_ends(text, begin, stop, end)


def _point_ends(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Return whether a point ends its sentence; that of an abbreviation or a date does not."""
    following = _NEXT.match(text, stop.end(), end)
    word = following.group(1) if following else ""
    last = _word_before(text, begin, stop.start())
    if last.isdecimal():
        return _ends_after_number(text, begin, stop.start() - len(last), last, word)
    starts = word.casefold() in _BEGINS and not word[:1].islower()
    folded = last.casefold()
    if len(last) == 1 and last.isascii():
        place = stop.start() - 2
        after_another = text[max(begin, place - 3) : place].rstrip().endswith(".")
        return starts and last.isupper() and not after_another and text[place : place + 1].isspace()
    if folded in _NEVER_LAST:
        return False
    if folded in _SELDOM_LAST:
        return starts
    if word[:1].islower():
        return (
            len(last) >= _LONG_WORD_LETTERS
            and text[stop.start()] == "."
            and not folded.endswith(("nr", "str"))
        )
    return True


def _word_before(text: str, begin: int, end: int) -> str:
    at = end
    while at > begin and text[at - 1].isalnum():
        at -= 1
    return text[at:end]


def _ends_after_number(text: str, begin: int, place: int, number: str, word: str) -> bool:
    if word.casefold() in _MONTHS or word[:1].islower():
        return False
    bare = place == begin or text[place - 1].isspace() or text[place - 1] in "(."
    if len(number) > 2 or not bare:
        return True
    return word.casefold() in _BEGINS or not word[:1].isalpha() or bool(_IS_CJK.match(word))


def _add(found: list[Statement], text: str, place: tuple[int, int], heading: int | None) -> None:
    begin, end = place
    while end - begin > LONGEST:
        cut = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST) + 1 or begin + LONGEST
        _add(found, text, (begin, cut), heading)
        begin = cut
    piece = text[begin:end]
    begin += len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    if any(map(str.isalnum, stripped)):
        found.append(Statement(text=stripped, begin=begin, end=begin + len(stripped), heading=heading))
