"""Whoever does what in whatever order: one voice at a time, and no message is lost.

Contacts write, workers claim and answer, crash and lose their leases; teammates take over, reply, hand back
and close.  After each step the log is read and held against the promises of the house.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fondaco.domain import events as ev
from fondaco.domain.access import Teammate
from fondaco.domain.deliveries import Attempt, DeliveryState
from fondaco.domain.errors import Conflict, LeaseLost
from fondaco.domain.ids import WorkerId
from fondaco.domain.lifecycle import waits_for_team
from fondaco.domain.people import SYSTEM, AssigneeKind, AuthorKind
from fondaco.domain.turns import Lease, Work, unanswered
from fondaco.engine import Outcome
from fondaco.inbox.journal import LeasedJournal
from fondaco.inbox.settle import Timing, settling
from tests.scenario.turns_house import ANNA, BERT, CALLBACK, LIN, MAX, SHOP, Setting, Talk, talk

T = TypeVar("T")

TEXTS = (
    "Hello",
    "How can I send back something?",
    "maybe something",
    "Where is my order RI-10001? 10115",
    "Where is my order?",
    "I want to talk to a real person",
    "What does the moon weigh?",
)
SILENCE_SECONDS = 11


class Act(StrEnum):
    """What a person may do besides writing as a contact."""

    TAKE_OVER = "take_over"  #: a teammate makes the conversation theirs
    REPLY = "reply"  #: a teammate writes to the contact
    HAND_BACK = "hand_back"  #: a teammate gives it back to the assistant
    ASK_FOR_A_PERSON = "ask_for_a_person"  #: the contact presses the button
    CLOSE = "close"  #: the episode ends


class VoicesMachine(RuleBasedStateMachine):
    """One conversation, two workers and two teammates."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self.shop: Talk = self.do(talk(Setting(connection=CALLBACK)))
        self.leases: list[Lease] = []
        self.turns: list[tuple[Lease, Work, Outcome]] = []

    def teardown(self) -> None:
        self._loop.close()

    def do(self, operation: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(operation)

    def _command(self, command: Coroutine[Any, Any, object]) -> None:
        """Let somebody try what may not be possible just now."""
        with suppress(Conflict):  # it says so and has written nothing, which the invariants see
            self.do(command)

    @rule(text=st.sampled_from(TEXTS))
    def the_contact_writes(self, text: str) -> None:
        self.do(self.shop.write(text))

    @rule(worker=st.sampled_from([ANNA, BERT]), thinks=st.booleans())
    def a_worker_claims(self, worker: WorkerId, *, thinks: bool) -> None:
        claimed = self.do(self.shop.claim(worker))
        if thinks:
            for lease in claimed:
                self._think(lease)
        else:
            self.leases += claimed

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def a_worker_answers(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        self.leases.remove(lease)
        with suppress(LeaseLost):  # the next claim has it
            self.do(self.shop.worker.answer(lease))

    def _think(self, lease: Lease) -> None:
        """Run a turn, and leave what it comes to lying about."""
        work = self.do(self.shop.store.read_work(lease))
        if not work.conversation.assistant_answers:
            return
        outcome = self.do(self.shop.turn.run(work, LeasedJournal(self.shop.store, lease, work.steps)))
        if outcome is not None:
            self.turns.append((lease, work, outcome))

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def a_worker_settles_what_it_thought_of_long_ago(self, data: st.DataObject) -> None:
        lease, work, outcome = data.draw(st.sampled_from(self.turns))
        now_ms = self.shop.clock.now_ms()
        timing = Timing(started_at_ms=now_ms, duration_ms=1.0, restarts=0, now_ms=now_ms)
        self.do(self.shop.store.commit(settling(work, outcome, timing), lease))

    @rule(arrived=st.booleans())
    def a_courier_sends(self, *, arrived: bool) -> None:
        now_ms, epoch = self.shop.clock.now_ms(), self.do(self.shop.current()).epoch
        for delivery in self.do(self.shop.store.claim_deliveries(ANNA, now_ms, 10)):
            assert delivery.epoch == epoch or not delivery.by_assistant
            state = DeliveryState.SENT if arrived else DeliveryState.QUEUED
            attempt = Attempt(delivery_id=delivery.id, number=delivery.attempts, at_ms=now_ms, state=state)
            self.do(self.shop.store.record_attempt(ANNA, attempt))

    @rule(crash=st.booleans(), seconds=st.sampled_from([0, 1, SILENCE_SECONDS]))
    def time_passes(self, seconds: int, *, crash: bool) -> None:
        if crash and seconds == SILENCE_SECONDS:
            self.leases, self.turns = [], []
        self.do(self.shop.clock.advance(seconds))

    # One rule for all of them: were each a rule of its own, the assistant would hardly get a word in.
    @rule(act=st.sampled_from(Act), teammate=st.sampled_from([LIN, MAX]))
    def a_person_acts(self, act: Act, teammate: Teammate) -> None:
        desk, place = self.shop.desk, (SHOP, self.shop.conversation.id)
        match act:
            case Act.TAKE_OVER:
                self._command(desk.take_over(*place, teammate))
            case Act.REPLY:
                self._command(desk.reply(*place, teammate, "At the door."))
            case Act.HAND_BACK:
                self._command(desk.hand_back(*place, teammate))
            case Act.ASK_FOR_A_PERSON:
                self._command(desk.request_person(*place))
            case Act.CLOSE:
                self._command(desk.resolve(*place, SYSTEM))

    @invariant()
    def events_are_numbered_without_a_gap(self) -> None:
        records = self._records()
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        assert self.do(self.shop.current()).last_seq == len(records)

    @invariant()
    def the_assistant_speaks_only_while_it_is_its_turn(self) -> None:
        speaks = AssigneeKind.NOBODY
        for record in self._records():
            match record.event:
                case ev.AssigneeChanged(assignee=assignee):
                    speaks = assignee.kind
                case ev.MessagePosted(author=author) if author.kind is AuthorKind.ASSISTANT:
                    assert speaks is AssigneeKind.ASSISTANT
                case _:
                    pass

    @invariant()
    def epochs_only_grow(self) -> None:
        events = [record.event for record in self._records()]
        epochs = [event.epoch for event in events if isinstance(event, ev.AssigneeChanged)]
        assert epochs == list(range(1, len(epochs) + 1))

    @invariant()
    def a_message_has_one_delivery(self) -> None:
        deliveries = self.do(self.shop.store.deliveries(SHOP, self.shop.conversation.id))
        posted = self.do(self.shop.posted())
        assert [one.message_id for one in deliveries] == [one.message_id for one in posted]

    @invariant()
    def a_turn_is_settled_and_answered_once(self) -> None:
        events = [record.event for record in self._records()]
        settled = [event.turn_id for event in events if isinstance(event, ev.TurnSettled)]
        said = [event.turn_id for event in events if isinstance(event, ev.MessagePosted) and event.turn_id]
        assert len(set(settled)) == len(settled)
        assert len(set(said)) == len(said)

    @invariant()
    def at_most_one_handoff_is_open(self) -> None:
        assert len(self.do(self.shop.store.handoffs(SHOP, only_open=True, limit=9))) <= 1

    @invariant()
    def no_message_is_lost(self) -> None:
        current = self.do(self.shop.current())
        records = tuple(record for record in self._records() if record.episode_id == current.episode_id)
        if current.episode_id is None or not unanswered(records):
            return
        with_people = current.assignee.kind in {AssigneeKind.TEAM, AssigneeKind.TEAMMATE}
        assert with_people or self._lanes() == 1

    @invariant()
    def the_assistants_lane_belongs_to_the_assistant_or_to_a_team_that_is_asked(self) -> None:
        current = self.do(self.shop.current())
        assert self._lanes() == 0 or current.assistant_answers or waits_for_team(current)

    @invariant()
    def a_waiting_contact_is_told_once_in_each_handoff(self) -> None:
        posted = [one.message_id for one in self.do(self.shop.posted())]
        assert len(set(posted)) == len(posted)

    def _lanes(self) -> float:
        return self.do(self.shop.store.figures())["lanes_waiting"]

    def _records(self) -> list[ev.Recorded]:
        return self.do(self.shop.store.records(SHOP, self.shop.conversation.id, 0, 100_000))


def test_whoever_does_what_there_is_one_voice_and_nothing_is_lost() -> None:
    run_state_machine_as_test(VoicesMachine, settings=settings(max_examples=60, stateful_step_count=40))


def test_when_everybody_is_done_everything_is_answered() -> None:
    machine = VoicesMachine()
    machine.the_contact_writes(TEXTS[1])
    machine.a_worker_claims(ANNA, thinks=False)
    machine.time_passes(SILENCE_SECONDS, crash=True)

    machine.a_worker_claims(BERT, thinks=False)
    [lease] = machine.leases
    machine.do(machine.shop.worker.answer(lease))

    assert machine.do(machine.shop.current()).waiting_since_ms is None
    machine.teardown()
