"""What a contact wrote in earlier conversations, with the whole server: told to its own person alone."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.people import SYSTEM
from fondaco.llm.targets import ProviderKind
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.testing.provider.script import Answer, Ask, Call, Role
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.scripted_models import ScriptedModels, wishing
from tests.scenario.test_bad_input_requests import token
from tests.scenario.test_memory_served import SIMULATED, models_at
from tests.scenario.turns_house import SHOP, WIDGET, Setting, Talk, talk
from tests.scenario.turns_models import CHEAP, LOOK, MINE, Journal, guess, prompt, told
from tests.scenario.whole_server import Whole, open_whole

BRUNO = "My dog Bruno ate the blue scarf."
LAST_TIME = "What did I write last time about my dog?"
RECALL = wishing("recall", {"query": "the dog Bruno"}, wish_id="wish_9")
DAY_MS = 24 * 60 * 60 * 1000
APPEND_WITH_CARD = MemoryOptions(strategy=StrategyChoice.APPEND, card=True)


@dataclass(slots=True)
class Heard:
    """What the simulated provider was asked."""

    asks: list[Ask] = field(default_factory=list)

    def answer(self, ask: Ask) -> Answer:
        self.asks.append(ask)
        if LAST_TIME in ask.last.text and ask.last.role is Role.USER and ask.offers("recall"):
            return Answer(calls=(Call(name="recall", arguments='{"query":"the dog Bruno"}'),))
        return Answer(text="We are glad to help.")

    def told(self) -> str:
        """Return everything that was told in the last prompt."""
        return "\n".join(line.text for line in self.asks[-1].lines)


@asynccontextmanager
async def serving(folder: Path, heard: Heard, memory: MemoryOptions) -> AsyncIterator[Whole]:
    async with ProviderSimulator(heard.answer, options=SIMULATED) as simulator:
        llm = models_at(simulator, ProviderKind.OPENAI, "gpt-4.1")
        async with open_whole(folder, llm, memory) as whole:
            yield whole


async def signed(whole: Whole, text: str, *, resolved: bool = False) -> str:
    """Begin a conversation as somebody whom the shop signs for; return its id once it is answered."""
    begun = await whole.begin(text, identity=token(sub="mira", name="Mira"))
    conversation_id = str(begun.json["conversation_id"])
    await whole.until(conversation_id, "TurnSettled")
    if resolved:
        shop = WorkspaceId(whole.app.settings.workspace.id)
        await whole.app.desk.resolve(shop, ConversationId(conversation_id), SYSTEM)
    return conversation_id


async def events_of(whole: Whole, conversation_id: str) -> list[ev.Event]:
    return [msgspec.convert(one, ev.Event) for one in await whole.events(conversation_id)]


async def test_a_contact_of_the_shops_asks_what_it_wrote_last_time(tmp_path: Path) -> None:
    heard = Heard()
    async with serving(tmp_path, heard, APPEND_WITH_CARD) as whole:
        before = await signed(whole, BRUNO, resolved=True)
        first = heard.asks[-1]
        now = await signed(whole, LAST_TIME)
        log = await events_of(whole, now)

    assert not first.offers("recall")
    assert heard.asks[-1].last.role is Role.TOOL
    assert f"- person: {BRUNO}" in heard.asks[-1].last.text
    assert "Earlier conversations: 1" in heard.told()
    [recalled] = [event for event in log if isinstance(event, ev.TurnsRecalled)]
    assert [one.conversation_id for one in recalled.earlier] == [before]


@pytest.mark.parametrize(("memory", "offered"), [(APPEND_WITH_CARD, False), (MemoryOptions(card=True), True)])
async def test_somebody_who_has_proven_nothing_is_told_nothing_even_when_asked(
    tmp_path: Path, memory: MemoryOptions, offered: bool
) -> None:
    heard = Heard()
    async with serving(tmp_path, heard, memory) as whole:
        conversation_id = await whole.open("mira")
        path, shop = f"/v1/conversations/{conversation_id}/messages", whole.app.settings.workspace.id
        await whole.ask("POST", path, {"text": BRUNO})
        await whole.until(conversation_id, "TurnSettled")
        await whole.app.desk.resolve(WorkspaceId(shop), ConversationId(conversation_id), SYSTEM)
        await whole.ask("POST", path, {"text": LAST_TIME})
        await whole.until(conversation_id, "TurnSettled", 2)

    assert heard.asks[-1].offers("recall") is offered
    assert (heard.asks[-1].last.role is Role.TOOL) is offered
    assert BRUNO not in heard.told()


@pytest.mark.parametrize(("days_ago", "is_told"), [(29, True), (31, False)])
async def test_after_the_days_of_the_settings_it_is_gone(
    tmp_path: Path, days_ago: int, is_told: bool
) -> None:
    heard, memory = Heard(), MemoryOptions(strategy=StrategyChoice.APPEND, earlier_days=30)
    async with serving(tmp_path, heard, memory) as whole:
        await signed(whole, BRUNO, resolved=True)
    with closing(sqlite3.connect(tmp_path / "fondaco.db")) as writing, writing:
        writing.execute("update event set at_ms = at_ms - ?", (days_ago * DAY_MS,))
    async with serving(tmp_path, heard, memory) as whole:
        await signed(whole, LAST_TIME)

    assert (BRUNO in heard.told()) is is_told
    assert heard.asks[-1].offers("recall") is is_told


async def shop_with_a_past(
    *replies: object, text: str = BRUNO, **more: object
) -> tuple[Talk, ScriptedModels]:
    """Open a shop with a contact whose first episode was resolved a day ago."""
    models = ScriptedModels(*replies)  # type: ignore[arg-type]
    shop = await talk(Setting(models={CHEAP: models}, **more))  # type: ignore[arg-type]
    await shop.ask(text)
    await shop.clock.advance(60)
    await shop.desk.resolve(SHOP, shop.conversation.id, SYSTEM)
    await shop.clock.advance(DAY_MS / 1000)
    return shop, models


async def test_what_comes_back_proves_no_value() -> None:
    paid = "I paid 1,299.00 EUR for the sofa."
    shop, models = await shop_with_a_past(
        "We are glad.",
        RECALL,
        "You paid 1,299.00 EUR.",
        "You paid 1,299.00 EUR.",
        text=paid,
        verified_subject="m",
    )

    await shop.ask("What did I pay last time?")

    assert paid in told(models, 2)
    assert await shop.reasons() == ["unproven_answer"]


async def test_the_card_proves_no_value() -> None:
    answers = ("We are glad.", "You paid 1,299.00 EUR.", "You paid 1,299.00 EUR.")
    memory = MemoryOptions(card=True)
    shop, models = await shop_with_a_past(
        *answers, text="I paid 1,299.00 EUR for it.", verified_subject="m", memory=memory
    )

    await shop.ask("What did I pay last time?")

    assert "1,299.00 EUR" in str(prompt(models).history[0])
    assert await shop.reasons() == ["unproven_answer"]


async def test_words_come_back_where_the_same_order_was_proven_in_both_episodes() -> None:
    shop, models = await shop_with_a_past(
        guess("10115"), LOOK, "It is on its way.", guess("10115"), "Thank you.", RECALL, "Yes.", text=MINE
    )
    await shop.ask(MINE)
    before = [tool.name for tool in models.asked[-1].prompt.tools]

    await shop.ask("What did I write last time?")

    assert "recall" not in before
    assert MINE in told(models)
    assert [len(one.earlier) for one in await shop.all_of(ev.TurnsRecalled)] == [1]


async def test_a_turn_that_is_taken_up_again_recalls_the_same_and_pays_nothing_twice() -> None:
    shop, models = await shop_with_a_past("We are glad.", RECALL, "You wrote of Bruno.", verified_subject="m")
    await shop.write(LAST_TIME)
    [lease] = await shop.claim()
    work, journal = await shop.store.read_work(lease), Journal()
    first = await shop.turn.run(work, journal)
    elsewhere = await shop.intake.open(WIDGET, contact_external_id="mira", external_id="elsewhere")
    await shop.intake.receive(elsewhere, text="My dog Bruno ate a shoe.", external_id="e/1")

    again = await shop.turn.run(work, journal)

    assert first is not None
    assert again is not None
    assert len(models.asked) == 3
    assert again.message == first.message
    assert [event for event in again.events if isinstance(event, ev.TurnsRecalled)] == [
        event for event in first.events if isinstance(event, ev.TurnsRecalled)
    ]
