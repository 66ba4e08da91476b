"""The words by which a language claims acts, read from ``claim_words`` once.

A file names, for each kind of act, the words that speak of it by their form (``done``: participles, ``verb``,
``noun``, …), and then the frames that make a claim of such a word: what stands before and behind it.
Where no word names the deed, the grammar of its outcome does: ``results`` take whatever is told in a perfect
or passive of a refund, a cancellation, the contact's money, address or data, and in the end of anything of
the contact's, but for the few verbs by which a shop tells of what it has not done itself.
A word may need company: ``left << word >> right`` are patterns for the rest of its sentence.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from fondaco.domain.errors import ConfigurationError
from fondaco.kit.language import Language
from fondaco.kit.patterns import Patterns


class ClaimKind(StrEnum):
    """What is claimed to have been done."""

    REFUNDED = "refunded"  #: money paid back
    CANCELLED = "cancelled"  #: an order, a booking or a subscription
    RETURNED = "returned"  #: a return registered or arranged
    EXCHANGED = "exchanged"  #: a replacement arranged
    HANDED_OVER = "handed_over"  #: given to a teammate, who will answer; backed by a handoff only
    SENT = "sent"  #: an e-mail, a label, a document
    CHANGED = "changed"  #: an address, a payment, an order
    BOOKED = "booked"  #: booked, reserved, made an appointment
    OPENED = "opened"  #: a complaint, a claim, an investigation
    EXTENDED = "extended"  #: a period
    CREDITED = "credited"  #: credit or a voucher
    DISCOUNTED = "discounted"  #: a lower price
    CONFIRMED = "confirmed"  #: confirmed or agreed with somebody
    NOTIFIED = "notified"  #: told somebody who is no teammate
    NOTED = "noted"  #: written down
    DELETED = "deleted"  #: data or an account
    CALLED = "called"  #: will come back to the contact by itself
    GUARANTEED = "guaranteed"  #: vouched for what is to come
    ARRANGED = "arranged"  #: done, without saying what


def claim_kinds(words: Collection[str]) -> frozenset[ClaimKind]:
    """Return the kinds that words name.

    Raises ConfigurationError for one that names none, with the nearest that does: a claim that is told apart
    by one letter would never be backed, and every true answer be kept back.
    """
    known = [kind.value for kind in ClaimKind]
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(known)}."
            raise ConfigurationError(f"names the claim {word!r}, which is none; {hint}")
    return frozenset(map(ClaimKind, words))


class Tense(StrEnum):
    """Whether it is said to have happened."""

    DONE = "done"  #: it has happened, or holds now
    PROMISED = "promised"  #: it is about to


class By(StrEnum):
    """Who is said to have done it."""

    ASSISTANT = "assistant"  #: whoever says so
    SHOP = "shop"  #: the shop, or nobody is named
    THIRD = "third"  #: somebody else, such as a bank


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of one form of one kind; without a kind it takes that of the noun beside it."""

    kind: ClaimKind | None
    form: str
    left: re.Pattern[str] | None
    right: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What makes a claim of a word."""

    tense: Tense
    by: By
    needs: tuple[str, ...]  #: without one of these before the word, the patterns need not be tried
    before: re.Pattern[str] | None  #: found in what stands before the word, up to it
    after: re.Pattern[str] | None  #: matches from the end of the word on
    kinds: frozenset[ClaimKind]
    particular: bool  #: says how things usually are, unless it speaks of something particular
    says: ClaimKind | None  #: another kind than the word's own


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An act of the assistant's that only its grammar tells."""

    tense: Tense
    needs: tuple[str, ...]  #: without one of these the pattern need not be tried
    text: re.Pattern[str]

    def is_in(self, sentence: str) -> bool:
        """Return whether a sentence claims such an act."""
        return any(one in sentence for one in self.needs) and self.text.search(sentence) is not None


@dataclass(frozen=True, slots=True)
class Result:
    """A sentence that tells of something of the contact's that a deed has come to pass, by whatever verb."""

    tense: Tense
    by: By
    kind: ClaimKind | None  #: None: the pattern's named group is the kind
    needs: tuple[str, ...]  #: without one of these the pattern need not be tried
    also: tuple[str, ...]  #: nor without one of these, if any
    text: re.Pattern[str]
    begins: bool  #: the pattern stands at the beginning of a sentence
    particular: bool  #: says how things usually are, unless it speaks of something particular

    def kind_in(self, sentence: str) -> ClaimKind | None:
        """Return which deed a sentence tells of that has one of ``needs``; None where it tells of none."""
        if self.also and not any(one in sentence for one in self.also):
            return None
        found = self.text.match(sentence) if self.begins else self.text.search(sentence)
        if found is None:
            return None
        return self.kind or (ClaimKind(found.lastgroup) if found.lastgroup else ClaimKind.ARRANGED)


class Results:
    """What a language tells of deeds by their outcome; most sentences have none of the words it takes."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._results = tuple(results)
        self._needs = Patterns(re.compile("|".join(map(re.escape, one.needs))) for one in self._results)

    def within(self, sentence: str) -> list[Result]:
        """Return those that a sentence tells of."""
        likely = (self._results[place] for place in self._needs.may_be_in(sentence))
        return [one for one in likely if one.kind_in(sentence) is not None]


@dataclass(frozen=True, slots=True)
class Book:
    """A language's words and frames."""

    language: Language
    words: Mapping[str, tuple[Entry, ...]]
    endings: Mapping[str, tuple[Entry, ...]]  #: of compounds
    lengths: tuple[int, ...]  #: of the endings, longest first
    finder: re.Pattern[str]  #: finds whatever may be a word
    frames: Mapping[str, tuple[Frame, ...]]  #: by form
    unnamed: tuple[Unnamed, ...]  #: the assistant's acts that no word of the book names
    results: Results  #: what is told of a deed by its outcome
    denial: re.Pattern[str]  #: a clause that says that nothing was done
    condition: re.Pattern[str]  #: a clause that claims nothing
    contact_acts: re.Pattern[str]  #: such a clause that waits for the contact
    has_been: re.Pattern[str]  #: a tense or a word that says that it has happened, whatever else is to come
    just_now: re.Pattern[str]  #: says that it has happened in this very conversation
    asks_yes: re.Pattern[str]  #: asks the contact to agree before anything is done
    asks: re.Pattern[str]  #: a sentence that is a question from its beginning
    ends_asking: re.Pattern[str]
    general: re.Pattern[str]  #: how things usually are
    goes_on: re.Pattern[str]  #: stands before a word that shares the frame of the last one


_PATTERNS = (
    "denial condition contact_acts has_been just_now asks_yes asks ends_asking general goes_on".split()
)


@cache
def book_of(language: Language) -> Book:
    """Return the book of a language, read from the package once."""
    place = resources.files("fondaco.engine.guard").joinpath(f"claim_words/{language.value}.toml")
    raw = tomllib.loads(place.read_text("utf-8"))
    parts = _parts(raw["parts"])
    entries: dict[str, list[Entry]] = {}
    for word, entry in _entries(raw["words"], parts):
        entries.setdefault(word, []).append(entry)
    endings = {word[1:]: tuple(found) for word, found in entries.items() if word.startswith("*")}
    words = {word: tuple(found) for word, found in entries.items() if not word.startswith("*")}
    forms = sorted({form for frame in raw["frames"] for form in frame["form"].split()})
    return Book(
        language=language,
        words=words,
        endings=endings,
        lengths=tuple(sorted({len(word) for word in endings}, reverse=True)),
        finder=_finder(language, words),
        frames={
            form: tuple(_frame(one, parts) for one in raw["frames"] if form in one["form"].split())
            for form in forms
        },
        unnamed=tuple(_unnamed(one, parts) for one in raw["unnamed"]),
        results=Results(_result(one, parts) for one in raw["results"]),
        **{name: re.compile(_filled(raw[name], parts)) for name in _PATTERNS},
    )


def _parts(raw: Mapping[str, str]) -> dict[str, str]:
    """Return the pieces of patterns, each of which may use those before it."""
    parts: dict[str, str] = {}
    for name, pattern in raw.items():
        parts[name] = f"(?:{_filled(pattern, parts)})"
    return parts


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"(?<!\?P)<(\w+)>", lambda name: parts[name.group(1)], pattern)


def _entries(raw: Mapping[str, Any], parts: Mapping[str, str]) -> Iterator[tuple[str, Entry]]:
    for kind, forms in raw.items():
        for form, lines in forms.items():
            for line in lines:
                left, _, rest = line.rpartition(" << ")
                words, _, right = rest.partition(" >> ")
                entry = Entry(
                    kind=None if kind == "light" else ClaimKind(kind),
                    form=form,
                    left=re.compile(_filled(left, parts)) if left else None,
                    right=re.compile(_filled(right, parts)) if right else None,
                )
                yield from ((word, entry) for word in words.split())


def _frame(raw: Mapping[str, Any], parts: Mapping[str, str]) -> Frame:
    before, after = (_filled(raw.get(name, ""), parts) for name in ("before", "after"))
    return Frame(
        tense=Tense(raw["tense"]),
        by=By(raw["by"]),
        needs=tuple(raw["needs"].split("|")) if "needs" in raw else ("",),
        before=re.compile(f"(?:{before})$") if before else None,
        after=re.compile(after) if after else None,
        kinds=frozenset(map(ClaimKind, raw.get("kinds", "").split())) or frozenset(ClaimKind),
        particular=raw.get("particular", False),
        says=ClaimKind(raw["says"]) if "says" in raw else None,
    )


def _unnamed(raw: Mapping[str, str], parts: Mapping[str, str]) -> Unnamed:
    return Unnamed(
        tense=Tense(raw["tense"]),
        needs=tuple(raw["needs"].split("|")),
        text=re.compile(_filled(raw["text"], parts)),
    )


def _result(raw: Mapping[str, Any], parts: Mapping[str, str]) -> Result:
    return Result(
        tense=Tense(raw.get("tense", "done")),
        by=By(raw.get("by", "shop")),
        kind=ClaimKind(raw["kind"]) if "kind" in raw else None,
        needs=tuple(raw["needs"].split("|")),
        also=tuple(raw["and"].split("|")) if "and" in raw else (),
        text=re.compile(_filled(raw["text"], parts)),
        begins=raw["text"].startswith("^"),
        particular=raw.get("particular", True),
    )


def _finder(language: Language, words: Mapping[str, object]) -> re.Pattern[str]:
    if language in {Language.DE, Language.EN}:
        return re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))
