"""What an operator may set about the local answerer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fondaco.kit.language import Language


@dataclass(frozen=True, slots=True)
class KnowledgeOptions:
    """From which confidence on the local answerer answers, offers, or stays out of it.

    0.9 is a prior that was measured on public data; each operator measures the real precision in shadow mode.
    """

    answer_at: float = 0.9  #: probability that the first entry is right, from which it may be sent unasked
    offer_at: float = 0.1  #: probability that one of the first three is right, from which they are offered
    answer_at_by_language: Mapping[Language, float] = field(default_factory=dict)  #: replaces ``answer_at``
    embeddings: bool = True  #: False works by words alone: no model in memory, no match across languages
    passage_characters: int = 400  #: about how long a passage of a page is

    def answer_threshold(self, language: Language) -> float:
        """Return the probability from which an answer in ``language`` may be sent unasked."""
        return self.answer_at_by_language.get(language, self.answer_at)
