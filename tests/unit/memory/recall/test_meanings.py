"""Sentence vectors beside the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from fondaco.memory.recall import Past, ask, score
from fondaco.memory.recall.vectors import Floats
from tests.unit.memory.recall.turns_of import HOUR_MS, told

TEXTS = ("we own a poodle", "the car is red", "it rained all day", "he barks at night")


class Kinds:
    """Knows two kinds of things: animals and all else."""

    dimensions = 2

    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += len(texts)
        return np.array([[1, 0] if self._animal(text) else [0, 1] for text in texts], dtype=np.float32)

    @staticmethod
    def _animal(text: str) -> bool:
        return any(word in text for word in ("poodle", "barks", "pet"))


def test_what_means_the_same_in_other_words_is_found() -> None:
    past = Past(told(*TEXTS, apart_ms=HOUR_MS))
    question = past.ask("which pet is it")
    past.learn_meanings(Kinds())

    best = np.argsort(-score(past, question))[:2]

    assert sorted(best.tolist()) == [0, 3]


def test_only_new_turns_are_embedded_and_asking_again_is_free() -> None:
    kinds, turns = Kinds(), told(*TEXTS)
    past = Past(turns[:3])
    past.learn_meanings(kinds)
    past.add(turns[3:])

    past.learn_meanings(kinds)
    score(past, ask("pet"))
    score(past, ask("pet"))

    assert kinds.texts == 4 + len(ask("pet").rewritten)


def test_vectors_that_grew_are_those_that_were_made_at_once() -> None:
    kinds, turns = Kinds(), told(*TEXTS)
    grown, whole = Past(turns[:2]), Past(turns)
    grown.learn_meanings(kinds)
    grown.add(turns[2:])
    grown.learn_meanings(kinds)

    whole.learn_meanings(kinds)

    assert grown.meanings.alone.tolist() == whole.meanings.alone.tolist()
    assert grown.meanings.around == pytest.approx(whole.meanings.around, rel=1e-5)


def test_turns_without_a_vector_yet_are_scored_by_words() -> None:
    turns = told(*TEXTS, "my parcel number is RI-10482", apart_ms=HOUR_MS)
    past = Past(turns[:4])
    past.learn_meanings(Kinds())

    past.add(turns[4:])

    assert int(score(past, ask("the number of the parcel")).argmax()) == 4


def test_vectors_of_another_model_are_made_anew() -> None:
    past, other = Past(told(*TEXTS)), Kinds()
    past.learn_meanings(Kinds())

    past.learn_meanings(other)

    assert other.texts == 4


def test_without_a_model_nothing_is_near() -> None:
    assert Past(told(*TEXTS)).meanings.nearness(("pet",), 4) is None
