"""What a contact wrote in earlier episodes comes back to its own person, and proves nothing."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.ids import MessageId
from fondaco.domain.people import Author, AuthorKind
from fondaco.domain.tools import Verification
from fondaco.engine.draft import Trace
from fondaco.kit.language import Language
from fondaco.memory.options import MemoryOptions, RecallWay, StrategyChoice
from tests.unit.engine.model.long_talk import (
    HELLO,
    LongTalk,
    Turn,
    a_target,
    earlier_episode,
    kinds,
    proven,
    received,
)

DAY_MS = 24 * 60 * 60 * 1000
NOW_MS = 200 * DAY_MS
LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")
APPEND = MemoryOptions(strategy=StrategyChoice.APPEND)
ASKS_BACK = Turn(asked=("What did I tell you last time about my dog?",))
BRUNO = earlier_episode(
    "bruno",
    NOW_MS - 30 * DAY_MS,
    received("My dog Bruno <ate> the blue scarf, order RI-7.", Language.EN),
    proven("cust_1", "RI-7"),
    ev.MessagePosted(message_id=MessageId("msg_a"), author=LIN, text="We send a new scarf."),
    ev.NoteAdded(author=LIN, text="Always complains."),
)


def talk(**more: object) -> LongTalk:
    return LongTalk(**{"options": APPEND, "at_ms": NOW_MS, "past": (BRUNO,), "subject": "mira"} | more)  # type: ignore[arg-type]


async def recalled(one: LongTalk, query: str = "the dog Bruno") -> tuple[str, Trace]:
    """Return what the model is told when it asks, and what goes on the log."""
    trace = Trace()
    remembered = await one.remember(trace)
    return await remembered.recollection.by_tool(query), trace


async def test_a_contact_of_the_shops_is_reminded_of_what_was_said_before() -> None:
    one = talk()
    one.write(ASKS_BACK)

    text, trace = await recalled(one)

    note, *lines = text.splitlines()
    assert "proves nothing now" in note
    assert lines == [
        "1970-06-20",
        "- person: My dog Bruno ‹ate› the blue scarf, order RI-7.",
        "- shop: We send a new scarf.",
    ]
    told = next(event for event in trace.events if isinstance(event, ev.TurnsRecalled))
    assert (told.seqs, told.by) == ((), "tool")
    assert told.tokens > 0
    [source] = told.earlier
    assert (source.conversation_id, source.episode_id, source.seqs) == ("cnv_bruno", "epi_bruno", (2, 4))


async def test_who_has_proven_nothing_is_told_nothing_and_costs_no_reading() -> None:
    one = talk(subject="")
    one.write(ASKS_BACK)

    text, trace = await recalled(one)

    assert text == "Nothing that was said before fits."
    assert one.readings == 0
    assert kinds_of(trace) == ["MemoryPlanned"]


def kinds_of(trace: Trace) -> list[str]:
    return [ev.kind_of(event) for event in trace.events]


@pytest.mark.parametrize(("days", "offered"), [(31, True), (29, False), (0, False)])
async def test_what_is_older_than_the_settings_allow_is_gone(days: int, offered: bool) -> None:
    one = talk(options=msgspec.structs.replace(APPEND, earlier_days=days))

    asked = await one.have(HELLO)

    assert asked.plans[0].earlier is offered
    assert ("recall" in {tool.name for tool in asked.prompt.tools}) is offered
    assert one.readings == (days > 0)


async def test_turns_that_do_not_look_back_read_nothing() -> None:
    one = talk()

    asked = [await one.have(HELLO) for _ in range(4)]

    assert one.readings == 1
    assert [one.prompt.tools for one in asked] == [asked[0].prompt.tools] * 4
    assert sum(len(one.plans) for one in asked) == 1
    assert not any("Bruno" in one.text for one in asked)


async def test_a_proof_in_the_middle_changes_the_tools_once_and_the_log_says_so() -> None:
    one = talk(subject="")
    before = await one.have(HELLO)
    one.log(proven("cust_1", "RI-7"))

    after, later = await one.have(HELLO), await one.have(HELLO)

    offered = ["recall" in {tool.name for tool in asked.prompt.tools} for asked in (before, after, later)]
    assert offered == [False, True, True]
    assert (len(after.plans), len(later.plans)) == (1, 0)
    assert "proven anew" in after.plans[0].why


async def test_a_turn_that_two_chains_try_and_that_begins_again_notes_the_change_once_more() -> None:
    one = talk(subject="")
    await one.have(HELLO)
    one.log(proven("cust_1", "RI-7"))
    one.write(HELLO)
    broken_off, again = Trace(), Trace()

    for trace in (broken_off, broken_off, again):
        await one.remember(trace)

    assert kinds_of(broken_off) == kinds_of(again) == ["MemoryPlanned"]


async def test_a_proof_of_something_else_changes_nothing_and_is_looked_at_once() -> None:
    one = talk(subject="")
    before = await one.have(HELLO)
    one.log(proven("cust_1", "RI-8"))

    after = [await one.have(HELLO) for _ in range(3)]

    assert one.readings == 1
    assert all(asked.plans == [] for asked in after)
    assert [asked.prompt.tools for asked in after] == [before.prompt.tools] * 3


async def test_who_sits_down_in_somebodys_place_is_told_nothing_more_of_them() -> None:
    one = talk(options=msgspec.structs.replace(APPEND, card=True))
    before = await one.have(HELLO)
    one.write(ASKS_BACK)
    one.log(proven("lin", "signed", Verification.SIGNED))

    asked = await one.ask()
    text, _ = await recalled(one)

    assert "<person>" in before.text
    assert "<person>" not in asked.text
    assert "recall" not in {tool.name for tool in asked.prompt.tools}
    assert text == "Nothing that was said before fits."


async def test_without_tools_only_a_message_that_speaks_of_an_earlier_time_brings_words_along() -> None:
    one = talk(target=a_target(tools=False))

    hello, asked, unlike = [await one.have(turn) for turn in (HELLO, ASKS_BACK, HELLO)]

    assert "<recalled>" not in hello.text
    assert "- person: My dog Bruno" in asked.text
    assert kinds(asked) == ["TurnsRecalled"]
    assert "<recalled>" not in unlike.text
    assert "Bruno" not in msgspec.json.encode(asked.stable).decode()


async def test_where_recall_is_off_earlier_episodes_are_left_alone() -> None:
    one = talk(options=msgspec.structs.replace(APPEND, recall=RecallWay.OFF))

    asked = await one.have(ASKS_BACK)

    assert not asked.plans[0].earlier
    assert "Bruno" not in asked.text


async def test_a_turn_that_is_taken_up_again_is_told_the_same_whatever_was_written_elsewhere() -> None:
    one = talk()
    one.write(ASKS_BACK)
    first = await recalled(one)
    later = earlier_episode("later", NOW_MS + DAY_MS, received("My dog Bruno ate a shoe."))
    one.past = (later, BRUNO)
    one.forget()

    again = await recalled(one)

    assert again[0] == first[0]
    assert again[1].events == first[1].events


async def test_a_long_message_comes_back_in_parts_and_no_more_than_an_answer_is_worth() -> None:
    long = earlier_episode(
        "long", NOW_MS - DAY_MS, *[received(f"Bruno {n} " + "barks " * 5_000) for n in range(9)]
    )
    one = talk(past=(long,))
    one.write(ASKS_BACK)

    text, trace = await recalled(one)

    told = next(event for event in trace.events if isinstance(event, ev.TurnsRecalled))
    assert "left out here" in text
    assert 0 < told.tokens <= 600


async def test_hidden_words_and_earlier_ones_come_back_together() -> None:
    one = talk(options=MemoryOptions(strategy=StrategyChoice.STEPPED, high_tokens=700, low_tokens=550))
    await one.have(Turn(asked=("My dog Bruno barks at the parcel.",), answered="Poor parcel."))
    for _ in range(15):
        await one.have(Turn(asked=("My name is Mira. " * 6,), answered="It arrives on Friday. " * 6))
    one.write(ASKS_BACK)

    text, trace = await recalled(one)

    here, _, before = text.partition("From earlier conversations")
    told = next(event for event in trace.events if isinstance(event, ev.TurnsRecalled))
    assert "Bruno barks" in here
    assert "the blue scarf" in before
    assert told.seqs
    assert told.earlier


async def test_the_card_of_a_contact_of_the_shops_tells_what_is_on_record_and_stays() -> None:
    one = talk(options=msgspec.structs.replace(APPEND, card=True))

    asked = [await one.have(HELLO) for _ in range(3)]

    [plan] = [plan for one in asked for plan in one.plans]
    assert plan.card.splitlines() == [
        "Name: Mira",
        "Earlier conversations: 1, the last on 1970-06-20",
        "Wrote last in en on 1970-06-20",
        'On 1970-06-20: "My dog Bruno ‹ate› the blue scarf, order RI-7.", resolved',
    ]
    assert all(asked[0].stable[0] == one.stable[0] for one in asked)


@pytest.mark.parametrize(
    "more", [{"subject": ""}, {"options": msgspec.structs.replace(APPEND, card=True, earlier_days=0)}]
)
async def test_the_card_of_anybody_else_tells_the_name_alone(more: dict[str, object]) -> None:
    one = replace(talk(options=msgspec.structs.replace(APPEND, card=True)), **more)  # type: ignore[arg-type]
    one.past = (BRUNO,)

    asked = await one.have(HELLO)

    assert asked.plans[0].card == "Name: Mira"
