"""How much one file and one article may bring."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Above these something is a mistake: a wrong file, or a page that no one could quote from."""

    file_bytes: int = 5_000_000
    files: int = 10_000
    body_characters: int = 100_000
    answer_characters: int = 4_000  #: an answer is one message
    title_characters: int = 300
    question_characters: int = 500
    questions: int = 200
    rule_characters: int = 1_000
