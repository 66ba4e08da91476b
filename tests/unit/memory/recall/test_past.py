"""The index of an episode."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.llm.asking import Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.memory.atoms import Atom
from fondaco.memory.recall import Past, ask, from_atom, score
from tests.unit.memory.recall.turns_of import HOUR_MS, told

TEXTS = ("red shoes for Anna", "they cost 55 EUR", "and where is the parcel?", "in Bonn since Monday")


def test_an_index_that_grew_turn_by_turn_scores_as_one_that_was_built_at_once() -> None:
    turns, question = told(*TEXTS), ask("where are the shoes")
    grown = Past()

    grown.add(turns[:1])
    grown.add(turns[1:3])
    grown.add(turns[3:])

    assert len(grown) == 4
    assert score(grown, question).tolist() == score(Past(turns), question).tolist()


def test_the_turns_that_came_later_change_nothing_of_what_is_asked_before_them() -> None:
    turns, question = told(*TEXTS), ask("shoes in Bonn")

    early = Past(turns).count(question.terms, 2)

    assert early.tolist() == Past(turns[:2]).count(question.terms, 2).tolist()


@pytest.mark.parametrize("seq", [1, 2])
def test_turns_out_of_order_are_refused(seq: int) -> None:
    past, turns = Past(told("one", "two")), told("one", "two")

    with pytest.raises(ValueError, match="in order"):
        past.add([turns[seq - 1]])


def test_a_sitting_ends_with_a_long_pause() -> None:
    first, second, third = told("a", "b", "c")
    later = msgspec.structs.replace(third, at_ms=second.at_ms + HOUR_MS)

    assert Past([first, second, later]).columns().sittings.tolist() == [0, 0, 1]


def test_an_atom_with_tools_is_found_by_what_they_told() -> None:
    entries = (
        Wished(text="", wishes=(ToolWish(id="1", name="find_order", arguments='{"id": "RI-10482"}'),)),
        ToolAnswered(wish_id="1", name="find_order", content='{"city": "Bonn"}'),
    )
    atom = Atom(seq=1, at_ms=0, by=Speaker.ASSISTANT, entries=entries, tokens=30)
    said = Atom(seq=3, at_ms=0, by=Speaker.CONTACT, entries=(Said(by=Speaker.CONTACT, text="ok"),), tokens=3)

    past = Past([from_atom(atom), from_atom(said)])

    assert past.count(["bon", "10482"], 2).tolist() == [[1, 0], [1, 0]]


def test_what_is_known_of_every_turn_is_kept_until_one_is_added() -> None:
    past = Past(told(*TEXTS))
    before = past.columns()

    past.add([])

    assert past.columns() is before
    past.add(told(*TEXTS, "one more")[4:])
    assert past.columns() is not before


def test_an_empty_past_has_columns_and_no_scores() -> None:
    past = Past()

    assert score(past, ask("anything")).tolist() == []
    assert past.columns().tokens.tolist() == []


def test_who_speaks_is_known_to_questions() -> None:
    named = [msgspec.structs.replace(turn, name="Emi") for turn in told("hello")]

    assert Past(named).ask("what did Emi say?").about == ("emi",)
