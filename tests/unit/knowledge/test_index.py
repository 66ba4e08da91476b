"""One question in, the passages that answer it out, and an honest decision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fondaco.kit.language import Language
from fondaco.knowledge import Decision, Embedder, KnowledgeIndex, KnowledgeOptions
from tests.unit.knowledge.concepts import ConceptEmbedder
from tests.unit.knowledge.shop import SHOP, stored

DE, EN, ZH = Language.DE, Language.EN, Language.ZH

with_and_without_vectors = pytest.mark.parametrize(
    "embedder", [ConceptEmbedder(), None], ids=["vectors", "words"]
)


@with_and_without_vectors
def test_a_stored_question_is_answered_with_its_stored_text(embedder: Embedder | None) -> None:
    index = KnowledgeIndex.build(SHOP, embedder)

    found = index.search("how do i return an item", EN)

    assert found.decision is Decision.ANSWER
    assert found.passages[0].text == "You may return within 30 days."
    assert found.passages[0].matched == "How do I return an item?"
    assert found.confidence >= 0.9


@with_and_without_vectors
@pytest.mark.parametrize("question", ["", "   ", "👍👍🎉", "???!!", "\x00\u202e", "—"])
def test_a_message_without_words_finds_nothing(embedder: Embedder | None, question: str) -> None:
    index = KnowledgeIndex.build(SHOP, embedder)

    found = index.search(question, EN)

    assert (found.decision, found.passages, found.confidence) == (Decision.NONE, (), 0.0)
    assert found.reasons == ("the message has no words",)


@with_and_without_vectors
@pytest.mark.parametrize("question", ["hello", "tell me a joke", "xkcd qwfp zxcv", "你好", "wie geht es dir"])
def test_small_talk_and_gibberish_are_left_alone(embedder: Embedder | None, question: str) -> None:
    index = KnowledgeIndex.build(SHOP, embedder)

    assert index.search(question, EN).decision is Decision.NONE


@with_and_without_vectors
def test_a_greeting_is_not_answered_with_a_body_that_happens_to_hold_it(embedder: Embedder | None) -> None:
    contact = stored("contact", "How can I reach you?", body="Write to hello@shop.example")
    index = KnowledgeIndex.build([*SHOP, contact], embedder)

    assert index.search("Hello!", EN).decision is Decision.NONE


@with_and_without_vectors
def test_nothing_stored_finds_nothing(embedder: Embedder | None) -> None:
    found = KnowledgeIndex.build([], embedder).search("where is my order", EN)

    assert found.decision is Decision.NONE
    assert found.reasons == ("nothing is stored",)


def test_the_answer_comes_in_the_language_that_was_asked_for() -> None:
    index = KnowledgeIndex.build(SHOP, ConceptEmbedder())

    found = index.search("How do I return an item?", DE)

    assert found.passages[0].language is DE
    assert found.passages[0].text == "Rückgabe innerhalb von 30 Tagen."


def test_an_entry_without_the_language_answers_in_the_one_it_has() -> None:
    index = KnowledgeIndex.build(SHOP, ConceptEmbedder())

    found = index.search("Is there a guarantee?", DE)

    assert (found.passages[0].key, found.passages[0].language) == ("warranty", EN)


def test_a_question_in_a_language_nothing_is_stored_in_is_matched_by_meaning() -> None:
    index = KnowledgeIndex.build(SHOP, ConceptEmbedder())

    found = index.search("怎么退货？", ZH)

    assert found.passages[0].key == "returns"
    assert any("nothing is stored in the question's language" in reason for reason in found.reasons)


def test_every_entry_is_found_once_however_many_languages_it_has() -> None:
    index = KnowledgeIndex.build(SHOP, ConceptEmbedder())

    keys = [passage.key for passage in index.search("return", EN, limit=10).passages]

    assert len(keys) == len(set(keys))


def test_no_more_passages_than_asked_for() -> None:
    index = KnowledgeIndex.build(SHOP, None)

    assert len(index.search("How long is the warranty?", EN, limit=2).passages) == 2


@with_and_without_vectors
def test_the_passage_of_a_page_is_quoted_and_never_sent_unasked(embedder: Embedder | None) -> None:
    index = KnowledgeIndex.build(
        SHOP, embedder, KnowledgeOptions(passage_characters=60, answer_at=0.0, offer_at=0.0)
    )

    found = index.search("Are frames welded from recycled aluminium cans?", EN)

    assert found.passages[0].text == "The frames are welded from recycled aluminium cans."
    assert found.decision is Decision.OFFER


def test_a_rule_chooses_its_entry_before_anything_else() -> None:
    tracking = stored("tracking", "Where is my order?", rules=(r"\bRI-\d{5}\b",))
    index = KnowledgeIndex.build([*SHOP, tracking], None)

    found = index.search("how long does shipping take for ri-10482", EN)

    assert found.passages[0].key == "tracking"
    assert (found.decision, found.confidence) == (Decision.ANSWER, 1.0)


def test_a_rule_that_cannot_be_read_is_left_out() -> None:
    index = KnowledgeIndex.build([stored("broken", "How do I pay?", rules=("(",))], None)

    assert index.search("How do I pay?", EN).passages[0].key == "broken"


def test_words_that_stand_under_two_entries_prove_neither() -> None:
    index = KnowledgeIndex.build([stored("one", "Can I pay later?"), stored("two", "Can I pay later?")], None)

    found = index.search("Can I pay later?", EN)

    assert found.decision is not Decision.ANSWER


def test_the_threshold_of_a_language_replaces_the_common_one() -> None:
    options = KnowledgeOptions(answer_at_by_language={DE: 1.1})
    index = KnowledgeIndex.build(SHOP, None, options)

    decisions = [index.search("How do I return an item?", language).decision for language in (EN, DE)]

    assert decisions == [Decision.ANSWER, Decision.OFFER]


def test_vectors_of_unchanged_texts_are_not_made_again() -> None:
    embedder = ConceptEmbedder()
    cache: dict[str, object] = {}
    KnowledgeIndex.build(SHOP, embedder, cache=cache)  # type: ignore[arg-type]
    embedder.encoded.clear()

    KnowledgeIndex.build([*SHOP, stored("new", "Do you repair bells?")], embedder, cache=cache)  # type: ignore[arg-type]

    assert embedder.encoded == ["Do you repair bells?", "the answer of new"]


def test_embeddings_can_be_switched_off() -> None:
    embedder = ConceptEmbedder()

    KnowledgeIndex.build(SHOP, embedder, KnowledgeOptions(embeddings=False)).search(
        "How do I return an item?", EN
    )

    assert embedder.encoded == []


def test_the_same_articles_give_the_same_index() -> None:
    question = "could I send my shoes back to you"

    found = [KnowledgeIndex.build(SHOP, ConceptEmbedder()).search(question, EN) for _ in range(2)]

    assert found[0] == found[1]


def test_many_threads_may_search_at_once() -> None:
    index = KnowledgeIndex.build(SHOP, ConceptEmbedder())
    questions = ["How do I return an item?", "Can I pay by PayPal?", "How long is the warranty?"] * 20
    alone = [index.search(question, EN) for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: index.search(question, EN), questions))

    assert together == alone


def test_a_single_entry_does_not_answer_everything() -> None:
    index = KnowledgeIndex.build([stored("returns", "How do I return an item?")], None)

    assert index.search("What colour is the moon today", EN).decision is not Decision.ANSWER
