"""The assistant's own sentences and the patterns by which it knows some of the contact's, per language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from fondaco.kit.language import Language
from fondaco.kit.patterns import Patterns
from fondaco.kit.text import normalise

_IN_ANY_LANGUAGE = frozenset({"acknowledgement", "identity", "vague"})
_NONE = Patterns(())
_PLACE = re.compile(r"\{(\w+)(?:\|\w+)?\}")


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's sentences and patterns."""

    language: Language
    sentences: Mapping[str, str]
    smalltalk: Mapping[str, Patterns]
    person: Patterns
    safety: Patterns
    new_code: Patterns

    def say(self, key: str, **values: str) -> str:
        """Return the sentence with its places filled; raises KeyError for a sentence that is not there."""
        return _PLACE.sub(lambda place: values.get(place.group(1), place.group()), self.sentences[key])

    def wants_person(self, text: str) -> bool:
        """Return whether the contact asks for a human."""
        return _any(self.person, text)

    def is_alarming(self, text: str) -> bool:
        """Return whether somebody may be in danger, or threatens."""
        return _any(self.safety, text)

    def wants_new_code(self, text: str) -> bool:
        """Return whether the contact asks for another one-time code, or says that none came."""
        return _any(self.new_code, text)

    def small_talk(self, text: str) -> str | None:
        """Return ``greeting``, ``thanks``, ``goodbye``, ``acknowledgement``, ``identity`` or ``vague``.

        None where the text is anything else or says more.  ``acknowledgement`` is an "ok", a yes or a no and
        asks nothing; ``identity`` asks who or what is answering; ``vague`` calls for help without saying
        with what.
        """
        return next((kind for kind, patterns in self.smalltalk.items() if _any(patterns, text)), None)

    def small_talk_of_strangers(self, text: str) -> str | None:
        """Return the same of a text that need not be in this language: only what counts in any."""
        if not any(_any(self.smalltalk.get(kind, _NONE), text) for kind in _IN_ANY_LANGUAGE):
            return None
        kind = self.small_talk(text)
        return kind if kind in _IN_ANY_LANGUAGE else None


def _any(patterns: Patterns, text: str) -> bool:
    folded = normalise(text)
    if len(folded) == len(text) and folded == text.lower():  # the patterns make no difference of case
        return patterns.found(folded)
    return patterns.found(text) or patterns.found(folded)


@cache
def phrases(language: Language) -> Phrases:
    """Return the sentences of a language, read from the package once."""
    raw = resources.files("fondaco.engine").joinpath(f"phrases/{language.value}.toml").read_text("utf-8")
    tables = tomllib.loads(raw)
    return Phrases(
        language=language,
        sentences=tables["phrases"],
        smalltalk={kind: _compiled(rules) for kind, rules in tables.get("smalltalk", {}).items()},
        person=_compiled(tables.get("wish_person", {}).get("rules", ())),
        safety=_compiled(tables.get("safety", {}).get("rules", ())),
        new_code=_compiled(tables.get("new_code", {}).get("rules", ())),
    )


@cache
def any_language(language: Language) -> tuple[Phrases, ...]:
    """Return all languages' phrases, the given one first: people mix languages when they are in need."""
    return (phrases(language), *(phrases(other) for other in Language if other is not language))


# Within one turn the same message is looked at several times.
@lru_cache(maxsize=256)
def small_talk(language: Language, text: str) -> str | None:
    """Return which small talk the text is in its language; what one word may be counts in any language.

    A single word such as "Hilfe" or "ok" does not tell its language.
    """
    own = phrases(language).small_talk(text)
    if own is not None:
        return own
    others = (book.small_talk_of_strangers(text) for book in any_language(language)[1:])
    return next((kind for kind in others if kind), None)


def _compiled(rules: Iterable[str]) -> Patterns:
    return Patterns(re.compile(rule, re.IGNORECASE) for rule in rules)
