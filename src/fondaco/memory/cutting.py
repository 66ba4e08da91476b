"""Where a window is cut: at the beginning of a turn, never within an atom, as seldom as its strategy says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from fondaco.memory.atoms import Atom, turn_starts
from fondaco.memory.strategies import Marks, Strategy


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a window, and what it divides."""

    place: int  #: of the first atom that stays; the window's length where none does
    before_seq: int  #: what came before this event is hidden
    hidden_tokens: int
    kept_tokens: int


def decide(window: Sequence[Atom], window_tokens: int, strategy: Strategy, marks: Marks) -> Cut | None:
    """Return where the strategy wants the window cut; None where it stays as it is.

    ``window_tokens`` is what its atoms take together, which whoever keeps the window knows already.
    """
    keep = strategy.keep(window_tokens, marks)
    if keep is None or not window:
        return None
    place = _place(window, max(0, keep), marks)
    if place == 0:
        return None
    kept = sum(atom.tokens for atom in window[place:])
    return Cut(
        place=place,
        before_seq=window[place].seq if place < len(window) else window[-1].seq + 1,
        hidden_tokens=window_tokens - kept,
        kept_tokens=kept,
    )


def after(window: Sequence[Atom], before_seq: int) -> Sequence[Atom]:
    """Return what a cut leaves of a window."""
    place = next((place for place, atom in enumerate(window) if atom.seq >= before_seq), len(window))
    return window[place:]


def _place(window: Sequence[Atom], keep: int, marks: Marks) -> int:
    """Return the first atom that stays.

    That is the beginning of a turn from which on at most ``keep`` tokens follow; where those would be fewer
    than the floor, an earlier one, if the window keeps within its high mark so; and where turns are too long
    for either, the first atom from which on it fits.
    """
    left = _left(window)
    starts = turn_starts(window)
    place = _first(starts, left, keep)
    if place is not None and left[place] >= marks.floor_tokens:
        return place
    most = min(marks.most_tokens, max(keep, marks.floor_tokens))
    high = min(marks.most_tokens, max(most, marks.high_tokens))
    fuller = [start for start in starts if marks.floor_tokens <= left[start] <= high]
    if fuller:
        return fuller[-1]
    anywhere = _first(range(len(window)), left, most)
    return len(window) if anywhere is None else anywhere


def _first(places: Iterable[int], left: Sequence[int], most: int) -> int | None:
    return next((place for place in places if left[place] <= most), None)


def _left(window: Sequence[Atom]) -> list[int]:
    """Return for each place what it and everything behind it takes."""
    return list(accumulate(atom.tokens for atom in reversed(window)))[::-1]
