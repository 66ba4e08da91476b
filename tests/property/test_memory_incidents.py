"""Takeovers, silence, broken turns, smaller models: a process that remembers tells what a new one would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.domain import events as ev
from fondaco.domain.ids import MessageId, TurnId
from fondaco.domain.people import SYSTEM, Author, AuthorKind
from fondaco.domain.tools import Verification
from fondaco.kit.language import Language
from fondaco.memory.options import MemoryOptions, StrategyChoice
from tests.property.test_memory_prompts import NOW_MS, PAST, begins
from tests.unit.engine.model.long_talk import Asked, LongTalk, Turn, a_target, orphans, proven

LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")
TURN = Turn(asked=("Where is RI-7? " * 6,), results=("on its way " * 5,), answered="By Friday. " * 12)
GERMAN = msgspec.structs.replace(TURN, asked=("Wo ist RI-7? " * 6,), language=Language.DE)
ENGLISH = msgspec.structs.replace(TURN, language=Language.EN)
LONG = msgspec.structs.replace(TURN, asked=("Where is it, please? " * 900,))
SMALLER, USUAL = a_target(3_000), a_target(16_000)


async def turn(talk: LongTalk) -> list[Asked]:
    return [await talk.have(TURN)]


async def german(talk: LongTalk) -> list[Asked]:
    return [await talk.have(GERMAN)]


async def english(talk: LongTalk) -> list[Asked]:
    return [await talk.have(ENGLISH)]


async def long(talk: LongTalk) -> list[Asked]:
    return [await talk.have(LONG)]


async def broken_off(talk: LongTalk) -> list[Asked]:
    """Prompt a turn twice, for the first attempt broke down or the contact wrote once more."""
    talk.write(TURN)
    first = await talk.ask()
    talk.write(TURN)
    second = await talk.ask()
    talk.settle(TURN, second)
    return [first, second]


async def taken_over(talk: LongTalk) -> list[Asked]:
    """Let a teammate answer in the middle of a turn that has called a tool already."""
    talk.write(TURN)
    asked = await talk.ask()
    talk.log(ev.ToolCalled(turn_id=talk.context.turn_id, call=talk.call("found")))
    talk.log(ev.MessagePosted(message_id=MessageId(f"msg_{talk.at_ms}"), author=LIN, text="I do that. " * 9))
    return [asked]


async def handed_back(talk: LongTalk) -> list[Asked]:
    """Let a teammate take over and give back without a word, so that the turn begins anew."""
    talk.write(TURN)
    first = await talk.ask()
    talk.log(ev.ToolCalled(turn_id=talk.context.turn_id, call=talk.call("found")))
    talk.log(ev.HandoffReturned(handoff_id=None, teammate=LIN))
    second = await talk.ask()
    talk.settle(TURN, second)
    return [first, second]


async def silent(talk: LongTalk) -> list[Asked]:
    """End a turn without an answer."""
    talk.write(TURN)
    turn_id = TurnId(f"trn_{talk.at_ms}")
    talk.log(ev.TurnSettled(turn_id=turn_id, outcome=ev.OutcomeKind.SILENCE, duration_ms=1.0))
    return []


async def noticed(talk: LongTalk) -> list[Asked]:
    """Tell the contact that somebody will come, and then let the assistant answer."""
    talk.write(TURN)
    notice = ev.MessagePosted(
        message_id=MessageId(f"msg_{talk.at_ms}"), author=SYSTEM, text="The team has it.", answers=False
    )
    talk.log(notice)
    return [await talk.have(TURN)]


async def smaller(talk: LongTalk) -> list[Asked]:
    """Ask a smaller model, for the usual one is down."""
    talk.target = SMALLER
    asked = await talk.have(TURN)
    talk.target = USUAL
    return [asked]


async def proven_once_more(talk: LongTalk) -> list[Asked]:
    """Prove something of which an earlier episode tells, and break the next turn off at first."""
    talk.log(proven("cust_1", "RI-7"))
    return await broken_off(talk)


async def signed_for_another(talk: LongTalk) -> list[Asked]:
    """Let the shop sign for somebody else who writes now."""
    talk.write(TURN)
    talk.log(proven("lin", "signed", Verification.SIGNED))
    asked = await talk.ask()
    talk.settle(TURN, asked)
    return [asked]


Incident = Callable[[LongTalk], Awaitable[list[Asked]]]
INCIDENTS: tuple[Incident, ...] = (
    turn,
    turn,
    turn,
    german,
    english,
    long,
    broken_off,
    taken_over,
    handed_back,
    silent,
    noticed,
    smaller,
    proven_once_more,
    signed_for_another,
)


async def lived(talk: LongTalk, incidents: Sequence[Incident], *, forgetting: bool) -> list[Asked]:
    asked: list[Asked] = []
    for incident in incidents:
        if forgetting:
            talk.forget()
        asked += await incident(talk)
    return asked


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(StrategyChoice),
    st.sampled_from(("", "mira")),
    st.lists(st.sampled_from(INCIDENTS), max_size=16),
)
def test_what_happens_changes_only_what_the_log_says(
    choice: StrategyChoice, subject: str, incidents: list[Incident]
) -> None:
    options = MemoryOptions(strategy=choice, high_tokens=900, low_tokens=300, card=True)
    kept, forgot = (
        LongTalk(options=options, target=USUAL, subject=subject, past=PAST, at_ms=NOW_MS) for _ in range(2)
    )

    asked = asyncio.run(lived(kept, incidents, forgetting=False))
    again = asyncio.run(lived(forgot, incidents, forgetting=True))

    assert [one.prompt for one in asked] == [one.prompt for one in again]
    assert [lost for one in asked for lost in orphans(one.prompt.history)] == []
    assert all(begins(one, two) or two.cuts or two.plans for one, two in pairwise(asked))
    uppers = [kept.estimator.upper_input(one.prompt, USUAL) for one in asked]
    assert all(upper + 300 <= USUAL.context_tokens for upper in uppers)
