"""Models that take no tools: they are asked in their place of the chain, by rules of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fondaco.llm.asking import Prompt, Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask, Rule, Script, by_rules, clerk
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.models_house import (
    ANSWER,
    FIRST,
    LOOK_UP,
    QUESTION,
    SECOND,
    THIRD,
    ends,
    on_first,
    open_models,
)
from tests.scenario.whole_server import Whole, open_whole

PLAIN = "plain"
KEEPING = SimulatorOptions(kept_bodies=10)
RETURNS = {
    "key": "returns",
    "language": "en",
    "title": "Sending back",
    "body": "You may send anything back within 30 days. The parcel is free of charge.",
    "questions": ["How long may I send something back?"],
}
LEIPZIG = by_rules([Rule(pattern="Leipzig", text="It is in Leipzig.")])


def without_tools(model: ModelOptions) -> ModelOptions:
    return msgspec.structs.replace(model, tools=False)


def sent(simulator: ProviderSimulator, place: int = -1) -> dict[str, Any]:
    return msgspec.json.decode(simulator.bodies[place].body, type=dict[str, Any])


def a_simulator(script: Script = clerk) -> ProviderSimulator:
    return ProviderSimulator(script, options=KEEPING)


@pytest.mark.parametrize("model", [FIRST, SECOND, THIRD], ids=lambda model: model.provider)
async def test_a_model_that_takes_no_tools_is_asked_first_where_it_stands_first(model: ModelOptions) -> None:
    other = SECOND if model is FIRST else FIRST
    async with open_models(without_tools(model), other, simulator=a_simulator()) as models:
        answered = await models.ask(tools=True)

        assert ends(answered.attempts) == [(model.name, "answered")]
        assert answered.reply.text == ANSWER
        assert "tools" not in sent(models.simulator)


async def test_it_takes_over_from_one_that_takes_them() -> None:
    async with open_models(FIRST, without_tools(SECOND), plan=on_first(Fault.WRONG_KEY)) as models:
        answered = await models.ask(tools=True)

        assert ends(answered.attempts) == [("first", "credential"), ("second", "answered")]


async def test_it_takes_over_after_a_call_and_is_told_in_words_what_was_looked_up() -> None:
    looked_up = (
        Said(by=Speaker.CONTACT, text=QUESTION),
        Wished(wishes=(ToolWish(id="call_1", name="order", arguments='{"order_number":"RI-10001"}'),)),
        ToolAnswered(wish_id="call_1", name="order", content="It is in Leipzig."),
    )
    prompt = Prompt(system="Call it.", plain_system="Say it.", history=looked_up, tools=(LOOK_UP,))
    async with open_models(without_tools(FIRST), simulator=a_simulator(LEIPZIG)) as models:
        answered = await models.cellar.client.ask(models.question(prompt))

        system, question = sent(models.simulator)["messages"]
        assert ends(answered.attempts) == [("first", "answered")]
        assert system["content"] == "Say it."
        told = 'order {"order_number":"RI-10001"}:\nIt is in Leipzig.'
        assert question["content"] == f"{QUESTION}\n\n<tool_result>\n{told}\n</tool_result>"


@asynccontextmanager
async def shop_with_a_plain_model(
    folder: Path, script: Script
) -> AsyncIterator[tuple[Whole, ProviderSimulator]]:
    """Serve a shop with one article, whose one model takes no tools."""
    async with ProviderSimulator(script, options=KEEPING) as simulator:
        llm = LlmOptions(
            providers=(
                ProviderOptions(
                    name="own", kind=ProviderKind.COMPATIBLE, base_url=simulator.base_url("openai")
                ),
            ),
            models=(ModelOptions(name=PLAIN, provider="own", model="small", price="free", tools=False),),
            chains=ChainOptions(cheap=(PLAIN,)),
        )
        async with open_whole(folder, llm) as whole:
            stored = await whole.ask("POST", "/v1/articles", {"articles": [RETURNS]})
            assert stored.status == 200, stored.body
            await whole.app.librarian.refresh()
            yield whole, simulator


async def posted_to(whole: Whole, name: str, text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Ask, and return the log of the conversation and its messages to the contact."""
    conversation = await whole.open(name)
    await whole.ask("POST", f"/v1/conversations/{conversation}/messages", {"text": text})
    events = await whole.until(conversation, "TurnSettled")
    return events, [one for one in events if one["type"] == "MessagePosted"]


async def test_a_question_about_an_article_is_answered_by_the_model_with_its_proof(tmp_path: Path) -> None:
    async with shop_with_a_plain_model(tmp_path, clerk) as (whole, simulator):
        events, posted = await posted_to(whole, "one", "For how many days may I send back what I bought?")

        assert [one["text"] for one in posted][-1] == "You may send anything back within 30 days."
        assert [one["target"] for one in events if one["type"] == "ModelAsked"] == [PLAIN]
        assert [one["type"] for one in events if one["type"] == "HandoffOpened"] == []
        assert "tools" not in sent(simulator)
        assert "HAND_OVER" in sent(simulator)["messages"][0]["content"]


async def test_what_nothing_answers_goes_to_a_person_and_the_word_stays_inside(tmp_path: Path) -> None:
    async with shop_with_a_plain_model(tmp_path, never_knowing) as (whole, _):
        events, posted = await posted_to(whole, "two", "Would you sell me what I bought, as an elephant?")

        assert [one["target"] for one in events if one["type"] == "ModelAsked"] == [PLAIN]
        assert [one["reason"] for one in events if one["type"] == "HandoffRequested"] == ["missing_knowledge"]
        assert "HAND_OVER" not in msgspec.json.encode(posted).decode()


def never_knowing(_: Ask) -> Answer:
    return Answer(text="HAND_OVER")
