"""What the process's log tells an operator while providers fail, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from fondaco.domain.errors import NoModelAnswered
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.script import Answer
from fondaco.testing.provider.script import Ask as Asked
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from tests.scenario.models_house import ANSWER, CONVERSATION, FIRST, QUESTION, SECRET, on_first, open_models

FAILED, NOBODY = "model_attempt_failed", "no_model_answered"
SAID = "Your contact has bought a kettle, which we do not like."


def named(lines: Sequence[EventDict], event: str) -> list[EventDict]:
    return [line for line in lines if line["event"] == event]


def quotes_the_contact(asked: Asked) -> Answer:
    raise Trouble(TroubleKind.BAD_REQUEST, SAID)


async def test_every_failed_attempt_is_one_line_that_says_what_was_done_then() -> None:
    async with open_models(plan=on_first(Fault.WRONG_KEY)) as models:
        with capture_logs() as lines:
            answered = await models.ask()

    [line] = named(lines, FAILED)
    assert (line["log_level"], line["target"], line["provider"]) == ("info", "first", "openai")
    assert (line["ended_as"], line["then"]) == ("credential", answered.attempts[0].then)
    assert line["duration_ms"] > 0
    assert (line["conversation_id"], line["turn_id"], line["step"]) == (CONVERSATION, "trn_1", 1)
    assert named(lines, NOBODY) == []


async def test_an_answer_is_no_line() -> None:
    async with open_models() as models:
        with capture_logs() as lines:
            answered = await models.ask()

    assert (answered.reply.text, lines) == (ANSWER, [])


async def test_where_nobody_answers_one_warning_says_how_each_attempt_ended() -> None:
    plan = Plan(rules=(FaultRule(fault=Fault.WRONG_KEY),))
    async with open_models(plan=plan) as models:
        with capture_logs() as lines, pytest.raises(NoModelAnswered):
            await models.ask()

    [line] = named(lines, NOBODY)
    assert (line["log_level"], line["error"], line["purpose"]) == ("warning", "NoModelAnswered", "answer")
    assert line["attempts"] == ["first: credential", "second: credential"]
    assert (line["conversation_id"], line["turn_id"]) == (CONVERSATION, "trn_1")
    assert len(named(lines, FAILED)) == 2


async def test_where_no_time_was_left_the_warning_names_who_was_not_asked() -> None:
    async with open_models() as models:
        with capture_logs() as lines, pytest.raises(NoModelAnswered):
            await models.ask(whole_seconds=0.0)

    [line] = named(lines, NOBODY)
    assert (line["targets"], line["attempts"]) == (["first", "second"], [])


async def test_neither_the_contacts_words_nor_the_providers_are_in_these_lines() -> None:
    async with open_models(FIRST, simulator=ProviderSimulator(quotes_the_contact)) as models:
        with capture_logs() as lines, pytest.raises(NoModelAnswered) as caught:
            await models.ask()

    told = repr(named(lines, FAILED) + named(lines, NOBODY))
    assert SAID in caught.value.attempts[0].message
    assert [words for words in (SAID, QUESTION, SECRET) if words in told] == []
