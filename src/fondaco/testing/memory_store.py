"""The store's contract kept by dictionaries: for tests that want no database."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Committed, Lane
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import FINAL, Attempt, Delivery, DeliveryState
from fondaco.domain.errors import Conflict, LeaseLost, NotFound
from fondaco.domain.ids import ContactId, ConversationId, WorkerId, WorkspaceId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted, ListedAction
from fondaco.domain.turns import Contact, Lease, Opening, Step, Work
from fondaco.kit.clock import Clock
from fondaco.kit.signals import SignalHub
from fondaco.storage import newcomers as common
from fondaco.storage import rows, rules
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.memory_reader import MemoryReader
from fondaco.testing.memory_spending import MemorySpending
from fondaco.testing.memory_tables import DeliveryRow, LaneRow, Place, Tables


class MemoryStore(MemoryReader):
    """``Store`` and ``Reader``.

    Nothing survives the object.  An operation runs between two awaits, so it is done as a whole or not.
    """

    def __init__(
        self, clock: Clock, signals: SignalHub | None = None, *, silence_ms: int = rules.SILENCE_MS
    ) -> None:
        super().__init__(Tables(), clock, silence_ms)
        self.signals = signals or SignalHub()
        self.ledger = MemoryLedger(self._tables.turns)
        self.spending = MemorySpending()
        self._token = 0

    async def open_conversation(self, opening: Opening) -> Conversation:
        tables, conversation = self._tables, opening.conversation
        place = (conversation.connection_id, opening.external_id)
        if place in tables.external:
            row = rows.conversation_values(tables.conversation(tables.external[place]))
            return common.found(opening, row)
        if conversation.id in tables.conversations:
            raise common.conversation_is_taken(opening)
        made = common.fresh(opening, self._opened_contact(opening))
        tables.external[place], tables.conversations[made.id] = made.id, made
        return made

    def _opened_contact(self, opening: Opening) -> ContactId:
        contacts, workspace_id = self._tables.contacts, opening.conversation.workspace_id
        place = (opening.conversation.connection_id, opening.contact_external_id)
        contact_id = self._tables.identities.get(place)
        if contact_id is not None:
            return common.known(opening, (contacts[contact_id][0], contact_id))
        if contacts.setdefault(opening.contact.id, (workspace_id, opening.contact))[0] != workspace_id:
            raise common.contact_is_taken(opening)
        self._tables.identities[place] = opening.contact.id
        return opening.contact.id

    async def accept(self, conversation_id: ConversationId, inbound: Inbound) -> Accepted:
        base = self._tables.conversation(conversation_id)
        key = (base.connection_id, inbound.external_id)
        known = self._tables.inbound.get(key)
        if known is not None:
            return Accepted(
                message_id=known.message_id,
                seq=known.seq,
                duplicate=True,
                conversation=self._tables.conversation(known.conversation_id),
            )
        change = lifecycle.receive(base, inbound)
        self._tables.inbound[key] = Place(conversation_id, inbound.message_id, change.after.last_seq)
        self._write(change)
        if change.lane is Lane.DUE:
            self._expect_answer(conversation_id, inbound)
        self._ring(*rules.topics_of(change))
        return Accepted(
            message_id=inbound.message_id,
            seq=change.after.last_seq,
            duplicate=False,
            conversation=change.after,
        )

    def _expect_answer(self, conversation_id: ConversationId, inbound: Inbound) -> None:
        lane = self._tables.lanes.get(conversation_id)
        if lane is None:
            due_at_ms = inbound.at_ms + inbound.burst_ms
            self._tables.lanes[conversation_id] = LaneRow(due_at_ms=due_at_ms, since_ms=inbound.at_ms)
            return
        lane.attempts = 0
        if lane.owner is None:
            lane.due_at_ms = rules.burst_due_ms(
                at_ms=inbound.at_ms, burst_ms=inbound.burst_ms, since_ms=lane.since_ms
            )

    async def claim(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        workspaces: Collection[WorkspaceId] | None = None,
    ) -> list[Lease]:
        due = sorted(
            (lane.due_at_ms, conversation_id)
            for conversation_id, lane in self._tables.lanes.items()
            if lane.due_at_ms <= now_ms
            and not self._tables.alive(lane.owner, now_ms, self._silence_ms)
            and (workspaces is None or self._tables.conversation(conversation_id).workspace_id in workspaces)
        )[:limit]
        if due:
            self._see(worker_id, now_ms)
        return [self._lease(conversation_id, worker_id) for _, conversation_id in due]

    def _lease(self, conversation_id: ConversationId, worker_id: WorkerId) -> Lease:
        self._token += 1
        lane = self._tables.lanes[conversation_id]
        lane.owner, lane.token, lane.attempts = worker_id, self._token, lane.attempts + 1
        return Lease(
            conversation_id=conversation_id, worker_id=worker_id, token=lane.token, attempts=lane.attempts
        )

    async def read_work(self, lease: Lease) -> Work:
        self._demand(lease)
        conversation = self._tables.conversation(lease.conversation_id)
        known = self._tables.contacts.get(conversation.contact_id)
        steps = self._tables.steps.get(conversation.id, {})
        return Work(
            conversation=conversation,
            contact=known[1] if known else Contact(id=conversation.contact_id),
            records=tuple(
                record
                for record in self._tables.records.get(conversation.id, ())
                if conversation.episode_id is not None and record.episode_id == conversation.episode_id
            ),
            steps=tuple(steps[key] for key in sorted(steps)),
        )

    async def journal(self, lease: Lease, step: Step) -> None:
        self._demand(lease)
        self._tables.steps.setdefault(lease.conversation_id, {})[step.turn_id, step.key] = step

    async def commit(self, change: Change, lease: Lease | None = None) -> Committed:
        if lease is not None and not self._holds(lease):
            return Committed.LEASE_LOST
        if self._tables.conversation(change.base.id).last_seq != change.base.last_seq:
            return Committed.MOVED_ON
        self._write(change)
        self._move_lane(change)
        self._ring(*rules.topics_of(change))
        return Committed.DONE

    async def release(self, lease: Lease, due_at_ms: int | None) -> None:
        if not self._holds(lease):
            return
        lane = self._tables.lanes[lease.conversation_id]
        if due_at_ms is None and lane.attempts == lease.attempts:
            del self._tables.lanes[lease.conversation_id]
            return
        lane.free()
        lane.due_at_ms = lane.due_at_ms if due_at_ms is None else due_at_ms
        self._ring(rules.LANES)

    async def renew(self, worker_id: WorkerId, now_ms: int) -> None:
        self._see(worker_id, now_ms)

    async def retire(self, worker_id: WorkerId) -> None:
        self._tables.workers.pop(worker_id, None)
        for lane in self._tables.lanes.values():
            if lane.owner == worker_id:
                lane.free()
        for row in self._tables.deliveries.values():
            if row.owner == worker_id:
                row.owner = None
        self._ring(rules.LANES, rules.DELIVERIES)

    async def claim_deliveries(self, worker_id: WorkerId, now_ms: int, limit: int) -> list[Delivery]:
        waiting = [
            row.delivery for row in self._tables.deliveries.values() if row.delivery.state not in FINAL
        ]
        waiting.sort(key=lambda delivery: (delivery.due_at_ms, delivery.conversation_id, delivery.seq))
        taken: list[Delivery] = []
        for conversation_id in dict.fromkeys(delivery.conversation_id for delivery in waiting):
            if len(taken) < limit:
                taken += self._take(conversation_id, worker_id, now_ms)
        if taken:
            self._see(worker_id, now_ms)
        return taken

    def _take(self, conversation_id: ConversationId, worker_id: WorkerId, now_ms: int) -> list[Delivery]:
        unfinished = self._tables.unfinished(conversation_id, now_ms, self._silence_ms)
        plan = rules.plan_sending(unfinished, self._tables.conversation(conversation_id).epoch, now_ms)
        for delivery in plan.voided:
            voided = msgspec.structs.replace(delivery, state=DeliveryState.VOIDED)
            self._tables.deliveries[delivery.id] = DeliveryRow(voided)
            self._tell(delivery, DeliveryState.VOIDED, rules.VOIDED_REASON, now_ms)
        if plan.taken is None:
            return []
        begun = msgspec.structs.replace(plan.taken, attempts=plan.taken.attempts + 1)
        sending = msgspec.structs.replace(begun, state=DeliveryState.SENDING, outdated=False)
        self._tables.deliveries[begun.id] = DeliveryRow(sending, worker_id)
        return [begun]

    async def record_attempt(self, worker_id: WorkerId, attempt: Attempt) -> None:
        row = self._tables.deliveries.get(attempt.delivery_id)
        if row is None:
            raise NotFound(f"There is no delivery {attempt.delivery_id}.")
        self._tables.attempts[attempt.delivery_id, attempt.number] = attempt
        if row.owner != worker_id:
            return
        row.owner = None
        row.delivery = msgspec.structs.replace(
            row.delivery,
            state=attempt.state,
            due_at_ms=attempt.due_at_ms or row.delivery.due_at_ms,
            last_error=attempt.error,
        )
        if rules.tells_the_conversation(attempt.state):
            self._tell(row.delivery, attempt.state, attempt.error, attempt.at_ms)
        self._ring(rules.DELIVERIES)

    def _tell(self, delivery: Delivery, state: DeliveryState, reason: str, at_ms: int) -> None:
        base = self._tables.conversation(delivery.conversation_id)
        change = rules.ended(base, delivery, state, reason, at_ms)
        self._write(change)
        self._ring(*rules.topics_of(change))

    def _write(self, change: Change) -> None:
        tables, conversation_id = self._tables, change.after.id
        if change.handoff is not None and change.handoff.id in tables.handoffs:
            raise Conflict(f"Handoff {change.handoff.id} is stored already.")
        tables.conversations[conversation_id] = change.after
        tables.records.setdefault(conversation_id, []).extend(change.records)
        tables.searched += [
            (conversation_id, record) for record in change.records if rules.searched_text(record.event)
        ]
        tables.deliveries.update({delivery.id: DeliveryRow(delivery) for delivery in change.deliveries})
        self._write_handoff(change)
        self._write_actions(change)
        self._forget_steps(change)

    def _write_handoff(self, change: Change) -> None:
        handoffs, update = self._tables.handoffs, change.handoff_update
        if change.handoff is not None:
            handoffs[change.handoff.id] = change.handoff
        if update is not None and update.handoff_id in handoffs:
            known = {
                name: value
                for name, value in msgspec.structs.asdict(update).items()
                if name != "handoff_id" and value is not None
            }
            handoffs[update.handoff_id] = msgspec.structs.replace(handoffs[update.handoff_id], **known)

    def _write_actions(self, change: Change) -> None:
        for record in change.records:
            if isinstance(record.event, ev.ActionMoved):
                self._tables.actions[record.event.action.id] = ListedAction(
                    workspace_id=change.after.workspace_id,
                    conversation_id=change.after.id,
                    action=record.event.action,
                    updated_at_ms=record.at_ms,
                )

    def _forget_steps(self, change: Change) -> None:
        if change.turn is not None:
            self._tables.turns[change.turn.id] = change.turn
            steps = self._tables.steps.get(change.after.id, {})
            for key in [key for key in steps if key[0] == change.turn.id]:
                del steps[key]
        if rules.closes_episode(change):
            self._tables.steps.pop(change.after.id, None)

    def _move_lane(self, change: Change) -> None:
        if change.lane is Lane.DONE:
            self._tables.lanes.pop(change.after.id, None)
        if change.lane is Lane.DUE:
            due = change.lane_due_at_ms
            self._tables.lanes[change.after.id] = LaneRow(due_at_ms=due, since_ms=due)

    def _holds(self, lease: Lease) -> bool:
        lane = self._tables.lanes.get(lease.conversation_id)
        return lane is not None and lane.token == lease.token

    def _demand(self, lease: Lease) -> None:
        if not self._holds(lease):
            raise LeaseLost(rules.lease_lost(lease))

    def _see(self, worker_id: WorkerId, now_ms: int) -> None:
        self._tables.workers[worker_id] = max(self._tables.workers.get(worker_id, 0), now_ms)

    def _ring(self, *topics: str) -> None:
        for topic in topics:
            self.signals.ring(topic)
