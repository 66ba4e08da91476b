"""Cuts fall where turns begin, keep the floor, and never exceed the limit."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from fondaco.memory.atoms import Atom, tokens_of, turn_starts
from fondaco.memory.cutting import Cut, after, decide
from fondaco.memory.strategies import APPEND, SLIDING, STEPPED, STRATEGIES, Marks, Strategy, StrategyName
from tests.unit.memory.saying import answered, asked, called, turns

MARKS = Marks(high_tokens=200, low_tokens=70, most_tokens=1_000, floor_tokens=20)


def cut_of(window: Sequence[Atom], strategy: Strategy = STEPPED, marks: Marks = MARKS) -> Cut | None:
    return decide(window, tokens_of(window), strategy, marks)


def test_a_window_within_its_marks_stays() -> None:
    assert cut_of(turns(6)) is None


def test_a_full_window_is_cut_to_the_low_mark_where_a_turn_begins() -> None:
    window = turns(7)

    cut = cut_of(window)

    assert cut == Cut(place=15, before_seq=16, hidden_tokens=150, kept_tokens=60)
    assert after(window, 16) == window[15:]


def test_a_sliding_window_keeps_as_much_as_fits() -> None:
    cut = cut_of(turns(7), SLIDING)

    assert cut is not None
    assert cut.kept_tokens == 180


def test_without_marks_only_the_limit_cuts() -> None:
    assert cut_of(turns(33), APPEND) is None

    cut = cut_of(turns(34), APPEND)

    assert cut is not None
    assert cut.kept_tokens == 480


def test_the_floor_outweighs_the_low_mark() -> None:
    marks = Marks(high_tokens=200, low_tokens=20, most_tokens=1_000, floor_tokens=100)

    cut = cut_of(turns(7), marks=marks)

    assert cut is not None
    assert cut.kept_tokens == 120


def test_a_long_message_is_not_kept_for_the_floor_beyond_the_high_mark() -> None:
    marks = Marks(high_tokens=200, low_tokens=70, most_tokens=10_000, floor_tokens=100)
    window = [asked(1, 5_000), answered(2, 30), asked(3, 10), answered(4, 10)]

    cut = cut_of(window, marks=marks)

    assert cut == Cut(place=1, before_seq=2, hidden_tokens=5_000, kept_tokens=50)


def test_a_turn_too_long_for_the_limit_is_cut_between_its_atoms() -> None:
    window = [asked(1), *(called(seq, 400) for seq in range(2, 6)), answered(6, 30)]

    cut = cut_of(window)

    assert cut == Cut(place=5, before_seq=6, hidden_tokens=1_610, kept_tokens=30)


def test_where_even_the_last_atom_is_too_long_nothing_stays() -> None:
    window = [*turns(2), asked(7, 5_000)]

    cut = cut_of(window)

    assert cut == Cut(place=7, before_seq=8, hidden_tokens=5_060, kept_tokens=0)


def test_nothing_is_cut_of_nothing() -> None:
    assert decide([], 0, APPEND, Marks(high_tokens=1, low_tokens=1, most_tokens=0)) is None


@given(
    st.sampled_from(StrategyName),
    st.lists(st.tuples(st.sampled_from((asked, called, answered)), st.integers(1, 900)), max_size=40),
    st.integers(0, 2_000),
)
def test_what_a_cut_leaves_fits_and_is_the_end_of_the_window(
    name: StrategyName, told: list[tuple[type, int]], most: int
) -> None:
    window = [make(seq, tokens) for seq, (make, tokens) in enumerate(told, 1)]
    marks = Marks(high_tokens=1_500, low_tokens=500, most_tokens=most)

    cut = cut_of(window, STRATEGIES[name], marks)
    kept = window if cut is None else list(after(window, cut.before_seq))

    assert tokens_of(kept) <= most
    assert kept == window[len(window) - len(kept) :]
    assert cut is None or tokens_of(window) == cut.hidden_tokens + cut.kept_tokens
    assert cut is None or cut.kept_tokens == tokens_of(kept)
    place = len(window) - len(kept)
    whole = [start for start in turn_starts(window) if 512 <= tokens_of(window[start:]) <= most]
    assert place in (0, *turn_starts(window)) or not whole
