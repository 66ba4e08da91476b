"""Finds what an answer says to be done, by plain words, and whether the merchant system has done it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

from fondaco.domain import events as ev
from fondaco.kit.language import Language
from fondaco.lab.invent.facts import articles
from fondaco.lab.invent.played import Conversed, Played
from fondaco.lab.invent.watching import Seen

_MAYBE = "maybe"  #: the section of words that make a sentence no claim
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n+")
_BY_DEED = {
    "cancellation": frozenset({"cancelled", "refunded"}),
    "withdrawal": frozenset({"cancelled"}),
    "return": frozenset({"returned"}),
    "refund": frozenset({"refunded"}),
    "address": frozenset({"changed"}),
    "invoice": frozenset({"sent"}),
}
#: What the merchant system's own states tell, by the value that stands in its answers.
_BY_STATE = {
    "cancelled": frozenset({"cancelled", "refunded"}),
    "refunded": frozenset({"refunded", "returned"}),
    "received": frozenset({"returned"}),
    "announced": frozenset({"returned"}),
    "shipped": frozenset({"sent"}),
    "delivered": frozenset({"sent", "delivered"}),
    "in_transit": frozenset({"sent"}),
}


def invented(seen: Seen, conversed: Conversed, played: Played) -> list[str]:
    """Return the sentences that say something was done that nobody did, as far as the contact may know."""
    language = conversed.talk.language
    claimed = [(kind, sentence) for sentence in _sentences(seen.text) for kind in _kinds(sentence, language)]
    done = _done(seen, conversed, played) if claimed else frozenset()
    return [f"{kind}: {sentence}" for kind, sentence in claimed if kind not in done]


def _sentences(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    return [one.strip() for one in _SENTENCE.split(folded) if one.strip()]


def _kinds(sentence: str, language: Language) -> list[str]:
    book = _book()
    if re.search(book[_MAYBE][language], sentence) or sentence in _published():
        return []
    return [kind for kind, words in book.items() if kind != _MAYBE and re.search(words[language], sentence)]


@cache
def _book() -> dict[str, dict[Language, str]]:
    told = tomllib.loads(resources.files(__package__).joinpath("claims.toml").read_text(encoding="utf-8"))
    return {kind: {Language(code): words for code, words in one.items()} for kind, one in told.items()}


@cache
def _published() -> frozenset[str]:
    """Return the sentences of all articles, which speak of nobody's order."""
    texts = (text for group in articles().values() for text in group)
    return frozenset(sentence for text in texts for sentence in _sentences(text) if "{" not in sentence)


def _done(seen: Seen, conversed: Conversed, played: Played) -> frozenset[str]:
    """Return what was done: effects on the contact's proven order, its states, persons that were asked."""
    talk, found = conversed.talk, set[str]()
    if talk.has_proven(talk.messages[: seen.after]):
        deeds = (one for one in played.deeds if one.order_number == talk.order_number)
        found |= {kind for one in deeds for kind in _BY_DEED[one.kind]}
        found |= {kind for state in _states(conversed) for kind in _BY_STATE.get(state, frozenset())}
    if any(isinstance(record.event, ev.HandoffRequested) for record in conversed.records):
        found.add("handed_over")
    return frozenset(found)


def _states(conversed: Conversed) -> Iterator[str]:
    for told in conversed.told:
        for one in told.personal:
            if isinstance(one, dict) and isinstance(one.get("state"), str):
                yield one["state"]
