"""The parts of the index: passages, words, regressions, confidence, and texts with their vectors."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.knowledge.confidence import LogisticModel, shipped_confidence
from fondaco.knowledge.embeddings import cache_key, encode_cached
from fondaco.knowledge.lbfgs import minimise
from fondaco.knowledge.lexical import LexicalIndex
from fondaco.knowledge.ngrams import NgramSpace
from fondaco.knowledge.passages import split_passages
from fondaco.knowledge.scorers import Evidence
from fondaco.knowledge.softmax import Matrix, fit
from fondaco.knowledge.units import shelve
from tests.unit.knowledge.concepts import ConceptEmbedder
from tests.unit.knowledge.shop import stored


def test_a_short_text_is_one_passage() -> None:
    assert split_passages("One. Two.") == ["One. Two."]


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    text = "This is the first sentence. " * 10 + "It costs 3.50 euros today. " * 10

    passages = split_passages(text.strip(), 100)

    assert all(passage.endswith(("sentence.", "today.")) for passage in passages)
    assert max(map(len, passages)) <= 100
    assert " ".join(passages) == text.strip()


def test_chinese_is_cut_at_its_own_full_stops_and_shorter() -> None:
    passages = split_passages("我们支持七天无理由退货。" * 40, 400)

    assert all(passage.endswith("。") for passage in passages)
    assert max(map(len, passages)) <= 160


@pytest.mark.parametrize("text", ["x" * 1000, "字" * 1000, "word " * 300])
def test_a_text_without_sentences_is_still_cut(text: str) -> None:
    assert max(map(len, split_passages(text, 100))) <= 200


@pytest.mark.parametrize("text", ["", " \n\n \n"])
def test_an_empty_text_has_no_passage(text: str) -> None:
    assert split_passages(text) == []


def test_a_text_that_shares_rarer_words_fits_better() -> None:
    lexical = LexicalIndex(["where is the invoice", "where is the parcel", "where is the shop"])

    scores = lexical.scores("where invoice").values

    assert scores.argmax() == 0


def test_a_question_whose_words_are_all_stored_is_known_and_one_of_new_words_is_not() -> None:
    lexical = LexicalIndex(["where is the invoice"])

    assert lexical.scores("the invoice").known == 1.0
    assert lexical.scores("bicycle bell").known == 0.0


def test_a_text_has_length_one_in_the_space_of_its_letters() -> None:
    space = NgramSpace(["return an item", "pay by card"])

    lengths = np.linalg.norm(space.matrix(), axis=1)

    assert lengths == pytest.approx([1.0, 1.0], abs=1e-5)
    assert np.linalg.norm(space.vector("card payments").values) == pytest.approx(1.0, abs=1e-5)


def test_the_minimum_of_a_bowl_is_found() -> None:
    bottom = np.array([3.0, -2.0, 0.5], dtype=np.float32)
    slope = np.array([1.0, 10.0, 0.1], dtype=np.float32)

    def bowl(at: Matrix) -> tuple[float, Matrix]:
        return float((slope * (at - bottom) ** 2).sum()), 2 * slope * (at - bottom)

    found = minimise(bowl, np.zeros(3, dtype=np.float32), iterations=100, tolerance=1e-9)

    assert found == pytest.approx(bottom, abs=1e-2)


def test_the_regression_is_the_same_with_fewer_and_with_more_rows_than_features() -> None:
    few = np.array([[1, 0, 0, 0], [0.8, 0.6, 0, 0], [0, 0, 1, 0]], dtype=np.float32)
    labels = np.array([0, 0, 1])
    narrow = fit(few[:, :3], labels, np.ones(3, dtype=np.float32), penalty=0.5, iterations=200)
    wide = fit(few, labels, np.ones(3, dtype=np.float32), penalty=0.5, iterations=200)

    asked = np.array([0.6, 0.1, 0.3, 0.0], dtype=np.float32)

    assert wide.log_shares(asked) == pytest.approx(narrow.log_shares(asked[:3]), abs=0.02)
    assert np.exp(wide.log_shares(asked)).sum() == pytest.approx(1.0, abs=1e-5)


def test_a_logistic_model_takes_a_missing_number_for_its_mean() -> None:
    model = LogisticModel(bias=0.0, weights={"a": 2.0}, mean={"a": 5.0}, spread={"a": 1.0})

    assert model.probability({}) == 0.5
    assert model.probability({"a": 6.0}) > 0.8
    assert model.probability({"a": -1e9}) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("evidence", list(Evidence))
def test_the_shipped_confidence_knows_every_kind_of_evidence(evidence: Evidence) -> None:
    shipped = shipped_confidence()

    assert shipped.first[evidence].weights
    assert shipped.three[evidence].weights
    assert shipped.passage[evidence].weights
    assert "lab.answers train" in shipped.recipe


def test_a_title_is_a_way_of_asking_and_equal_phrasings_count_once() -> None:
    shelf = shelve([stored("returns", "Return policy", "return  POLICY", title="Returns")], 400)

    assert [unit.text for unit in shelf.phrasings] == ["return  POLICY", "Returns"]


def test_an_article_in_two_languages_is_one_entry() -> None:
    shelf = shelve([stored("a", "one"), stored("b", "two"), stored("a", "three")], 400)

    assert shelf.keys == ("a", "b")
    assert shelf.by_entry == ((0, 2), (1,))


def test_the_same_text_has_another_key_for_another_model() -> None:
    one, other = ConceptEmbedder(), ConceptEmbedder()
    other.name = "other"

    assert cache_key(one, "text") != cache_key(other, "text")


def test_a_cache_gives_the_same_vectors() -> None:
    embedder = ConceptEmbedder()
    texts = ["return", "pay", "return"]

    assert np.array_equal(encode_cached(embedder, texts, {}), embedder.encode(texts))
