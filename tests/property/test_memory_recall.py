"""Recall keeps its budget and the order of the log, whatever was said and whatever is asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fondaco.llm.asking import Speaker
from fondaco.memory.recall import Past, PastTurn, floor_start, looks_back, recall, score

WORDS = st.sampled_from(
    "parcel Bonn RI-10482 blaue Lampe Rückgabe 退货 我的订单 配送 いつ届きますか 주소 🎉 5月8日 ?".split()
)
TEXTS = st.one_of(
    st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=40), st.just("x"), st.just("word " * 10_000)
)


@st.composite
def pasts(draw: st.DrawFn) -> list[PastTurn]:
    texts = draw(st.lists(TEXTS, max_size=25))
    gaps = draw(st.lists(st.integers(0, 4_000_000), min_size=len(texts), max_size=len(texts)))
    by = draw(st.lists(st.sampled_from(list(Speaker)), min_size=len(texts), max_size=len(texts)))
    at_ms = np.cumsum(gaps).tolist()
    return [
        PastTurn(seq=2 * place + 1, at_ms=at_ms[place], by=by[place], text=text, tokens=len(text) // 4 + 1)
        for place, text in enumerate(texts)
    ]


def cost(past: Past, places: Sequence[int], header_tokens: int) -> int:
    sittings = past.columns().sittings
    headers = len({int(sittings[place]) for place in places})
    return sum(past.turns[place].tokens for place in places) + headers * header_tokens


@given(turns=pasts(), text=TEXTS, tokens=st.integers(0, 400), header_tokens=st.integers(0, 20))
def test_the_budget_is_never_exceeded_and_the_order_is_kept(
    turns: list[PastTurn], text: str, tokens: int, header_tokens: int
) -> None:
    past = Past(turns)

    got = recall(past, past.ask(text), tokens, header_tokens=header_tokens)

    assert got.tokens == cost(past, got.places, header_tokens) <= tokens
    assert list(got.seqs) == sorted(set(got.seqs)) == [turns[place].seq for place in got.places]


@given(turns=pasts(), text=TEXTS, tokens=st.integers(0, 400))
def test_the_same_question_recalls_the_same_however_the_index_grew(
    turns: list[PastTurn], text: str, tokens: int
) -> None:
    whole, grown = Past(turns), Past()
    for turn in turns:
        grown.add([turn])
        grown.columns()

    first, second = recall(whole, whole.ask(text), tokens), recall(grown, grown.ask(text), tokens)

    assert first == second == recall(whole, whole.ask(text), tokens)


@given(turns=pasts(), text=TEXTS, until=st.integers(0, 30))
def test_every_score_is_a_number_and_only_the_past_is_scored(
    turns: list[PastTurn], text: str, until: int
) -> None:
    past = Past(turns)

    scores = score(past, past.ask(text), until=until)

    assert len(scores) == min(until, len(turns))
    assert bool(np.isfinite(scores).all())


@given(turns=pasts(), tokens=st.integers(1, 600))
def test_the_floor_is_the_longest_end_that_fits(turns: list[PastTurn], tokens: int) -> None:
    start = floor_start(turns, tokens)

    held = sum(turn.tokens for turn in turns[start:])
    assert held <= tokens or start == len(turns) - 1
    assert start == 0 or held + turns[start - 1].tokens > tokens


@given(turns=pasts(), text=TEXTS, shown_from=st.integers(0, 30))
def test_the_gate_answers_for_any_message(turns: list[PastTurn], text: str, shown_from: int) -> None:
    past = Past(turns)

    looks = looks_back(past, past.ask(text), shown_from)

    assert looks in (True, False)
    assert not looks or 0 < shown_from <= len(turns)
