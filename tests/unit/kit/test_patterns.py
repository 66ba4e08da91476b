"""Many patterns at once: the same answer as one after the other, in every script."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.engine import phrasebook
from fondaco.kit.language import Language
from fondaco.kit.patterns import Patterns

# Each of these means something else to RE2, or nothing at all.
_AWKWARD = (
    r"\bänder(n|ung)\b",
    r"^\w+\s\d{4,6}$",
    r"gel[oö]scht[^\w]",
    r"[^a-z\s]ok",
    r"人工(?!费)",
    r"(?<!wort )(?=\d(\d|[)]))\d+|(?<=[(!])ok",
    r"(?!(a|(b)))[ab@]+|en(?=d(en)?$)",
    r"(ein|zwei) \1",
    r"x{,2}y",
    r"caf\u00e9\Z",
    r"\Wende\B",
    r"[\w.+-]+@[\w-]+",
    r"weiß|kelvin",
    r"istanbul",
)
_WORDS = (
    "ändern",
    "Änderung",
    "人工",
    "人工费",
    "ein ein",
    "ein zwei",
    "x{,2}y",
    "xxy",
    "y",
    "café",
    "café\n",
    "gelöscht",
    "geloscht!",
    "!ok",
    "aok",
    "\u0301ok",
    "a@b",
    "ä.ö@ü",
    " ",
    "\n",
    "１２３４",
    "٣٤٥٦",
    "wort 12345",
    "wort\u30001234",
    "wendeten",
    " ende",
    " enden",
    "WEISS",
    "WEIẞ",
    "weiß",
    "\u212aelvin",
    "ISTANBUL",
    "\u0130stanbul",
    "\u0131stanbul",
    "\ud800",
    "😀",
    "\u200b",
)


def one_by_one(patterns: list[re.Pattern[str]], text: str) -> int | None:
    return next((place for place, pattern in enumerate(patterns) if pattern.search(text)), None)


@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.ASCII, re.IGNORECASE | re.ASCII])
@given(parts=st.lists(st.sampled_from(_WORDS), max_size=4))
def test_the_first_of_awkward_patterns_is_the_one_that_re_finds(flags: int, parts: list[str]) -> None:
    patterns = [re.compile(rule, flags) for rule in _AWKWARD]

    found = Patterns(patterns).first("".join(parts))

    assert found == one_by_one(patterns, "".join(parts))


@pytest.mark.parametrize("flags", [re.IGNORECASE, re.IGNORECASE | re.ASCII])
@pytest.mark.parametrize("rule", _AWKWARD)
@given(parts=st.lists(st.sampled_from(_WORDS), max_size=4))
def test_each_awkward_pattern_is_found_wherever_re_finds_it(flags: int, rule: str, parts: list[str]) -> None:
    pattern = re.compile(rule, flags)

    found = Patterns([pattern]).found("".join(parts))

    assert found == (pattern.search("".join(parts)) is not None)


@pytest.mark.parametrize("language", list(Language))
@given(text=st.text(max_size=40) | st.text("abehilnopqrstuwÄäöüß 人工投诉のは사람 '’?!", max_size=40))
def test_the_phrases_of_a_language_are_found_as_one_by_one(language: Language, text: str) -> None:
    book = phrasebook.phrases(language)

    for patterns in (book.person, book.safety, book.new_code, *book.smalltalk.values()):
        assert patterns.first(text) == one_by_one(list(patterns), text)


def test_no_pattern_at_all_is_found_nowhere() -> None:
    patterns = Patterns(())

    assert len(patterns) == 0
    assert patterns.first("anything") is None


def test_verbose_patterns_keep_their_meaning() -> None:
    patterns = Patterns([re.compile("a b", re.VERBOSE), re.compile("a b")])

    assert patterns.first("a b") == 1
    assert patterns.first("ab") == 0
