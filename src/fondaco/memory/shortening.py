"""What is too long for a prompt is told from both its ends, with a line that says how much is left out.

The measure is the one that needs no vocabulary, so that every process shortens the same text to the same
bytes, whatever is installed beside it.
"""

from __future__ import annotations

import unicodedata

from fondaco.llm.estimates import guessed_tokens

_LINE = "\n[… about {tokens} tokens are left out here …]\n"
_LINE_TOKENS = 20
_BEGINNING = 2 / 3  # of what is told: requests tend to stand first, and what was added last matters, too
_TRIES = 12
_JOINER = "\u200d"


def shortened(text: str, most_tokens: int) -> tuple[str, int]:
    """Return the text with at most about so many tokens, and how many were left out; 0 where it fits."""
    whole = guessed_tokens(text)
    if whole <= most_tokens:
        return text, 0
    room = max(0, most_tokens - _LINE_TOKENS)
    kept = int(len(text) * room / whole)
    for _ in range(_TRIES):
        beginning, end = _ends(text, kept)
        told = guessed_tokens(beginning) + guessed_tokens(end)
        if told <= room:
            break
        kept = int(kept * min(0.9, room / told))
    else:
        beginning, end, told = "", "", 0
    left_out = round(whole - told)
    return beginning + _LINE.format(tokens=left_out) + end, left_out


def _ends(text: str, characters: int) -> tuple[str, str]:
    first = _between_signs(text, int(characters * _BEGINNING))
    last = _between_signs(text, len(text) - (characters - int(characters * _BEGINNING)))
    return text[:first].rstrip(), text[last:].lstrip()


def _between_signs(text: str, place: int) -> int:
    """Return the place, or the next one before it that does not divide what is read as one sign."""
    while 0 < place < len(text) and (_hangs_on(text[place]) or text[place - 1] == _JOINER):
        place -= 1
    return place


def _hangs_on(sign: str) -> bool:
    """Return whether the sign belongs to the one before it: an accent, a joiner, a variant, a skin tone."""
    return (
        sign == _JOINER
        or unicodedata.combining(sign) > 0
        or sign in "\ufe0e\ufe0f"
        or ("\U0001f3fb" <= sign <= "\U0001f3ff")
    )
