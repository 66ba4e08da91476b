"""Tokens are counted by the vocabularies themselves, and guessed where those are not installed."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.estimates import Estimator
from fondaco.llm.targets import ProviderKind
from fondaco.llm.tokens import Vocabularies, Vocabulary, load_vocabularies, vocabulary_of
from tests.unit.llm.places_to_ask import a_target

INSTALLED = load_vocabularies()


# Counted by toktok-rs 0.3.0 with the same two vocabularies (forty times the sentence and the question).
@pytest.mark.parametrize(
    ("text", "cl100k", "o200k"),
    [
        ("The parcel left our warehouse yesterday and will arrive tomorrow morning. ", 481, 481),
        ("您的包裹昨天已经从仓库发出，预计明天上午送达。", 1_040, 760),
        ("お客様の荷物は昨日倉庫から出荷され、明日の午前中に到着する予定です。", 1_560, 1_080),
        ("고객님의 상품은 어제 창고에서 출고되었으며 내일 오전에 도착할 예정입니다.", 1_640, 1_000),
    ],
)
def test_both_vocabularies_count_as_their_makers_do(text: str, cl100k: int, o200k: int) -> None:
    counted = [INSTALLED.count(text * 40, one) for one in (Vocabulary.CL100K, Vocabulary.O200K)]

    assert counted == [pytest.approx(cl100k, abs=1), pytest.approx(o200k, abs=1)]


def test_half_a_character_is_counted_as_what_takes_its_place() -> None:
    assert INSTALLED.count("a\ud83d") == INSTALLED.count("a?")


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4", Vocabulary.CL100K),
        ("openai/gpt-4-turbo", Vocabulary.CL100K),
        ("gpt-3.5-turbo-0125", Vocabulary.CL100K),
        ("gpt-4o-mini", Vocabulary.O200K),
        ("gpt-4.1", Vocabulary.O200K),
        ("deepseek-chat", Vocabulary.O200K),
    ],
)
def test_a_model_is_counted_by_its_own_vocabulary_or_the_nearest(model: str, vocabulary: Vocabulary) -> None:
    assert vocabulary_of(a_target(model)) is vocabulary


def test_without_vocabularies_texts_are_guessed() -> None:
    estimator = Estimator()

    assert not estimator.is_exact
    assert estimator.count("Where is my parcel?") == pytest.approx(
        INSTALLED.count("Where is my parcel?"), abs=2
    )
    assert estimator.count("") == 0


def test_the_estimator_counts_by_the_vocabularies_that_it_is_given() -> None:
    estimator = Estimator(INSTALLED)

    assert estimator.is_exact
    assert estimator.count("Where is my parcel?") == INSTALLED.count("Where is my parcel?")


def test_counts_are_raised_less_than_guesses_before_anything_was_reported() -> None:
    text, target = "Where is my parcel? " * 40, a_target("gpt-4o")

    counted, guessed = Estimator(INSTALLED).upper(text, target), Estimator().upper(text, target)

    assert INSTALLED.count(text) < counted < guessed


@pytest.mark.parametrize("vocabularies", [Vocabularies(), INSTALLED])
@pytest.mark.parametrize("kind", list(ProviderKind))
@pytest.mark.parametrize("reports", [(), (1.9,), (0.7, 0.7)])
def test_a_prompt_as_large_as_the_room_is_within_the_limit_of_the_model(
    vocabularies: Vocabularies, kind: ProviderKind, reports: tuple[float, ...]
) -> None:
    estimator = Estimator(vocabularies)
    target = msgspec.structs.replace(a_target("m"), kind=kind, context_tokens=4_000)
    known = Prompt(system="word " * 400, history=())
    for ratio in reports:
        usage = Usage(input=int(estimator.count_frame(known) * ratio), output=1)
        estimator.learn(known, target, usage)

    room = estimator.room(target, 600)
    frame = estimator.count_frame(Prompt(system="", history=()))
    fitting = Prompt(system="", history=(), stable_tokens=room - frame)

    assert 0 < room < 4_000 / 1.05
    assert estimator.upper_input(fitting, target) + 600 <= 4_000


@pytest.mark.parametrize("vocabularies", [Vocabularies(), INSTALLED])
def test_after_a_prompt_that_was_too_long_there_is_room_for_shorter_ones_only(
    vocabularies: Vocabularies,
) -> None:
    estimator = Estimator(vocabularies)
    target = msgspec.structs.replace(a_target("gpt-4o"), context_tokens=4_000)
    before = estimator.room(target, 600)
    refused = Prompt(system="word " * (before * 3 // 4), history=(), max_output_tokens=600)

    estimator.was_too_long(refused, target)
    after = estimator.room(target, 600)
    for _ in range(9):
        estimator.was_too_long(Prompt(system="word", history=(), max_output_tokens=600), target)

    assert after <= estimator.count_frame(refused)
    assert before // 2 - 20 <= after < before
    assert estimator.room(target, 600) > 400


def test_what_was_counted_already_is_not_counted_again() -> None:
    seen: list[str] = []

    def count(text: str) -> int:
        seen.append(text)
        return 1

    estimator = Estimator(Vocabularies(dict.fromkeys(Vocabulary, count)))
    old, new = Said(by=Speaker.CONTACT, text="said before"), Said(by=Speaker.CONTACT, text="now")

    size = estimator.expected_input(
        Prompt(system="rules", history=(old, new), stable=1, stable_tokens=500), a_target("m")
    )

    assert size > 500
    assert not any("said before" in text for text in seen)


def test_a_history_and_its_frame_together_are_the_whole_prompt() -> None:
    estimator = Estimator(INSTALLED)
    said = Said(by=Speaker.CONTACT, text="Where is my parcel? " * 20)
    prompt = Prompt(system="You answer. " * 20, history=(said,))

    parts = estimator.count_frame(prompt) + estimator.count_entries(prompt.history)

    assert parts == pytest.approx(estimator.expected_input(prompt, a_target("gpt-4o")), abs=3)
