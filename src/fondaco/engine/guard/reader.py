"""How the texts of a conversation are read for values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from fondaco.engine.guard.values import NO_STATES, StateNames, read_values
from fondaco.engine.guard.words import Value
from fondaco.kit.language import Language


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values as one conversation means them; equal readers share what they have read."""

    language: Language
    today: date | None = None
    ids: tuple[re.Pattern[str], ...] = ()  #: find the merchant's own ids
    states: StateNames = NO_STATES

    def __hash__(self) -> int:
        return hash((self.language, self.today))  # the states are many words, and hashed for every text

    def with_ids(self, ids: tuple[re.Pattern[str], ...]) -> Reader:
        """Return a reader that finds further ids."""
        return replace(self, ids=(*self.ids, *ids)) if ids else self

    def read(self, text: str) -> tuple[Value, ...]:
        """Return the values of a text."""
        return read_values(text, self.language, self.today, self.ids, self.states)
