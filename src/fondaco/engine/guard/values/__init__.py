"""Reads every value of a text in five languages: amounts, dates, ids and all else that can be wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from fondaco.engine.guard.values.folding import Folded, fold, lower, replace
from fondaco.engine.guard.values.names import normal_id
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.values.reading import read_page
from fondaco.engine.guard.values.relative import may_hold_words
from fondaco.engine.guard.values.spelled import spelled
from fondaco.engine.guard.values.states import StateNames
from fondaco.engine.guard.words import Kind, Value
from fondaco.kit.language import Language

__all__ = ["NO_STATES", "StateNames", "normal_id", "read_values"]

NO_STATES = StateNames()
_DIGIT = re.compile(r"\d")
_LATIN_WORD = re.compile(r"[a-zäöüß]+")
_EASTERN_SIGN = re.compile("[\u2e80-\uffff]")
_LINK = re.compile(r"@|://|\.[a-z]|mailto:")


def read_values(
    text: str,
    language: Language,
    today: date | None = None,
    ids: Sequence[re.Pattern[str]] = (),
    states: StateNames = NO_STATES,
) -> tuple[Value, ...]:
    """Return the values of a text in order, none over another, each with its place in the text as given.

    All five languages are read whatever ``language`` says; it decides only what the spelling leaves open.
    Without ``today`` a day that is told from today (tomorrow, on Friday) is no value.  ``ids`` find the
    merchant's own ids; ``states`` name what tools report.
    """
    folded = fold(text)
    low = lower(folded.text)
    words = frozenset(_LATIN_WORD.findall(low))
    is_eastern = _EASTERN_SIGN.search(low) is not None
    edits = spelled(Page(folded.text, low, language, today, words, is_eastern))
    if edits:
        folded = replace(folded, edits)
        low = lower(folded.text)
    page = Page(folded.text, low, language, today, words, is_eastern)
    if not (_DIGIT.search(low) or states.words or ids or may_hold_words(page) or _LINK.search(low)):
        return ()
    return tuple(_values(text, folded, read_page(page, ids, states)))


def _values(text: str, folded: Folded, found: Sequence[Found]) -> list[Value]:
    values: list[Value] = []
    last = 0
    for value in found:
        begin, end = value.begin, value.end
        if folded.begins is not None and folded.ends is not None:
            begin, end = max(last, folded.begins[begin]), folded.ends[end - 1]
        written = text[begin:end]
        if end <= begin or _is_list_sign(value, written):
            continue
        last = end
        values.append(Value(kind=value.kind, readings=value.readings, written=written, begin=begin, end=end))
    return values


def _is_list_sign(value: Found, written: str) -> bool:
    """Return whether a number is one circled digit or one digit on a key, as lists have them."""
    if value.kind is not Kind.NUMBER or written.isdecimal() or sum(map(str.isdigit, written)) > 1:
        return False
    return "\u20e3" in written or "①" <= written <= "⑳" or "❶" <= written <= "➓"
