"""What tools are called with, when, and what is said where they fail."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest
from msgspec import structs

from fondaco.domain import events as ev
from fondaco.domain.errors import ToolFailed
from fondaco.domain.tools import Verification
from fondaco.kit.language import Language
from fondaco.llm.asking import Reply, ToolAnswered, ToolWish
from fondaco.testing.scripted_models import ScriptedModels, wishing
from fondaco.tools import PythonTool, tool
from tests.scenario.turns_house import ORDER_NUMBER, QUESTIONS, SUBJECT, FakeTool, Setting, Talk, talk
from tests.scenario.turns_models import CHEAP, LOOK, MINE, guess, prompt, told

AGES = {
    Language.DE: "vor 10 Min.",
    Language.EN: "10 min ago",
    Language.ZH: "10 分钟前",
    Language.JA: "10分前",
    Language.KO: "10분 전",
}


async def shop_of(*answers: str | Reply, more: tuple[PythonTool, ...]) -> tuple[Talk, ScriptedModels]:
    models = ScriptedModels(*answers)
    return await talk(Setting(models={CHEAP: models}, more_tools=more)), models


def wishes(*asked: tuple[str, dict[str, object]]) -> Reply:
    """Return a model's reply that wishes for several tools at once."""
    [template] = wishing("order", {}).wishes
    made: list[ToolWish] = [
        structs.replace(wishing(name, arguments).wishes[0], id=f"{template.id}_{place}")
        for place, (name, arguments) in enumerate(asked)
    ]
    return structs.replace(wishing("order", {}), wishes=tuple(made))


async def test_what_a_step_looks_up_is_looked_up_at_the_same_time_and_told_in_order() -> None:
    both, began = asyncio.Event(), []

    async def one(which: str) -> dict[str, Any]:
        began.append(which)
        if len(began) > 1:
            both.set()
        await both.wait()
        return {"which": which}

    asked = wishes(("one", {"which": "first"}), ("one", {"which": "second"}))
    shop, models = await shop_of(asked, "Both are here.", more=(tool("Tells.")(one),))

    await shop.ask("first or second, maybe?")

    answers = [entry.content for entry in prompt(models).history if isinstance(entry, ToolAnswered)]
    assert answers == ['{"which":"first"}', '{"which":"second"}']
    calls = [event.call.arguments for event in await shop.all_of(ev.ToolCalled)]
    assert calls == [{"which": "first"}, {"which": "second"}]


async def test_a_proof_ends_before_what_is_wished_for_behind_it_begins() -> None:
    asked = wishes(
        ("identify", {"order_number": "RI-10001", "proof": "10115"}),
        ("order", {"order_number": "RI-10001"}),
    )
    words = "It arrives on 24 November 2026."
    shop, _ = await shop_of(asked, words, more=())

    posted = await shop.ask(MINE)

    assert posted.text == words
    assert [event.call.tool for event in await shop.all_of(ev.ToolCalled)] == ["identify", "order"]


async def size_of(sku: str, size: Literal["s", "l"], count: int = 1) -> dict[str, Any]:
    return {"left": count + 4, "size": size, "sku": sku}


async def test_a_model_is_offered_the_schemas_and_its_values_reach_the_function() -> None:
    wish = wishing("size_of", {"sku": "T-1", "size": "s", "count": 3})
    shop, models = await shop_of(wish, "7 are left.", more=(tool("Counts.")(size_of),))

    posted = await shop.ask("how many T-1 in size s, maybe 3?")

    offered = {one.name: one.parameters for one in prompt(models).tools}["size_of"]
    assert offered["properties"]["size"]["enum"] == ["l", "s"]
    assert offered["required"] == ["sku", "size"]
    assert posted.text == "7 are left."


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"sku": "T-1", "size": "xl"}, "size: the value is not one of"),
        ({"sku": "T-1", "size": "s", "count": "many"}, "count: the value is not of type"),
        ({"size": "s"}, "sku is missing"),
        ({"sku": ["T-1"], "size": "s"}, "sku must be a text"),
    ],
)
async def test_a_model_is_told_what_is_wrong_with_its_arguments(
    arguments: dict[str, object], fault: str
) -> None:
    wish = wishing("size_of", arguments)
    shop, models = await shop_of(wish, "Which size, please?", more=(tool("Counts.")(size_of),))

    await shop.ask("how many T-1 are left, maybe?")

    assert fault in told(models)
    assert await shop.all_of(ev.ToolCalled) == []


async def grown_old(order: FakeTool, shop: Talk, language: Language) -> ev.MessagePosted:
    """Ask once, and once more when the tool has been down for ten minutes."""
    order.spec = structs.replace(order.spec, last_known_seconds=3_600, attempts=1)
    await shop.ask(QUESTIONS[language])
    order.answer = down
    await shop.clock.sleep(600)
    return await shop.ask(QUESTIONS[language])


def down(_: object) -> dict[str, Any]:
    raise ToolFailed("order: status 503: Traceback (most recent call last)")


@pytest.mark.parametrize("language", list(Language))
async def test_the_age_of_a_last_known_value_is_said_in_the_contacts_language(language: Language) -> None:
    shop = await talk()

    posted = await grown_old(shop.tools["order"], shop, language)

    assert AGES[language] in posted.text
    assert "2026" in posted.text
    assert "Traceback" not in posted.text
    assert await shop.reasons() == []


async def test_a_model_does_not_need_to_say_the_age_for_it_to_be_said() -> None:
    words = "It arrives on 24 November 2026."
    models = ScriptedModels(guess("10115"), LOOK, words, LOOK, words)
    shop = await talk(Setting(models={CHEAP: models}))

    posted = await grown_old(shop.tools["order"], shop, Language.EN)

    assert posted.text == (
        f"{words}\n\nOur system isn't answering right now; this is how things stood 10 min ago."
    )
    assert "10 min ago" in told(models)


async def test_a_value_without_a_question_of_its_own_is_asked_for_by_its_name() -> None:
    shop = await talk()
    order = shop.tools["order"]
    order.spec = structs.replace(
        order.spec, parameters=(structs.replace(ORDER_NUMBER, ask="ask_value"), SUBJECT)
    )

    posted = await shop.ask("Where is my order?")

    assert posted.text == "To look this up I need one more detail from you, please: order number."


async def test_a_tool_that_fails_and_has_no_other_source_becomes_a_handoff() -> None:
    shop = await talk()
    shop.tools["order"].answer = down

    posted = await shop.ask(QUESTIONS[Language.EN])

    assert posted.text.startswith("I can't look this up at the moment")
    assert await shop.reasons() == ["tool_failure"]


@pytest.mark.parametrize("demanded", [Verification.CODE, Verification.SIGNED])
async def test_a_tool_that_demands_a_proof_that_nothing_here_gives_is_not_called(
    demanded: Verification,
) -> None:
    shop = await talk()
    order = shop.tools["order"]
    order.spec = structs.replace(order.spec, verification=demanded)

    await shop.ask(QUESTIONS[Language.EN])

    assert order.calls == []
    assert await shop.reasons() == ["policy"]
