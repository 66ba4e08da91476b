"""Hidden words come back where a model asks for them or a message looks back."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.engine.draft import Trace
from fondaco.memory.options import RecallWay, StrategyChoice
from tests.unit.engine.model.long_talk import (
    HELLO,
    LONGER,
    LongTalk,
    Turn,
    a_target,
    options,
    told,
)


async def test_where_the_plan_is_to_cut_the_model_may_ask_for_hidden_words_from_the_beginning() -> None:
    talk = LongTalk(options=options(high_tokens=700, low_tokens=550))

    asked = await told(talk, LONGER, 12)

    assert any(one.cuts for one in asked)
    assert [one.prompt.tools for one in asked] == [asked[0].prompt.tools] * 12
    assert "recall" in {tool.name for tool in asked[0].prompt.tools}


async def test_where_only_the_limit_cuts_the_model_may_ask_once_something_is_hidden() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND), target=a_target(4_000))

    asked = await told(talk, LONGER, 25)

    offered = ["recall" in {tool.name for tool in one.prompt.tools} for one in asked]
    first_cut = next(place for place, one in enumerate(asked) if one.cuts)
    assert offered == [False] * first_cut + [True] * (len(asked) - first_cut)


async def test_what_was_hidden_comes_back_under_its_date() -> None:
    talk = LongTalk(options=options(high_tokens=700, low_tokens=550))
    await talk.have(Turn(asked=("My dog Bruno ate the blue scarf.",), answered="Poor scarf."))
    await told(talk, LONGER, 15)
    talk.write(HELLO)
    trace = Trace()

    remembered = await talk.remember(trace)
    found = await remembered.recollection.by_tool("What did the dog Bruno eat?")

    assert "Bruno" not in msgspec.json.encode(remembered.prompt.history).decode()
    assert found.startswith("1970-01-01\n- person: My dog Bruno ate the blue scarf.")
    [recalled] = [event for event in trace.events if isinstance(event, ev.TurnsRecalled)]
    assert recalled.by == "tool"
    assert recalled.query == "What did the dog Bruno eat?"
    assert 2 in recalled.seqs


@pytest.mark.parametrize("way", [RecallWay.GATE, RecallWay.AUTO])
async def test_without_tools_a_message_that_looks_back_brings_hidden_words_along(way: RecallWay) -> None:
    talk = LongTalk(
        options=options(high_tokens=700, low_tokens=550, recall=way), target=a_target(tools=False)
    )
    await talk.have(Turn(asked=("My dog Bruno ate the blue scarf.",), answered="Poor scarf."))
    await told(talk, LONGER, 15)

    asked = await talk.have(Turn(asked=("What about the scarf that Bruno ate?",)))
    unlike = await talk.have(LONGER)

    assert "<recalled>\\n1970-01-01\\n- person: My dog Bruno" in asked.text
    assert [event.by for event in asked.events if isinstance(event, ev.TurnsRecalled)] == ["gate"]
    assert "<recalled>" not in unlike.text
    assert "<recalled>" not in msgspec.json.encode(asked.stable).decode()


async def test_where_recall_is_off_nothing_comes_back() -> None:
    talk = LongTalk(options=options(recall=RecallWay.OFF))

    asked = await told(talk, LONGER, 20)

    assert asked[0].plans[0].recall == ""
    assert "recall" not in {tool.name for tool in asked[-1].prompt.tools}
    assert "<recalled>" not in asked[-1].text
