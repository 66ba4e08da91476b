"""While a model is asked the contact writes again, or somebody takes over: nobody waits for its answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import LeaseLost
from fondaco.domain.tools import CallState
from fondaco.llm.answering import Answered, Ask, Listener
from fondaco.testing.scripted_models import ScriptedModels
from tests.scenario.turns_house import LIN, SHOP, Setting, Talk, talk
from tests.scenario.turns_models import CHEAP, RETURNS, YES, told

AGAIN = "And is that the same for kettles?"


class SlowModels(ScriptedModels):
    """Models that think until they are let through, and count who stops waiting for them."""

    def __init__(self, *answers: str) -> None:
        super().__init__(*answers)
        self.begun = asyncio.Semaphore(0)
        self.through = asyncio.Event()
        self.given_up = 0

    async def ask(self, ask: Ask, listener: Listener | None = None) -> Answered:
        self.begun.release()
        try:
            await self.through.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            self.asked.append(ask)
            raise
        return await super().ask(ask, listener)


async def asked() -> tuple[Talk, SlowModels, asyncio.Task[None]]:
    """Let a contact ask, and a model think about it."""
    models = SlowModels(YES, YES)
    shop = await talk(Setting(models={CHEAP: models}))
    await shop.write(RETURNS)
    [lease] = await shop.claim()
    turn = asyncio.create_task(shop.worker.answer(lease))
    await models.begun.acquire()
    await shop.clock.advance(1)
    return shop, models, turn


async def test_a_further_message_ends_the_waiting_and_both_are_answered_at_once() -> None:
    shop, models, turn = await asked()

    await shop.write(AGAIN)
    await models.begun.acquire()
    models.through.set()
    await turn

    assert models.given_up == 1
    assert RETURNS in told(models)
    assert AGAIN in told(models)
    assert len(await shop.posted()) == 1
    [settled] = await shop.all_of(ev.TurnSettled)
    assert settled.restarts == 1


async def test_a_takeover_ends_the_waiting() -> None:
    shop, models, turn = await asked()

    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    with pytest.raises(LeaseLost):
        await turn

    assert models.given_up == 1
    assert await shop.posted() == []


async def test_neither_a_note_nor_an_idle_ring_ends_the_waiting() -> None:
    shop, models, turn = await asked()

    await shop.desk.add_note(SHOP, shop.conversation.id, LIN, "A regular.")
    await shop.clock.advance(1)
    shop.store.signals.ring(f"conversation:{shop.conversation.id}")
    await shop.clock.advance(1)
    models.through.set()
    await turn

    assert models.given_up == 0
    assert [message.text for message in await shop.posted()] == [YES]


async def test_a_contact_who_goes_on_writing_is_answered_all_the_same() -> None:
    shop, models, turn = await asked()

    await shop.write("One,")
    await models.begun.acquire()
    await shop.write("two,")
    await models.begun.acquire()
    await shop.write("three,")
    await models.begun.acquire()
    await shop.write("four.")
    await shop.clock.advance(10)

    assert models.given_up == 3
    models.through.set()
    await turn
    assert models.given_up == 3
    assert len(await shop.posted()) == 1


class Slow:
    """A tool's answer that comes when it is let through."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.through = asyncio.Event()

    async def __call__(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.reached.set()
        await self.through.wait()
        return {"sent_to": "m…@example.com"}


async def test_a_call_that_changes_something_is_waited_for() -> None:
    shop = await talk(Setting(models={CHEAP: ScriptedModels()}))
    slow = Slow()
    shop.tools["invoice"].answer = slow
    await shop.write("Please send me the invoice for RI-10001, my postcode is 10115.")
    [lease] = await shop.claim()
    turn = asyncio.create_task(shop.worker.answer(lease))
    await slow.reached.wait()

    await shop.write("To my old address.")
    await shop.clock.advance(10)
    slow.through.set()
    await turn

    assert len(shop.tools["invoice"].calls) == 1
    calls = [one.call for one in await shop.all_of(ev.ToolCalled) if one.call.tool == "invoice"]
    assert {call.state for call in calls} == {CallState.DONE}
