"""How long the model is tried, and with how many contacts at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fondaco.kit.language import Language

Tell = Callable[[str], None]  #: is told how far it is


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is played."""

    conversations: int = 100
    languages: tuple[Language, ...] = tuple(Language)
    messages: int = 3  #: of a contact, at most
    at_once: int = 4
    minutes: float = 45.0  #: after which no further message is written
    seed: int = 7  #: draws the conversations, and what the model says
    max_output_tokens: int = 120  #: of an answer of the model
    threads: int = 1  #: of the model
    first_token_seconds: float = 150.0  #: longer than usual: few threads compute for all contacts
    answer_seconds: float = 240.0
