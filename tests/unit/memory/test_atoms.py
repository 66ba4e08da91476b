"""An episode in pieces, and where its turns begin."""

from __future__ import annotations

from fondaco.memory.atoms import tokens_of, turn_starts
from tests.unit.memory.saying import answered, asked, called, turns


def test_a_turn_begins_with_the_first_words_after_the_shops() -> None:
    atoms = [asked(1), asked(2), called(3), answered(4), asked(5), called(6), asked(7), answered(8), asked(9)]

    assert turn_starts(atoms) == [0, 4, 8]


def test_what_the_shop_says_first_begins_a_turn() -> None:
    assert turn_starts([answered(1), answered(2), asked(3)]) == [0, 2]


def test_nothing_has_no_turns() -> None:
    assert turn_starts([]) == []


def test_the_words_of_tools_are_what_was_passed_and_told() -> None:
    assert called(1).text == 'order\n{"number":"7"}\norder\nfound'
    assert not called(1).is_message
    assert asked(1, text="Hello").text == "Hello"


def test_atoms_take_together_what_each_takes() -> None:
    assert tokens_of(turns(3, tokens=7)) == 63
