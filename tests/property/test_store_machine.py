"""Whatever is asked of them in whatever order, SQLite and the store in memory give the same answers.

Each rule asks both and compares what they say; an invariant compares all that can be read.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fondaco.domain import lifecycle
from fondaco.domain.changes import Change
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import FondacoError
from fondaco.domain.ids import ContactId, ConversationId, DeliveryId, EpisodeId, MessageId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import ConversationFilter
from fondaco.domain.people import SYSTEM
from fondaco.domain.turns import Contact, Lease, Opening, Step, Work
from fondaco.kit.signals import SignalHub
from fondaco.storage.migrate import migrate
from fondaco.storage.sqlite import SqliteStore
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from tests.contract.store_support import (
    ANNA,
    BERT,
    CONNECTION,
    LIN,
    SHOP,
    AnyStore,
    answer,
    posted,
    request_person,
    turn_of,
)

SILENCE_MS = 4_000
MANY = 1_000

IDS = [ConversationId(f"cnv_{number}") for number in range(3)]

conversations = st.sampled_from(IDS)
workers = st.sampled_from([ANNA, BERT])
texts = st.sampled_from(["红色围巾", "red scarf", "Rückgabefrist", "赤いマフラー"])


class StoreMachine(RuleBasedStateMachine):
    """Two stores, one clock, one life."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.leases: list[tuple[Lease, Lease]] = []
        self.sending: list[tuple[Delivery, str]] = []
        self.made = 0
        path = Path(shutil.copy(self.template, self.folder / "fondaco.db"))
        self.sqlite = self.loop.run_until_complete(
            SqliteStore.open(path, clock=self.clock, signals=SignalHub(), silence_ms=SILENCE_MS)
        )
        self.memory = MemoryStore(self.clock, silence_ms=SILENCE_MS)
        for number, conversation_id in enumerate(IDS):
            self._open(conversation_id, pulls=number == 0)

    def teardown(self) -> None:
        self.loop.run_until_complete(self.sqlite.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _open(self, conversation_id: ConversationId, *, pulls: bool) -> None:
        contact = Contact(id=ContactId(f"ctc_{conversation_id}"), name="Ada")
        conversation = Conversation(
            id=conversation_id,
            workspace_id=SHOP,
            connection_id=CONNECTION,
            contact_id=contact.id,
            pulls=pulls,
        )
        opening = Opening(
            contact=contact,
            contact_external_id=conversation_id,
            conversation=conversation,
            external_id=conversation_id,
        )
        self._both(lambda store: store.open_conversation(opening))

    def _each(
        self,
        ask_sqlite: Callable[[AnyStore], Awaitable[Any]],
        ask_memory: Callable[[AnyStore], Awaitable[Any]],
    ) -> tuple[Any, Any]:
        return (
            self.loop.run_until_complete(_answer(ask_sqlite(self.sqlite))),
            self.loop.run_until_complete(_answer(ask_memory(self.memory))),
        )

    def _both(self, ask: Callable[[AnyStore], Awaitable[Any]]) -> Any:
        sqlite, memory = self._each(ask, ask)
        assert sqlite == memory
        return memory

    def _new(self) -> int:
        self.made += 1
        return self.made

    def _conversation(self, conversation_id: ConversationId) -> Conversation:
        return self.loop.run_until_complete(self.memory.conversation(SHOP, conversation_id))

    def _decide(self, decide: Callable[[], Change]) -> None:
        """Write what the life cycle decides, if it allows it here."""
        try:
            change = decide()
        except FondacoError:
            return
        self._both(lambda store: store.commit(change))

    @property
    def now(self) -> int:
        return self.clock.now_ms()

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.9, 4.0]))
    def time_passes(self, seconds: float) -> None:
        self.loop.run_until_complete(self.clock.advance(seconds))

    @rule(conversation_id=conversations, text=texts, burst_ms=st.sampled_from([0, 1_000]))
    def the_contact_writes(self, conversation_id: ConversationId, text: str, burst_ms: int) -> None:
        number = self._new()
        self._accept(conversation_id, number, text, burst_ms)

    @rule(conversation_id=conversations, number=st.integers(1, 20))
    def the_channel_repeats_itself(self, conversation_id: ConversationId, number: int) -> None:
        self._accept(conversation_id, number, "again", 0)
        self.made = max(self.made, number)

    def _accept(self, conversation_id: ConversationId, number: int, text: str, burst_ms: int) -> None:
        inbound = Inbound(
            message_id=MessageId(f"msg_{conversation_id}_{number}"),
            text=text,
            external_id=f"{number}",
            at_ms=self.now,
            new_episode_id=EpisodeId(f"epi_{number}"),
            burst_ms=burst_ms,
        )
        self._both(lambda store: store.accept(conversation_id, inbound))

    @rule(worker=workers)
    def a_worker_claims(self, worker: Any) -> None:
        sqlite, memory = self._each(*[lambda store: store.claim(worker, self.now, MANY)] * 2)
        pairs = list(zip(sorted(sqlite, key=_place), sorted(memory, key=_place), strict=True))
        assert [_without_token(ours) for ours, _ in pairs] == [_without_token(theirs) for _, theirs in pairs]
        self.leases += pairs

    @rule(worker=workers)
    def a_worker_gives_a_sign_of_life(self, worker: Any) -> None:
        self._both(lambda store: store.renew(worker, self.now))

    @rule(worker=workers)
    def a_worker_stops(self, worker: Any) -> None:
        self._both(lambda store: store.retire(worker))

    def _work(self, choice: int) -> tuple[tuple[Lease, Lease], Work] | None:
        """Read what a lease is for; None where it is lost, which both must say."""
        lease = self.leases[choice % len(self.leases)]
        sqlite, memory = self._each(
            lambda store: store.read_work(lease[0]), lambda store: store.read_work(lease[1])
        )
        assert sqlite == memory
        return (lease, memory) if isinstance(memory, Work) else None

    @precondition(lambda self: self.leases)
    @rule(choice=st.integers(0, 50), key=st.sampled_from(["call:a", "call:b"]))
    def a_step_is_journalled(self, choice: int, key: str) -> None:
        found = self._work(choice)
        if found is not None:
            (ours, theirs), work = found
            step = Step(turn_id=turn_of(work), key=key, data={"number": self._new()})
            assert _same(
                self._each(lambda store: store.journal(ours, step), lambda store: store.journal(theirs, step))
            )

    @precondition(lambda self: self.leases)
    @rule(choice=st.integers(0, 50))
    def a_turn_settles(self, choice: int) -> None:
        found = self._work(choice)
        if found is not None:
            (ours, theirs), work = found
            change = answer(work, self.now)
            assert _same(
                self._each(
                    lambda store: store.commit(change, ours), lambda store: store.commit(change, theirs)
                )
            )

    @precondition(lambda self: self.leases)
    @rule(choice=st.integers(0, 50))
    def a_turn_settles_on_what_was_before(self, choice: int) -> None:
        found = self._work(choice)
        if found is not None:
            (ours, theirs), work = found
            self._accept(work.conversation.id, self._new(), "One more thing", 0)
            change = answer(work, self.now)
            assert _same(
                self._each(
                    lambda store: store.commit(change, ours), lambda store: store.commit(change, theirs)
                )
            )

    @precondition(lambda self: self.leases)
    @rule(choice=st.integers(0, 50), wait_ms=st.sampled_from([None, 0, 2_000]))
    def a_lease_is_given_back(self, choice: int, wait_ms: int | None) -> None:
        ours, theirs = self.leases[choice % len(self.leases)]
        due = None if wait_ms is None else self.now + wait_ms
        assert _same(
            self._each(lambda store: store.release(ours, due), lambda store: store.release(theirs, due))
        )

    @rule(conversation_id=conversations)
    def a_person_is_asked_for(self, conversation_id: ConversationId) -> None:
        base, name = self._conversation(conversation_id), str(self._new())
        if base.episode_id is not None:
            self._decide(lambda: request_person(base, self.now, name))

    @rule(conversation_id=conversations)
    def a_teammate_writes(self, conversation_id: ConversationId) -> None:
        base, message = self._conversation(conversation_id), posted(f"lin_{self._new()}", LIN)
        handoff = self._both(lambda store: store.open_handoff(SHOP, conversation_id))
        self._decide(lambda: lifecycle.post_as_teammate(base, message, handoff, self.now))

    @rule(conversation_id=conversations)
    def a_teammate_hands_back(self, conversation_id: ConversationId) -> None:
        base, notice = self._conversation(conversation_id), posted(f"back_{self._new()}", SYSTEM)
        handoff = self._both(lambda store: store.open_handoff(SHOP, conversation_id))
        handoff_id = handoff.id if handoff else None
        self._decide(lambda: lifecycle.hand_back(base, LIN, handoff_id, notice, self.now))

    @rule(conversation_id=conversations)
    def the_episode_ends(self, conversation_id: ConversationId) -> None:
        base = self._conversation(conversation_id)
        handoff = self._both(lambda store: store.open_handoff(SHOP, conversation_id))
        self._decide(lambda: lifecycle.resolve(base, LIN, handoff, self.now))

    @rule(worker=workers)
    def a_courier_sets_out(self, worker: Any) -> None:
        sqlite, memory = self._each(*[lambda store: store.claim_deliveries(worker, self.now, MANY)] * 2)
        assert sorted(sqlite, key=_place) == sorted(memory, key=_place)
        self.sending += [(delivery, worker) for delivery in memory]

    @precondition(lambda self: self.sending)
    @rule(
        choice=st.integers(0, 50),
        state=st.sampled_from(DeliveryState),
        wait_ms=st.sampled_from([0, 500]),
    )
    def a_courier_reports(self, choice: int, state: DeliveryState, wait_ms: int) -> None:
        delivery, worker = self.sending[choice % len(self.sending)]
        report = Attempt(
            delivery_id=DeliveryId(delivery.id),
            number=delivery.attempts,
            at_ms=self.now,
            state=state,
            due_at_ms=self.now + wait_ms,
            error=state.value,
        )
        self._both(lambda store: store.record_attempt(worker, report))  # type: ignore[arg-type]

    @rule(text=texts)
    def somebody_searches(self, text: str) -> None:
        self._both(lambda store: store.search(SHOP, text, MANY))

    @invariant()
    def all_that_can_be_read_is_the_same(self) -> None:
        self._both(lambda store: store.conversations(ConversationFilter(workspace_id=SHOP), None, MANY))
        self._both(lambda store: store.handoffs(SHOP, only_open=False, limit=MANY))
        self._both(lambda store: store.counts(SHOP))
        self._both(lambda store: store.figures())
        for conversation_id in IDS:
            self._the_log_is_the_same(conversation_id)

    def _the_log_is_the_same(self, conversation_id: ConversationId) -> None:
        self._both(lambda store: store.records(SHOP, conversation_id, 0, MANY))
        self._both(lambda store: store.deliveries(SHOP, conversation_id))

    @invariant()
    def numbers_have_no_gap(self) -> None:
        for conversation_id in IDS:
            records = self.loop.run_until_complete(self.sqlite.records(SHOP, conversation_id, 0, MANY))
            last = self._conversation(conversation_id).last_seq
            assert [record.seq for record in records] == list(range(1, last + 1))


async def _answer(asked: Awaitable[Any]) -> Any:
    """Return the answer, or the kind of error that was raised instead."""
    try:
        return await asked
    except FondacoError as error:
        return type(error)


def _same(answers: tuple[Any, Any]) -> bool:
    return bool(answers[0] == answers[1])


def _without_token(lease: Lease) -> Lease:
    return msgspec.structs.replace(lease, token=0)


def _place(found: Lease | Delivery) -> ConversationId:
    return found.conversation_id


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("machine")
    asyncio.run(migrate(f"sqlite:///{folder / 'fondaco.db'}"))
    return folder / "fondaco.db"


def test_sqlite_and_memory_live_the_same_life(template: Path) -> None:
    StoreMachine.template = template

    run_state_machine_as_test(StoreMachine, settings=settings(max_examples=40, stateful_step_count=30))
