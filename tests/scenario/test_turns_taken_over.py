"""A teammate takes over while the assistant is at it: what was done is told, and nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import LeaseLost
from fondaco.domain.tools import CallState
from tests.scenario.turns_house import LIN, QUESTIONS, SHOP, Talk, talk

INVOICE = "Please send me the invoice for RI-10001, my postcode is 10115."


class Slow:
    """A tool's answer that comes when it is let through."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.through = asyncio.Event()

    async def __call__(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.reached.set()
        await self.through.wait()
        return {"sent_to": "m…@example.com"}


async def in_the_middle_of_a_call(shop: Talk) -> tuple[Slow, asyncio.Task[None]]:
    slow = Slow()
    answer: Callable[[dict[str, Any]], Any] = slow
    shop.tools["invoice"].answer = answer
    await shop.write(INVOICE)
    [lease] = await shop.claim()
    turn = asyncio.create_task(shop.worker.answer(lease))
    await slow.reached.wait()
    return slow, turn


async def effects(shop: Talk) -> list[tuple[str, CallState]]:
    return [
        (event.call.tool, event.call.state)
        for event in await shop.all_of(ev.ToolCalled)
        if event.call.tool == "invoice"
    ]


async def test_whoever_takes_over_in_the_middle_of_a_call_sees_that_it_may_have_taken_effect() -> None:
    shop = await talk()
    slow, turn = await in_the_middle_of_a_call(shop)

    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    [event] = [one for one in await shop.all_of(ev.ToolCalled) if one.call.tool == "invoice"]
    assert event.call.state is CallState.UNKNOWN
    assert "may have taken effect" in event.call.error
    slow.through.set()
    with pytest.raises(LeaseLost):
        await turn
    assert await shop.posted() == []


async def test_a_reply_in_the_middle_of_a_call_tells_of_it_too_and_once() -> None:
    shop = await talk()
    slow, turn = await in_the_middle_of_a_call(shop)

    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "I am at it.")
    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "One moment.")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    assert await effects(shop) == [("invoice", CallState.UNKNOWN)]
    slow.through.set()
    with pytest.raises(LeaseLost):
        await turn


async def test_what_was_told_at_the_takeover_is_not_told_again_by_the_turn_that_goes_on() -> None:
    shop = await talk()
    slow, turn = await in_the_middle_of_a_call(shop)
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    slow.through.set()
    with pytest.raises(LeaseLost):
        await turn

    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)
    await shop.answer()

    assert await effects(shop) == [("invoice", CallState.UNKNOWN)]
    assert len(shop.tools["invoice"].calls) == 1


async def test_a_takeover_after_the_turn_has_settled_tells_nothing_twice() -> None:
    shop = await talk()
    await shop.ask(INVOICE)

    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    assert await effects(shop) == [("invoice", CallState.DONE)]


async def test_what_a_turn_only_looked_up_is_no_news_for_a_teammate() -> None:
    shop = await talk()
    slow = Slow()
    answer: Callable[[dict[str, Any]], Any] = slow
    shop.tools["order"].answer = answer
    await shop.write(next(iter(QUESTIONS.values())))
    [lease] = await shop.claim()
    turn = asyncio.create_task(shop.worker.answer(lease))
    await slow.reached.wait()

    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    assert await shop.all_of(ev.ToolCalled) == []
    slow.through.set()
    with pytest.raises(LeaseLost):
        await turn
