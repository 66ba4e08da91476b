"""Explains a value as one sum, difference or multiple of values that stand in the same reply."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, combinations

from fondaco.engine.guard.words import Fact

Term = tuple[Decimal, Fact]
_LEAST_RUN = 3
_MOST_TERMS = 40  # beyond, a reply has so many values that some pair adds up to nearly anything


def explain(
    wanted: Decimal, terms: Sequence[Term], counts: Sequence[Term], *, sums: bool = True
) -> tuple[str, tuple[Fact, ...]]:
    """Return how ``wanted`` comes from the terms, such as ``+``, with the facts used; else empty.

    A sum is of two terms or of neighbours that stand one after the other; a multiple is of one term and a
    count, and the only way where ``sums`` is off.
    """
    if len(terms) > _MOST_TERMS:
        return "", ()
    found = _multiple(wanted, terms, counts)
    if found is None and sums:
        found = _pair(wanted, terms) or _run(wanted, terms)
    return found or ("", ())


def _pair(wanted: Decimal, terms: Sequence[Term]) -> tuple[str, tuple[Fact, ...]] | None:
    for (one, fact), (other, another) in combinations(terms, 2):
        if one + other == wanted:
            return "+", (fact, another)
        if abs(one - other) == wanted:
            return "-", (fact, another) if one > other else (another, fact)
    return None


def _multiple(
    wanted: Decimal, terms: Sequence[Term], counts: Sequence[Term]
) -> tuple[str, tuple[Fact, ...]] | None:
    for number, count in counts:
        for term, fact in terms:
            if number > 1 and term > 1 and number * term == wanted:
                return "*", (count, fact)
    return None


def _run(wanted: Decimal, terms: Sequence[Term]) -> tuple[str, tuple[Fact, ...]] | None:
    for begin in range(len(terms) - _LEAST_RUN + 1):
        sums = accumulate(number for number, _ in terms[begin:])
        for length, total in enumerate(sums, 1):
            if total == wanted and length >= _LEAST_RUN:
                return "+", tuple(fact for _, fact in terms[begin : begin + length])
    return None
