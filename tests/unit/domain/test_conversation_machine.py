"""Whatever anybody does in whatever order, a conversation stays one that can be answered."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Lane, changed
from fondaco.domain.conversation import Status, evolve
from fondaco.domain.deliveries import Delivery
from fondaco.domain.errors import FondacoError
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import TurnId
from fondaco.domain.people import SYSTEM, AssigneeKind, Author
from fondaco.domain.turns import unanswered
from tests.unit.domain.conversations import LIN, MAX, NEW, NOW, said, wanted, written

teammates = st.sampled_from([LIN, MAX])


class ConversationMachine(RuleBasedStateMachine):
    """One conversation, its log, its lane and its open handoff."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = NEW
        self.records: tuple[Recorded, ...] = ()
        self.deliveries: tuple[Delivery, ...] = ()
        self.handoff: Handoff | None = None
        self.waits_for_assistant = False
        self.number = 0

    def _new(self) -> str:
        self.number += 1
        return str(self.number)

    @property
    def now(self) -> int:
        return NOW + self.number

    def _try(self, decide: Callable[[], Change]) -> None:
        """Write what is decided; what is refused must not have changed anything."""
        before = self.conversation
        try:
            change = decide()
        except FondacoError:
            assert self.conversation == before
            return
        assert change.base == before
        self.conversation, self.records = change.after, self.records + change.records
        self.deliveries += change.deliveries
        self.waits_for_assistant = {
            Lane.KEEP: self.waits_for_assistant,
            Lane.DONE: False,
            Lane.DUE: True,
        }[change.lane]
        self._follow_handoff(change)

    def _follow_handoff(self, change: Change) -> None:
        update = change.handoff_update
        if change.handoff is not None:
            self.handoff = change.handoff
        if update is not None and self.handoff is not None:
            accepted = msgspec.structs.replace(self.handoff, accepted_at_ms=update.accepted_at_ms or NOW)
            self.handoff = None if update.returned_at_ms else accepted

    @rule(burst_ms=st.sampled_from([0, 500]))
    def the_contact_writes(self, burst_ms: int) -> None:
        message = written(name=self._new(), at_ms=self.now, burst_ms=burst_ms)
        self._try(lambda: lifecycle.receive(self.conversation, message))

    @rule()
    def the_assistant_answers(self) -> None:
        if self.waits_for_assistant and lifecycle.waits_for_team(self.conversation):
            notice = said(SYSTEM, name=self._new(), answers=False)
            self._try(lambda: lifecycle.noted(self.conversation, notice, self.now))
        elif self.waits_for_assistant:
            reply = said(name=self._new())
            settled = ev.TurnSettled(turn_id=TurnId("trn_1"), outcome=ev.OutcomeKind.REPLY, duration_ms=1.0)
            change = changed(self.conversation, (reply, settled), self.now)
            self._try(lambda: msgspec.structs.replace(change, lane=Lane.DONE))

    @rule()
    def a_person_is_asked_for(self) -> None:
        if self.handoff is None:
            name = self._new()
            wish = wanted(self.conversation, name, self.now)
            self._try(lambda: lifecycle.request_person(self.conversation, wish, said(name=name), self.now))

    @rule(teammate=teammates)
    def a_teammate_takes_over(self, teammate: Author) -> None:
        self._new()
        self._try(lambda: lifecycle.take_over(self.conversation, teammate, self.handoff, self.now))

    @rule(teammate=teammates)
    def a_teammate_writes(self, teammate: Author) -> None:
        message = said(teammate, self._new())
        self._try(lambda: lifecycle.post_as_teammate(self.conversation, message, self.handoff, self.now))

    @rule(teammate=teammates)
    def a_teammate_hands_back(self, teammate: Author) -> None:
        handoff_id = self.handoff.id if self.handoff else None
        notice = said(teammate, self._new(), answers=False)
        self._try(lambda: lifecycle.hand_back(self.conversation, teammate, handoff_id, notice, self.now))

    @rule(teammate=teammates)
    def the_episode_ends(self, teammate: Author) -> None:
        self._new()
        self._try(lambda: lifecycle.resolve(self.conversation, teammate, self.handoff, self.now))

    @rule(teammate=teammates)
    def a_note_is_added(self, teammate: Author) -> None:
        self._try(lambda: lifecycle.add_note(self.conversation, teammate, "?", self.now))

    @rule(stars=st.integers(-1, 7))
    def the_contact_rates(self, stars: int) -> None:
        self._try(lambda: lifecycle.rate(self.conversation, stars, "", self.now))

    @invariant()
    def numbers_have_no_gap(self) -> None:
        assert [record.seq for record in self.records] == list(range(1, self.conversation.last_seq + 1))

    @invariant()
    def the_log_tells_the_whole_state(self) -> None:
        told = NEW
        for record in self.records:
            told = evolve(told, record)
        assert told == self.conversation

    @invariant()
    def the_epoch_counts_the_changes_of_assignee(self) -> None:
        epochs = [
            record.event.epoch for record in self.records if isinstance(record.event, ev.AssigneeChanged)
        ]
        assert epochs == list(range(1, self.conversation.epoch + 1))

    @invariant()
    def resolved_means_that_nobody_has_to_do_anything(self) -> None:
        resolved = self.conversation.status is Status.RESOLVED
        nobody = self.conversation.assignee.kind is AssigneeKind.NOBODY
        assert resolved == (nobody and self.conversation.epoch > 0)
        assert not (resolved and self.waits_for_assistant)
        assert not (resolved and self.handoff)

    @invariant()
    def who_waits_for_the_assistant_stands_in_line_for_it(self) -> None:
        waiting = self.conversation.waiting_since_ms is not None
        may_be_told = self.waits_for_assistant and lifecycle.waits_for_team(self.conversation)
        assert may_be_told or self.waits_for_assistant == (waiting and self.conversation.assistant_answers)

    @invariant()
    def there_is_something_to_answer_for_whoever_stands_in_line(self) -> None:
        episode = tuple(
            record for record in self.records if record.episode_id == self.conversation.episode_id
        )
        assert not self.waits_for_assistant or unanswered(episode)

    @invariant()
    def every_record_belongs_to_the_episode_that_was_open(self) -> None:
        opened = None
        for record in self.records:
            opened = record.event.episode_id if isinstance(record.event, ev.EpisodeOpened) else opened
            assert record.episode_id == opened
            opened = None if isinstance(record.event, ev.EpisodeClosed) else opened

    @invariant()
    def every_message_of_the_shop_is_delivered_once(self) -> None:
        posted = [record.seq for record in self.records if isinstance(record.event, ev.MessagePosted)]
        assert [delivery.seq for delivery in self.deliveries] == posted


def test_a_conversation_can_always_be_answered() -> None:
    run_state_machine_as_test(ConversationMachine, settings=settings(max_examples=60, stateful_step_count=30))
