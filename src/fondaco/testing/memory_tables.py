"""What ``MemoryStore`` keeps: the tables of the database as dictionaries."""

from __future__ import annotations

from dataclasses import dataclass, field

from fondaco.domain.changes import TurnRecord
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import FINAL, Attempt, Delivery
from fondaco.domain.errors import NotFound
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import (
    ActionId,
    ConnectionId,
    ContactId,
    ConversationId,
    DeliveryId,
    HandoffId,
    MessageId,
    TurnId,
    WorkerId,
    WorkspaceId,
)
from fondaco.domain.listing import ListedAction
from fondaco.domain.turns import Contact, Step
from fondaco.storage.rules import Unfinished


@dataclass(slots=True)
class LaneRow:
    """A conversation that waits for the assistant."""

    due_at_ms: int
    since_ms: int
    owner: WorkerId | None = None
    token: int = 0
    attempts: int = 0

    def free(self) -> None:
        self.owner, self.token = None, 0


@dataclass(slots=True)
class DeliveryRow:
    """A delivery and who is sending it."""

    delivery: Delivery
    owner: WorkerId | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an inbound message was stored."""

    conversation_id: ConversationId
    message_id: MessageId
    seq: int


@dataclass(slots=True)
class Tables:
    """Everything that is kept."""

    contacts: dict[ContactId, tuple[WorkspaceId, Contact]] = field(default_factory=dict)
    identities: dict[tuple[ConnectionId, str], ContactId] = field(default_factory=dict)
    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    external: dict[tuple[ConnectionId, str], ConversationId] = field(default_factory=dict)
    records: dict[ConversationId, list[Recorded]] = field(default_factory=dict)
    searched: list[tuple[ConversationId, Recorded]] = field(default_factory=list)
    inbound: dict[tuple[ConnectionId, str], Place] = field(default_factory=dict)
    lanes: dict[ConversationId, LaneRow] = field(default_factory=dict)
    workers: dict[WorkerId, int] = field(default_factory=dict)
    steps: dict[ConversationId, dict[tuple[TurnId, str], Step]] = field(default_factory=dict)
    turns: dict[TurnId, TurnRecord] = field(default_factory=dict)
    handoffs: dict[HandoffId, Handoff] = field(default_factory=dict)
    actions: dict[ActionId, ListedAction] = field(default_factory=dict)
    deliveries: dict[DeliveryId, DeliveryRow] = field(default_factory=dict)
    attempts: dict[tuple[DeliveryId, int], Attempt] = field(default_factory=dict)

    def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Raises NotFound."""
        found = self.conversations.get(conversation_id)
        if found is None:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return found

    def alive(self, worker_id: WorkerId | None, now_ms: int, silence_ms: int) -> bool:
        """Whether the worker gave a sign of life within ``silence_ms``."""
        if worker_id is None or worker_id not in self.workers:
            return False
        return self.workers[worker_id] > now_ms - silence_ms

    def unfinished(self, conversation_id: ConversationId, now_ms: int, silence_ms: int) -> list[Unfinished]:
        """Return the conversation's deliveries that are queued or being sent, in order."""
        rows = [
            row
            for row in self.deliveries.values()
            if row.delivery.conversation_id == conversation_id and row.delivery.state not in FINAL
        ]
        rows.sort(key=lambda row: row.delivery.seq)
        return [Unfinished(row.delivery, self.alive(row.owner, now_ms, silence_ms)) for row in rows]
