"""How the simulator counts tokens: one simple rule, so that every bill can be checked by hand.

A part counts ``ceil(UTF-8 bytes / 4)`` tokens, and an empty one none.  Parts of the input are: the system
prompt (each of its blocks), each text of a message, each tool call (its name and the arguments' JSON
together), each tool result, each tool's definition (its JSON as it was sent).  Parts of the output are:
the reasoning, the text, and each tool call (name and arguments together).
"""

from __future__ import annotations

BYTES_A_TOKEN = 4


def count(part: str | bytes) -> int:
    """Return how many tokens a part counts."""
    length = len(part.encode() if isinstance(part, str) else part)
    return -(-length // BYTES_A_TOKEN)


def within(text: str, tokens: int) -> str:
    """Return the longest beginning of ``text`` that counts no more than ``tokens``."""
    return text.encode()[: tokens * BYTES_A_TOKEN].decode(errors="ignore")


def pieces_of(text: str, tokens: int) -> tuple[str, ...]:
    """Return ``text`` in pieces of about ``tokens`` tokens each, no character cut in two."""
    size = max(1, tokens * BYTES_A_TOKEN)
    if text.isascii():
        return tuple(text[at : at + size] for at in range(0, len(text), size))
    return _wide_pieces(text, size)


def _wide_pieces(text: str, size: int) -> tuple[str, ...]:
    pieces, begun, length = [], 0, 0
    for at, sign in enumerate(text):
        length += len(sign.encode())
        if length >= size:
            pieces.append(text[begun : at + 1])
            begun, length = at + 1, 0
    return (*pieces, text[begun:]) if begun < len(text) else tuple(pieces)


def shares(pieces: tuple[str, ...]) -> list[int]:
    """Return how many tokens each piece of one part adds; together they are the part's own count."""
    length, told, added = 0, 0, []
    for piece in pieces:
        length += len(piece.encode())
        now = -(-length // BYTES_A_TOKEN)
        added.append(now - told)
        told = now
    return added
