"""Bills that can be checked by hand."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from fondaco.llm.asking import Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.prices import Price, Rates
from fondaco.memory.atoms import Atom
from fondaco.memory.bills.history import History, history_of
from fondaco.memory.bills.policies import FetchedInFront, LastTurns, Recorded, RecordedCut, Window
from fondaco.memory.bills.replaying import bill_of, replay
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.memory.strategies import APPEND, HIERARCHICAL, SLIDING, STEPPED, SUMMARY, Marks, Strategy

_EXACT = CacheHabit(block_tokens=1, minimum_tokens=0)


def sheet(habit: CacheHabit = _EXACT, cache_read: int | None = 1) -> PriceSheet:
    rates = Rates(input=10, output=40, cache_read=cache_read)
    price = Price(version="test", currency="EUR", rates=rates)
    return PriceSheet(
        target="test", price=price, habit=habit, context_tokens=128_000, new_pico=10, again_pico=1
    )


def talk(turns: int, tail_tokens: int = 0, recalls: Collection[int] = ()) -> History:
    """Return turns of a message of 10 tokens and an answer of 20 each, with a head of 100."""
    atoms = [
        Atom(
            seq=place + 1,
            at_ms=place,
            by=Speaker.CONTACT if place % 2 == 0 else Speaker.ASSISTANT,
            entries=(Said(by=Speaker.CONTACT, text="words"),),
            tokens=10 if place % 2 == 0 else 20,
        )
        for place in range(2 * turns)
    ]
    return history_of(atoms, 100, tail_tokens, recalls)


def window(history: History, strategy: Strategy, high: int, low: int, recall_tokens: int = 0) -> Window:
    marks = Marks(high_tokens=high, low_tokens=low, most_tokens=10_000, floor_tokens=0)
    return Window(strategy.name.value, history, strategy, marks, recall_tokens)


def test_telling_everything_reads_each_token_once_for_the_first_time() -> None:
    history = talk(3)

    bill = bill_of(history, window(history, APPEND, 10_000, 10_000), sheet())

    assert bill.input == 110 + 140 + 170
    assert bill.found == 0 + 110 + 140
    assert bill.cost_pico == 10 * (110 + 30 + 30) + 1 * (110 + 140)
    assert bill.mean_prompt == 140
    assert bill.found_share == pytest.approx(250 / 420)


def test_what_is_told_for_one_turn_alone_is_read_anew_and_so_is_what_follows_it() -> None:
    history = talk(2, tail_tokens=50)

    reads = replay(history, window(history, APPEND, 10_000, 10_000), sheet())

    assert [(read.total, read.found) for read in reads] == [(160, 0), (190, 100)]


def test_a_window_that_slides_finds_the_head_alone_again() -> None:
    history = talk(4)

    reads = replay(history, window(history, SLIDING, 30, 30), sheet())

    assert [(read.total, read.found) for read in reads] == [(110, 0), (140, 110), (140, 100), (140, 100)]


def test_the_last_turns_are_the_same_window_found_by_halving() -> None:
    history = talk(7)
    marks = Marks(high_tokens=65, low_tokens=65, most_tokens=10_000, floor_tokens=0)

    halved = replay(history, LastTurns("last turns", history, marks), sheet())

    assert halved == replay(history, window(history, SLIDING, 65, 65), sheet())


def test_of_a_turn_that_is_too_long_the_last_turns_keep_its_end() -> None:
    history = talk(2)
    marks = Marks(high_tokens=25, low_tokens=25, most_tokens=10_000, floor_tokens=0)

    reads = replay(history, LastTurns("last turns", history, marks), sheet())

    assert [read.total for read in reads] == [110, 100 + 20 + 10]


def test_a_stepped_window_is_read_anew_only_where_it_was_cut() -> None:
    history = talk(6)

    reads = replay(history, window(history, STEPPED, 90, 30), sheet())

    assert [read.total - read.found for read in reads] == [110, 30, 30, 30, 40, 30]


@pytest.mark.parametrize("strategy", [HIERARCHICAL, SUMMARY])
def test_what_stands_for_hidden_turns_is_paid_for(strategy: Strategy) -> None:
    history = talk(7)
    policy = window(history, strategy, 150, 10)

    replay(history, policy, sheet())

    assert [piece.tokens for piece in policy.digests] == [150 // 4]


def test_what_a_search_puts_in_front_makes_everything_behind_it_new() -> None:
    history = talk(4)
    policy = FetchedInFront("fetched", window(history, SLIDING, 30, 30), 25)

    reads = replay(history, policy, sheet())

    assert [(read.total, read.found) for read in reads] == [(110, 0), (140, 110), (165, 100), (165, 100)]


def test_old_turns_come_back_at_the_end_and_only_where_they_are_asked_for() -> None:
    history = talk(5, recalls={3})
    policy = window(history, STEPPED, 30, 0, recall_tokens=25)

    reads = replay(history, policy, sheet())

    assert [read.total for read in reads] == [110, 140, 140, 140, 140 + 25, 140]
    assert [read.found for read in reads] == [0, 110, 100, 100, 140, 100]


def test_a_server_that_brings_old_turns_back_by_itself_needs_no_request_for_it() -> None:
    history = talk(5, recalls={3})
    policy = window(history, STEPPED, 30, 0, recall_tokens=25)
    policy.by_tool = False

    reads = replay(history, policy, sheet())

    assert [read.total for read in reads] == [110, 140, 140, 140 + 25, 140]


def test_the_recorded_way_is_told_as_the_log_says() -> None:
    history = talk(5)
    cut = RecordedCut(turn=3, place=4, digest_tokens=15)

    reads = replay(history, Recorded("recorded", history, [cut], {4: 7}), sheet())

    assert [read.total for read in reads] == [110, 140, 170, 100 + 15 + 30 + 10, 100 + 15 + 60 + 7 + 10]


def test_tools_make_requests_of_their_own_that_find_the_whole_turn_again() -> None:
    said = Said(by=Speaker.CONTACT, text="where is it")
    told = (
        Wished(wishes=(ToolWish(id="w", name="t", arguments="{}"),)),
        ToolAnswered(wish_id="w", name="t", content="{}"),
    )
    atoms = [
        Atom(seq=1, at_ms=1, by=Speaker.CONTACT, entries=(said,), tokens=10),
        Atom(seq=2, at_ms=2, by=Speaker.ASSISTANT, entries=told, tokens=30),
        Atom(seq=4, at_ms=4, by=Speaker.ASSISTANT, entries=(said,), tokens=20),
        Atom(seq=5, at_ms=5, by=Speaker.ASSISTANT, entries=(said,), tokens=20),
    ]
    history = history_of(atoms, 100, tail_tokens=50)

    reads = replay(history, window(history, APPEND, 10_000, 10_000), sheet())

    assert [(read.total, read.found) for read in reads] == [(160, 0), (190, 160)]


def test_a_bill_says_when_a_price_of_its_tokens_is_not_published() -> None:
    history = talk(3)

    bill = bill_of(history, window(history, APPEND, 10_000, 10_000), sheet(cache_read=None))

    assert bill.is_upper_bound
    assert bill.cost_pico == 10 * bill.input


def test_a_conversation_without_requests_costs_nothing() -> None:
    history = history_of((), 100)

    bill = bill_of(history, window(history, APPEND, 10_000, 10_000), sheet())

    assert (bill.requests, bill.cost_pico, bill.mean_prompt, bill.found_share) == (0, 0, 0.0, 0.0)
