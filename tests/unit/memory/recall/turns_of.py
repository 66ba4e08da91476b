"""Past turns for tests, one an hour unless said otherwise."""

from __future__ import annotations

from fondaco.kit.text import words
from fondaco.llm.asking import Speaker
from fondaco.memory.recall import PastTurn

HOUR_MS = 60 * 60 * 1000
MINUTE_MS = 60 * 1000


def told(*texts: str, by: Speaker = Speaker.CONTACT, apart_ms: int = MINUTE_MS) -> list[PastTurn]:
    """Return turns with these texts; a word is a token."""
    return [
        PastTurn(seq=seq, at_ms=seq * apart_ms, by=by, text=text, tokens=max(len(words(text)), 1))
        for seq, text in enumerate(texts, 1)
    ]
