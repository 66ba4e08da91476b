"""Sentence vectors beside the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from fondaco.memory.recall import Past, Question, learn, score
from fondaco.memory.recall.learning import lacking
from fondaco.memory.recall.meanings import MOST_COMPARED, Meanings, Surroundings, compared
from fondaco.memory.recall.vectors import Floats
from tests.unit.memory.recall.turns_of import HOUR_MS, told

TEXTS = ("we own a poodle", "the car is red", "it rained all day", "he barks at night")


class Kinds:
    """Knows two kinds of things: animals and all else."""

    dimensions = 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        return np.array([[1, 0] if self._animal(text) else [0, 1] for text in texts], dtype=np.float32)

    @staticmethod
    def _animal(text: str) -> bool:
        return any(word in text for word in ("poodle", "barks", "pet"))


def found(past: Past, question: Question, kinds: Kinds) -> Floats:
    return score(past, question, wanted=learn(past, question, kinds))


def test_what_means_the_same_in_other_words_is_found() -> None:
    past = Past(told(*TEXTS, apart_ms=HOUR_MS))
    question = past.ask("which pet is it")

    best = np.argsort(-found(past, question, Kinds()))[:2]

    assert sorted(best.tolist()) == [0, 3]
    assert sorted(np.argsort(-score(past, question))[:2].tolist()) != [0, 3]


def test_only_new_turns_are_embedded() -> None:
    kinds, turns = Kinds(), told(*TEXTS)
    past = Past(turns[:3])
    question = past.ask("pet")
    learn(past, question, kinds)
    past.add(turns[3:])

    learn(past, question, kinds)

    assert [text for text in kinds.texts if text in TEXTS] == list(TEXTS)
    assert len(past.meanings) == 4


def test_only_turns_that_are_asked_of_are_embedded() -> None:
    past = Past(told(*TEXTS))

    learn(past, past.ask("pet"), Kinds(), until=2)

    assert past.meanings.lack(np.arange(4)) == [2, 3]


def test_vectors_that_came_one_by_one_find_what_those_find_that_were_made_at_once() -> None:
    kinds, turns = Kinds(), told(*TEXTS)
    grown, whole = Past(turns[:2]), Past(turns)
    question = whole.ask("which pet is it")
    learn(grown, question, kinds)
    grown.add(turns[2:])

    assert found(grown, question, kinds).tolist() == found(whole, question, kinds).tolist()


def test_turns_without_a_vector_are_scored_by_words() -> None:
    past = Past(told(*TEXTS, apart_ms=HOUR_MS))
    question = past.ask("the number of the parcel")
    wanted = learn(past, question, Kinds())

    past.add(told(*TEXTS, "my parcel number is RI-10482", apart_ms=HOUR_MS)[4:])

    assert int(score(past, question, wanted=wanted).argmax()) == 4


def test_of_a_long_past_the_best_by_words_are_compared_whatever_was_embedded_before() -> None:
    texts = [f"nothing at all {number}" for number in range(MOST_COMPARED)]
    turns = told(*texts[:100], "the poodle of my aunt", *texts[100:], apart_ms=HOUR_MS)
    fresh, known = Past(turns), Past(turns)
    question = fresh.ask("what of the aunt and her pet 7")
    learn(known, known.ask("nothing 400 401 402"), Kinds())

    first, second = found(fresh, question, Kinds()), found(known, question, Kinds())

    assert len(fresh.meanings) == MOST_COMPARED
    assert len(known.meanings) >= MOST_COMPARED
    assert first.tolist() == second.tolist()
    assert int(first.argmax()) == 100


def test_of_the_scores_by_words_the_best_are_compared_in_order() -> None:
    scores = np.array([0.1, 3.0, 0.2, 2.0, 2.0], dtype=np.float32)

    assert compared(scores, 3).tolist() == [1, 3, 4]
    assert compared(scores, 5).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("texts", "sizes"), [((700, 700, 700), [2, 1]), ((5_000, 10, 10), [3]), ((), [])])
def test_turns_are_embedded_in_small_batches(texts: tuple[int, ...], sizes: list[int]) -> None:
    past = Past(told(*("x" * size for size in texts)))

    batches = list(lacking(past, past.ask("x"), len(past)))

    assert [len(batch) for batch in batches] == sizes


def test_a_vector_of_bytes_points_where_the_whole_one_does() -> None:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(20, 512)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    meanings = Meanings()

    meanings.keep(range(20), vectors)

    near = meanings.nearness(np.arange(20), vectors[3:5])
    assert near == pytest.approx((vectors @ vectors[3:5].T).max(axis=1), abs=0.01)


def test_what_stands_around_counts_less_the_farther_it_is_and_only_in_its_sitting() -> None:
    near = np.array([1, 0, 0, 0], dtype=np.float32)
    middles, sittings = np.array([0.0, 50.0, 300.0, 301.0]), np.array([0, 0, 0, 1])

    stands = Surroundings(middles, sittings).nearness(near)

    assert stands[0] > stands[1] > stands[2] > 0
    assert stands[3] == 0
