"""Who answers next: workers, teammates and contacts at the same conversation at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest
import structlog

from fondaco.domain import events as ev
from fondaco.domain.errors import ConfigurationError, Conflict, InvalidInput, LeaseLost, StorageError
from fondaco.domain.hours import Hours
from fondaco.domain.ids import WorkerId, WorkspaceId
from fondaco.domain.people import TO_ASSISTANT, AssigneeKind, AuthorKind
from fondaco.domain.turns import Lease
from fondaco.engine import Answerer
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.inbox import InboxOptions
from fondaco.kit.language import Language
from fondaco.testing.memory_store import MemoryStore
from fondaco.tools.caller import Journal
from tests.scenario.turns_house import BERT, CALLBACK, LIN, QUESTIONS, SHOP, Setting, Talk, another, talk

SECRET_WORDS = "my very own words"


@dataclass(slots=True)
class Gate(Answerer):
    """An answerer that waits until it is let through."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    through: asyncio.Event = field(default_factory=asyncio.Event)
    questions: list[str] = field(default_factory=list)

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        self.questions.append(context.question)
        self.reached.set()
        await self.through.wait()
        return Draft(text="It is on its way to you.", language=context.language)


class Broken(Answerer):
    """An answerer that always breaks down."""

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        raise RuntimeError("no luck")


class Hiccup(MemoryStore):
    """A store that cannot be reached at first."""

    failures = 3

    async def renew(self, worker_id: WorkerId, now_ms: int) -> None:
        self._fail()
        await super().renew(worker_id, now_ms)

    async def claim(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        workspaces: Collection[WorkspaceId] | None = None,
    ) -> list[Lease]:
        self._fail()
        return await super().claim(worker_id, now_ms, limit, workspaces)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageError("The database is gone.")


@dataclass(slots=True)
class InTheMiddle:
    """A turn that is under way."""

    shop: Talk
    gate: Gate
    turn: asyncio.Task[None]

    async def finish(self) -> None:
        self.gate.through.set()
        await self.turn


async def in_the_middle(setting: Setting | None = None) -> InTheMiddle:
    gate = Gate()
    shop = await talk(setting or Setting(answerer=gate))
    gate = gate if setting is None else _gate_of(setting)
    await shop.write("Where is it?")
    [lease] = await shop.claim()
    turn = asyncio.create_task(shop.worker.answer(lease))
    await gate.reached.wait()
    return InTheMiddle(shop, gate, turn)


def _gate_of(setting: Setting) -> Gate:
    assert isinstance(setting.answerer, Gate)
    return setting.answerer


async def test_a_message_that_comes_during_a_turn_is_answered_by_it() -> None:
    under_way = await in_the_middle()
    await under_way.shop.write("And when does it come?")

    await under_way.finish()

    assert under_way.gate.questions == ["Where is it?", "Where is it?\nAnd when does it come?"]
    assert len(await under_way.shop.posted()) == 1
    [settled] = await under_way.shop.all_of(ev.TurnSettled)
    assert settled.restarts == 1
    assert await under_way.shop.claim() == []


async def test_after_a_takeover_the_assistant_says_nothing() -> None:
    under_way = await in_the_middle(Setting(answerer=Gate(), connection=CALLBACK))
    shop = under_way.shop
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    await under_way.finish()

    assert await shop.posted() == []
    assert await shop.store.deliveries(SHOP, shop.conversation.id) == []


async def test_a_handback_lets_the_assistant_answer_what_nobody_has() -> None:
    under_way = await in_the_middle()
    shop = under_way.shop
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)
    await under_way.finish()
    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)

    await shop.answer()

    assert [one.author.kind for one in await shop.posted()] == [AuthorKind.SYSTEM, AuthorKind.ASSISTANT]
    assert (await shop.current()).waiting_since_ms is None


async def test_a_handback_when_everything_is_answered_makes_the_assistant_wait() -> None:
    shop = await talk()
    await shop.write("Where is it?")
    await shop.desk.reply(SHOP, shop.conversation.id, LIN, "At the door.")

    await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)

    assert await shop.claim() == []
    assert (await shop.current()).assignee == TO_ASSISTANT


async def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    under_way = await in_the_middle()
    shop = under_way.shop
    await shop.clock.advance(60)
    await shop.claim(BERT)
    before = await shop.events()

    await under_way.finish()

    assert await shop.events() == before


async def test_a_worker_that_lost_its_lease_learns_it_at_the_journal() -> None:
    shop = await talk()
    await shop.write(QUESTIONS[Language.EN])
    [lease] = await shop.claim()
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    with pytest.raises(LeaseLost):
        await shop.worker.answer(lease)

    assert shop.tools["order"].calls == []


async def test_a_turn_that_breaks_down_is_tried_again_and_then_handed_over_in_the_contacts_language() -> None:
    options = InboxOptions(burst_ms=0, max_attempts=2, poll_seconds=0.01)
    shop = await talk(Setting(answerer=Broken(), options=options))
    await shop.write("Wo ist denn bitte meine Bestellung?")

    await _work_until_handed_over(shop)

    [message] = await shop.posted()
    assert message.text.startswith("Bei uns gibt es gerade eine technische Störung.")
    assert await shop.reasons() == ["outage"]
    assert (await shop.current()).assignee.kind is AssigneeKind.TEAM


async def test_a_worker_that_is_stopped_finishes_what_it_has_begun() -> None:
    gate = Gate()
    shop = await talk(Setting(answerer=gate, options=InboxOptions(burst_ms=0, poll_seconds=0.01)))
    await shop.write("Where is it?")
    working = asyncio.create_task(shop.worker.run())
    await gate.reached.wait()

    working.cancel()
    asyncio.get_running_loop().call_soon(gate.through.set)
    await asyncio.gather(working, return_exceptions=True)

    assert len(await shop.posted()) == 1


async def test_a_worker_waits_for_a_database_that_is_gone_when_it_starts() -> None:
    shop = await talk(Setting(store=Hiccup, options=InboxOptions(burst_ms=0, poll_seconds=0.01)))
    await shop.write("Hello")

    working = asyncio.create_task(shop.worker.run())
    with shop.store.signals.listen(f"conversation:{shop.conversation.id}") as bell:
        answered = await bell.wait(10)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert answered
    assert len(await shop.posted()) == 1


async def test_there_is_no_work_while_a_teammate_answers() -> None:
    shop = await talk()
    await shop.write("Where is it?")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    await shop.write("Hello?")

    assert await shop.claim() == []


async def test_a_conversation_of_a_workspace_that_is_not_served_is_left_alone() -> None:
    shop = await talk(Setting(workspaces=(WorkspaceId("wsp_other"),)))
    await shop.write("Where is it?")
    [lease] = await shop.claim()

    with pytest.raises(ConfigurationError, match=r"workspace\.id"):
        await shop.worker.answer(lease)

    assert await shop.posted() == []


async def test_who_asks_for_a_person_during_a_turn_hears_of_the_person_only() -> None:
    under_way = await in_the_middle()
    await under_way.shop.desk.request_person(SHOP, under_way.shop.conversation.id)

    await under_way.finish()

    [message] = await under_way.shop.posted()
    assert message.text.startswith("Of course. A person from our team")


async def test_the_log_of_the_process_holds_no_word_of_a_contact() -> None:
    shop = await talk()
    with structlog.testing.capture_logs() as lines:
        await shop.ask(f"{SECRET_WORDS} {QUESTIONS[Language.EN]}")
        await shop.ask(f"{SECRET_WORDS} maybe")
        await shop.ask(f"{SECRET_WORDS} and nothing else")

    assert {line["event"] for line in lines} == {"tool_called", "turn_settled"}
    assert SECRET_WORDS not in repr(lines)
    assert "10115" not in repr(lines)


async def test_a_shop_that_stays_closed_promises_nothing() -> None:
    shop = await talk(Setting(hours=Hours(weekdays=())))

    answer = await shop.ask("I want to talk to a real person")

    [handoff] = await shop.store.handoffs(SHOP, only_open=True, limit=5)
    assert answer.text == "A person from our team will answer you here as soon as somebody is in."
    assert handoff.promised_at_ms is None


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\u200b", "x" * 4_001])
async def test_what_is_empty_or_too_long_is_refused_and_stored_nowhere(text: str) -> None:
    shop = await talk()

    with pytest.raises(InvalidInput):
        await shop.write(text)

    assert await shop.events() == []


async def test_the_longest_message_that_is_accepted_is_stored_whole() -> None:
    shop = await talk()

    await shop.write("ä" * 4_000)

    [message] = await shop.all_of(ev.MessageReceived)
    assert message.text == "ä" * 4_000


async def test_the_same_message_twice_is_stored_once() -> None:
    shop = await talk()
    conversation = await shop.current()
    first = await shop.intake.receive(conversation, text="Hello", external_id="same")

    second = await shop.intake.receive(conversation, text="Hello", external_id="same")

    assert (second.duplicate, second.message_id, second.seq) == (True, first.message_id, first.seq)
    assert len(await shop.all_of(ev.MessageReceived)) == 1


async def test_an_id_of_another_conversation_gives_nothing_of_it_away() -> None:
    shop = await talk()
    other = await another(shop, "harry")
    await shop.intake.receive(await shop.current(), text="Hello", external_id="same")

    with pytest.raises(Conflict, match="another conversation"):
        await shop.intake.receive(await other.current(), text="Hi", external_id="same")


async def test_an_answer_in_another_language_leaves_the_contacts_as_it_is() -> None:
    shop = await talk()

    answer = await shop.ask("Kann ich das bitte wieder zurückgeben? send back")

    assert answer.language is Language.EN
    assert (await shop.current()).language is Language.DE


async def _work_until_handed_over(shop: Talk) -> None:
    working = asyncio.create_task(shop.worker.run())
    with shop.store.signals.listen(f"conversation:{shop.conversation.id}") as bell:
        while not await shop.posted():
            await shop.clock.advance(30)
            await bell.wait(0.02)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
