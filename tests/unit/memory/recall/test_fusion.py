"""What is recalled."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.llm.asking import Speaker
from fondaco.memory.recall import Past, PastTurn, Weights, ask, recall, score
from tests.unit.memory.recall.turns_of import HOUR_MS, told

SMALL_TALK = ("good morning", "how are you", "fine weather today", "thank you very much", "see you", "bye")


def the_place_found(texts: tuple[str, ...], question: str) -> int:
    past = Past(told(*texts, apart_ms=HOUR_MS))
    return int(score(past, past.ask(question)).argmax())


@pytest.mark.parametrize(
    ("wanted", "question"),
    [
        ("my parcel went to Bonn", "which city did the parcels go to"),
        ("ich habe zwei Lampen bestellt", "welche Lampe war das?"),
        ("我要退货，鞋子太小", "鞋子退货"),
        ("靴のサイズは二十五センチです", "靴のサイズ"),
        ("제 주소는 부산입니다", "주소"),
        ("we got a 🐕 called Bello", "who is Bello"),
    ],
)
def test_a_turn_is_found_in_five_languages_and_with_emoji(wanted: str, question: str) -> None:
    texts = (*SMALL_TALK[:3], wanted, *SMALL_TALK[3:])

    assert the_place_found(texts, question) == 3


def test_an_answer_is_found_by_the_question_before_it() -> None:
    turns = told(
        "hello there friend", "which colour for the jacket", "dark green please", "good bye my friend"
    )
    apart = [msgspec.structs.replace(turn, at_ms=turn.at_ms + (turn.seq > 3) * HOUR_MS) for turn in turns]
    apart[0] = msgspec.structs.replace(apart[0], at_ms=-HOUR_MS)

    got = recall(Past(apart), ask("the colour of the jacket"), 8)

    assert got.seqs == (2, 3)


def test_a_turn_of_the_asked_month_goes_before_one_of_another() -> None:
    may, june = 1_683_554_160_000, 1_686_232_560_000
    turns = [_said(1, "the lamp is broken", june), _said(2, "the lamp is broken", may)]

    got = recall(Past(turns), ask("what was broken in May 2023?"), 4)

    assert got.seqs == (2,)


def test_whom_the_question_names_goes_before_others() -> None:
    turns = [_said(1, "I like tea", 0, name="Jon"), _said(2, "I like tea", 0, name="Gina")]
    past = Past(turns)

    assert recall(past, past.ask("what does Gina like?"), 3).seqs == (2,)


def test_the_contacts_own_words_go_before_the_shops() -> None:
    turns = [_said(1, "ring size 54", 0, by=Speaker.ASSISTANT), _said(2, "ring size 54", 0)]

    assert recall(Past(turns), ask("which ring size?"), 3).seqs == (2,)


def test_a_question_without_words_recalls_by_what_turns_are_worth() -> None:
    turns = told("thank you very much then", "my order is RI-10482", "all right then I see", "yes that is it")

    assert recall(Past(turns), ask(""), 5).seqs == (2,)


def test_only_turns_before_the_limit_are_recalled() -> None:
    turns = told("the parcel is blue", "hello", "the parcel is blue")

    assert recall(Past(turns), ask("parcel"), 4, until=2).seqs == (1,)


def test_what_the_prompt_has_already_is_not_recalled_again() -> None:
    turns = told("the parcel is blue", "the parcel is green")

    assert recall(Past(turns), ask("parcel"), 100, taken=(0,)).seqs == (2,)


def test_without_weights_nothing_counts() -> None:
    nothing = Weights(**dict.fromkeys(Weights.__struct_fields__, 0.0))

    assert score(Past(told(*SMALL_TALK)), ask("weather"), weights=nothing).tolist() == [0.0] * 6


@pytest.mark.parametrize("until", [0, -1])
def test_before_the_first_turn_nothing_is_recalled(until: int) -> None:
    assert recall(Past(told("a", "b")), ask("a"), 100, until=until).seqs == ()


def _said(seq: int, text: str, at_ms: int, *, name: str = "", by: Speaker = Speaker.CONTACT) -> PastTurn:
    return PastTurn(seq=seq, at_ms=at_ms, by=by, text=text, tokens=len(text.split()), name=name)
