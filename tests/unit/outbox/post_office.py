"""A courier on the store in memory, and a channel that does as it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.changes import changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.errors import StorageError
from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    DeliveryId,
    EpisodeId,
    MessageId,
    WorkerId,
    WorkspaceId,
)
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.people import ASSISTANT, Author, AuthorKind
from fondaco.domain.turns import Contact, Opening
from fondaco.kit.chance import SeededChance
from fondaco.outbox import Courier, DeliveryMeters, Doors, OutboxOptions
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_registry import MemoryRegistry
from fondaco.testing.memory_store import MemoryStore

SHOP = WorkspaceId("wsp_1")
ANNA, BERT = WorkerId("wrk_anna"), WorkerId("wrk_bert")
LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")
DOOR = Connection(id=ConnectionId("con_1"), workspace_id=SHOP, channel=ChannelKind.CALLBACK, name="Door")


def delivery(*, attempts: int = 1, state: DeliveryState = DeliveryState.QUEUED) -> Delivery:
    return Delivery(
        id=DeliveryId("dlv_1"),
        workspace_id=SHOP,
        conversation_id=ConversationId("cnv_1"),
        connection_id=DOOR.id,
        message_id=MessageId("msg_1"),
        seq=1,
        text="It is on its way.",
        by_assistant=True,
        epoch=1,
        state=state,
        attempts=attempts,
    )


@dataclass(slots=True)
class FakeChannel:
    """A channel: ``answers`` and ``knows`` are what happens next, in order; afterwards all goes well."""

    looks_up: bool = False
    dedupes: bool = False
    answers: deque[BaseException | None] = field(default_factory=deque)
    knows: deque[BaseException | bool] = field(default_factory=deque)
    sent: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None

    def can_look_up(self, connection: Connection) -> bool:
        return self.looks_up

    def has_idempotency_key(self, connection: Connection) -> bool:
        return self.dedupes

    async def send(self, connection: Connection, delivery: Delivery) -> None:
        self.sent.append(delivery.text)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.popleft() if self.answers else None
        if answer is not None:
            raise answer

    async def look_up(self, connection: Connection, delivery: Delivery) -> bool:
        self.asked.append(delivery.text)
        known = self.knows.popleft() if self.knows else False
        if isinstance(known, BaseException):
            raise known
        return known


class Forgetful(MemoryStore):
    """A store that cannot write attempts down for a while."""

    failures = 0

    async def record_attempt(self, worker_id: WorkerId, attempt: Attempt) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageError("The disk is full.")
        await super().record_attempt(worker_id, attempt)


class Unreachable(MemoryRegistry):
    """A registry that cannot be read for a while."""

    failures = 0

    async def connection(self, connection_id: ConnectionId) -> Connection:
        if self.failures:
            self.failures -= 1
            raise StorageError("The database is gone.")
        return await super().connection(connection_id)


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """Conversations with messages to send, and who sends them."""

    store: Forgetful
    registry: Unreachable
    clock: FakeClock
    channel: FakeChannel
    courier: Courier

    async def open(self, name: str = "one") -> ConversationId:
        conversation = Conversation(
            id=ConversationId(f"cnv_{name}"),
            workspace_id=SHOP,
            connection_id=DOOR.id,
            contact_id=ContactId(f"ctc_{name}"),
            pulls=False,
        )
        await self.store.open_conversation(
            Opening(
                contact=Contact(id=conversation.contact_id),
                contact_external_id=name,
                conversation=conversation,
                external_id=name,
            )
        )
        inbound = Inbound(
            message_id=MessageId(f"msg_{name}"),
            text="Where is it?",
            external_id=name,
            at_ms=self.clock.now_ms(),
            new_episode_id=EpisodeId(f"epi_{name}"),
        )
        await self.store.accept(conversation.id, inbound)
        return conversation.id

    async def post(self, conversation_id: ConversationId, text: str) -> None:
        """Let the assistant say something."""
        base = await self.store.conversation(SHOP, conversation_id)
        message = ev.MessagePosted(message_id=MessageId(f"msg_{text}"), author=ASSISTANT, text=text)
        await self.store.commit(changed(base, (message,), self.clock.now_ms()))

    async def take_over(self, conversation_id: ConversationId) -> None:
        base = await self.store.conversation(SHOP, conversation_id)
        await self.store.commit(lifecycle.take_over(base, LIN, None, self.clock.now_ms()))

    async def round(self, seconds: float = 0.0) -> None:
        """Send what is due after so long, and wait until it is noted."""
        await self.clock.advance(seconds)
        await self.courier.send_due()
        await self.clock.advance(0)

    async def states(self, conversation_id: ConversationId) -> list[str]:
        return [one.state.value for one in await self.store.deliveries(SHOP, conversation_id)]


async def post_office(channel: FakeChannel, options: OutboxOptions | None = None) -> PostOffice:
    clock, registry = FakeClock(), Unreachable()
    store = Forgetful(clock)
    await registry.put_connection(DOOR)
    doors, meters = Doors(registry, {ChannelKind.CALLBACK: channel}), DeliveryMeters(CollectorRegistry())
    courier = Courier(ANNA, store, doors, options or OutboxOptions(), meters, clock, SeededChance(3))
    return PostOffice(store=store, registry=registry, clock=clock, channel=channel, courier=courier)
