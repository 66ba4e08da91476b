"""Our own search terms in the forms that PostgreSQL reads: lexemes of a tsvector, and a tsquery.

PostgreSQL's own parsers find no Chinese word, and its trigrams none of two characters.
"""

from __future__ import annotations

from collections.abc import Iterable

from fondaco.kit.text import search_terms
from fondaco.storage.rules import required_terms

# A lexeme may have 2,046 bytes and a tsvector 1 MB (PostgreSQL manual, 12.11 Limitations).
_TERM_CHARACTERS = 200
_VECTOR_BYTES = 900_000


def kept_terms(text: str) -> str:
    """Return the terms of a stored text, each once, parted by spaces: terms have letters and digits only."""
    terms = dict.fromkeys(search_terms(text))
    together = " ".join(terms)
    if len(together) <= _TERM_CHARACTERS or (
        4 * len(together) <= _VECTOR_BYTES and max(map(len, terms)) <= _TERM_CHARACTERS
    ):
        return together
    return " ".join(_kept(terms))


def query_of(text: str) -> str:
    """Return the terms that a message must all have, in the form of a tsquery; empty if there are none."""
    return " & ".join(_quoted(_kept(required_terms(text))))


def _kept(terms: Iterable[str]) -> Iterable[str]:
    """Yield each term once, until PostgreSQL would take no more: a long text is found by its beginning."""
    room = _VECTOR_BYTES
    for term in dict.fromkeys(term[:_TERM_CHARACTERS] for term in terms):
        room -= len(term.encode())
        if room < 0:
            return
        yield term


def _quoted(terms: Iterable[str]) -> Iterable[str]:
    # Terms have letters and digits only; the marks are for the day when that is no longer so.
    return ("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in terms)
