"""A conversation's bill beside those of the usual ways, read from its log."""

from __future__ import annotations

from collections.abc import Iterable

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.ids import ArticleId, CallId, EpisodeId, MessageId, TurnId
from fondaco.domain.people import Author, AuthorKind
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.usage import AttemptNote, Usage
from fondaco.kit.language import Language
from fondaco.llm.prices import Price, Rates
from fondaco.memory.bills.conversation import Way, memory_of
from fondaco.memory.bills.logs import USUAL_HEAD_TOKENS, read_log
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet

_ASSISTANT = Author(AuthorKind.ASSISTANT)
_RATES = Rates(input=1_000, output=4_000, cache_read=100, cache_write_5m=1_000)
_SHEET = PriceSheet(
    target="small",
    price=Price(version="list@2026", currency="EUR", rates=_RATES),
    habit=CacheHabit(block_tokens=1, minimum_tokens=0),
    context_tokens=128_000,
    new_pico=1_000,
    again_pico=100,
)


def sheets(name: str) -> PriceSheet | None:
    return _SHEET if name == "small" else None


def count(text: str) -> int:
    return len(text)


def recorded(events: Iterable[ev.Event], episode: str = "epi_1", first: int = 1) -> list[ev.Recorded]:
    return [
        ev.Recorded(seq=first + place, at_ms=place, episode_id=EpisodeId(episode), event=event)
        for place, event in enumerate(events)
    ]


def received(text: str, tokens: int = 0) -> ev.MessageReceived:
    return ev.MessageReceived(message_id=MessageId("msg_1"), text=text, tokens=tokens)


def posted(text: str, tokens: int = 0) -> ev.MessagePosted:
    return ev.MessagePosted(message_id=MessageId("msg_2"), author=_ASSISTANT, text=text, tokens=tokens)


def asked(turn: str, step: int = 1, usage: Usage | None = None, target: str = "small") -> ev.ModelAsked:
    attempts = (AttemptNote(target=target, provider="p", ended_as="answered", usage=usage),)
    return ev.ModelAsked(
        turn_id=TurnId(turn), step=step, target=target, attempts=attempts, cost_pico=7, currency="EUR"
    )


def called(turn: str) -> ev.ToolCalled:
    call = ToolCall(
        id=CallId("call_1"),
        tool="order",
        effect=Effect.READ,
        idempotency_key="key_1",
        arguments={"number": "RI-1"},
        state=CallState.DONE,
        result={"state": "sent"},
    )
    return ev.ToolCalled(turn_id=TurnId(turn), call=call)


def turns(number: int, tokens: int = 100) -> list[ev.Event]:
    """Return turns of a message and an answer of so many tokens each."""
    events: list[ev.Event] = []
    for turn in range(number):
        events += [received("hello", tokens), asked(f"trn_{turn}"), posted("good day", tokens)]
    return events


def test_a_log_without_a_model_has_no_bill() -> None:
    found = memory_of(recorded([received("hello"), posted("good day")]), sheets)

    assert (found.requests, found.cost_pico, found.ways, found.plan) == (0, 0, [], None)


def test_what_providers_reported_is_added_up() -> None:
    log: list[ev.Event] = [
        received("hello"),
        asked("trn_1", usage=Usage(input=2_000, output=5)),
        posted("good day"),
        received("and?"),
        asked("trn_2", usage=Usage(input=2_100, output=5, cache_read=1_900)),
        posted("well"),
    ]

    found = memory_of(recorded(log), sheets)

    assert (found.requests, found.input_tokens, found.cached_tokens) == (2, 4_100, 1_900)
    assert (found.cost_pico, found.currency, found.price) == (14, "EUR", "list@2026")


def test_a_short_conversation_costs_the_same_however_it_is_told() -> None:
    found = memory_of(recorded(turns(2)), sheets)

    assert [one.way for one in found.ways] == list(Way)
    assert len({one.cost_pico for one in found.ways}) == 1


def test_in_a_long_conversation_windows_and_searches_cost_more_than_telling_everything() -> None:
    found = {one.way: one.cost_pico for one in memory_of(recorded(turns(60)), sheets).ways}

    assert found[Way.AS_TOLD] == found[Way.EVERYTHING]
    assert found[Way.SLIDING_WINDOW] > found[Way.EVERYTHING]
    assert found[Way.SEARCH_EVERY_TIME] > found[Way.SLIDING_WINDOW]


def test_cuts_plans_and_recalls_of_the_log_are_told_and_reckoned_with() -> None:
    log = turns(40)
    at = 3 * 30
    cut = ev.HistoryCut(
        turn_id=TurnId("trn_30"),
        before_seq=at - 5,
        strategy="stepped",
        why="",
        hidden_tokens=5_000,
        kept_tokens=600,
    )
    plan = ev.MemoryPlanned(
        turn_id=TurnId("trn_0"), strategy="stepped", why="it pays", high_tokens=6_000, low_tokens=512
    )
    recall = ev.TurnsRecalled(turn_id=TurnId("trn_35"), query="q", seqs=(1,), tokens=90, by="tool")

    found = memory_of(recorded([plan, *log[:at], cut, *log[at:], recall]), sheets)

    costs = {one.way: one.cost_pico for one in found.ways}
    assert costs[Way.AS_TOLD] < costs[Way.EVERYTHING]
    assert (found.cuts, found.hidden_tokens, found.recalls, found.recalled_tokens) == (1, 5_000, 1, 90)
    assert found.plan is not None
    assert (found.plan.strategy, found.plan.why, found.plan.high_tokens) == ("stepped", "it pays", 6_000)


def test_a_model_without_a_known_price_has_no_reckoned_bill() -> None:
    log: list[ev.Event] = [received("hello"), asked("trn_1", target="unknown"), posted("good day")]

    found = memory_of(recorded(log), sheets)

    assert found.requests == 1
    assert (found.ways, found.price) == ([], "")


def test_episodes_are_told_apart_and_added_up() -> None:
    first, second = recorded(turns(3)), recorded(turns(3), "epi_2", first=100)

    together = memory_of([*first, *second], sheets)

    alone = memory_of(first, sheets)
    assert [one.cost_pico for one in together.ways] == [2 * one.cost_pico for one in alone.ways]


def test_the_head_is_what_the_first_reported_prompt_had_beyond_what_was_told() -> None:
    passage = Passage(
        article_id=ArticleId("art_1"),
        key="k",
        title="t",
        text="x" * 50,
        language=Language.EN,
        score=1.0,
        matched="",
    )
    found = ev.PassagesFound(turn_id=TurnId("trn_1"), question="q", passages=(passage,), confidence=1.0)
    log: list[ev.Event] = [
        received("hello", 94),
        found,
        asked("trn_1", usage=Usage(input=1_150, output=5)),
        posted("good day"),
    ]

    [episode] = read_log(recorded(log), count)

    assert episode.history.head_tokens == 1_150 - 50 - 100
    assert episode.history.requests[0].tail_tokens == 50


def test_without_any_report_the_head_is_the_usual_one() -> None:
    [episode] = read_log(recorded(turns(1)), count)

    assert episode.history.head_tokens == USUAL_HEAD_TOKENS


def test_tools_called_in_one_step_are_one_atom_and_the_next_step_is_of_the_same_turn() -> None:
    log: list[ev.Event] = [
        received("where"),
        asked("trn_1"),
        called("trn_1"),
        called("trn_1"),
        asked("trn_1", 2),
        posted("there"),
    ]

    [episode] = read_log(recorded(log), count)

    assert [len(atom.entries) for atom in episode.history.atoms] == [1, 3, 1]
    assert [(one.turn, one.question, one.end, one.is_first) for one in episode.history.requests] == [
        (0, 0, 1, True),
        (0, 0, 2, False),
    ]


def test_a_step_that_nobody_answered_is_no_request() -> None:
    log: list[ev.Event] = [received("where"), asked("trn_1", target=""), posted("there")]

    assert read_log(recorded(log), count) == []
