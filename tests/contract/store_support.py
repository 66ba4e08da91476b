"""What the store's contract is tried with: a ground to stand on, and the words of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Lane, TurnRecord, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.deliveries import Attempt, Delivery, DeliveryState
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    DeliveryId,
    EpisodeId,
    HandoffId,
    MessageId,
    TeamId,
    TurnId,
    WorkerId,
    WorkspaceId,
)
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.domain.people import ASSISTANT, Author, AuthorKind
from fondaco.domain.ports import Reader, Store
from fondaco.domain.turns import Contact, Lease, Opening, Work
from fondaco.testing.clock import FakeClock

T = TypeVar("T")

SHOP = WorkspaceId("wsp_shop")
OTHER_SHOP = WorkspaceId("wsp_other")
CONNECTION = ConnectionId("con_1")
ANNA = WorkerId("wrk_anna")
BERT = WorkerId("wrk_bert")
LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")

#: How long a worker may be silent in these tests.
SILENCE_MS = 10_000


class AnyStore(Store, Reader, Protocol):
    """Both halves, as every storage offers them."""


@dataclass(frozen=True)
class Ground:
    """A store without a past."""

    store: AnyStore
    clock: FakeClock

    @property
    def now(self) -> int:
        return self.clock.now_ms()

    async def open(
        self,
        name: str = "one",
        *,
        shop: WorkspaceId = SHOP,
        pulls: bool = True,
        at_ms: int | None = None,
        contact: str = "",
    ) -> ConversationId:
        """Create a conversation in which nobody has said anything yet."""
        at_ms = self.now if at_ms is None else at_ms
        conversation = Conversation(
            id=ConversationId(f"cnv_{name}"),
            workspace_id=shop,
            connection_id=CONNECTION,
            contact_id=ContactId(f"ctc_{contact or name}"),
            pulls=pulls,
            created_at_ms=at_ms,
            updated_at_ms=at_ms,
        )
        opening = Opening(
            contact=Contact(id=conversation.contact_id, name=name.title()),
            contact_external_id=contact or name,
            conversation=conversation,
            external_id=name,
        )
        return (await self.store.open_conversation(opening)).id

    async def open_many(self, count: int) -> list[ConversationId]:
        return [await self.open(f"{number:03}") for number in range(count)]

    async def say(
        self, conversation_id: ConversationId, text: str = "Where is my parcel?", **more: Any
    ) -> Accepted:
        """Let the contact write."""
        return await self.store.accept(conversation_id, self.inbound(conversation_id, text, **more))

    def inbound(
        self,
        conversation_id: ConversationId,
        text: str = "Where is my parcel?",
        *,
        name: str = "m1",
        burst_ms: int = 0,
        later_ms: int = 0,
    ) -> Inbound:
        return Inbound(
            message_id=MessageId(f"msg_{conversation_id}_{name}"),
            text=text,
            external_id=f"{conversation_id}/{name}",
            at_ms=self.now + later_ms,
            new_episode_id=EpisodeId(f"epi_{conversation_id}_{name}"),
            burst_ms=burst_ms,
        )

    async def lease(self, worker: WorkerId = ANNA, *, later_ms: int = 0) -> Lease:
        """Lease the one conversation that is due."""
        [lease] = await self.store.claim(worker, self.now + later_ms, 10)
        return lease

    async def asked(self, name: str = "one", *, pulls: bool = True) -> tuple[Lease, Work]:
        """Open a conversation, let the contact ask, and hold it as Anna does."""
        await self.say(await self.open(name, pulls=pulls))
        lease = await self.lease()
        return lease, await self.store.read_work(lease)

    async def current(self, conversation_id: ConversationId) -> Conversation:
        return await self.store.conversation(SHOP, conversation_id)

    async def events(self, conversation_id: ConversationId) -> list[ev.Event]:
        return [record.event for record in await self.store.records(SHOP, conversation_id, 0, 1000)]

    async def numbers(self, conversation_id: ConversationId) -> list[int]:
        return [record.seq for record in await self.store.records(SHOP, conversation_id, 0, 1000)]

    async def post(self, conversation_id: ConversationId, name: str, author: Author = ASSISTANT) -> Change:
        """Let somebody of the shop write, without a lease and without a change of assignee."""
        change = changed(await self.current(conversation_id), (posted(name, author),), self.now)
        await self.store.commit(change)
        return change

    async def deliveries(self, worker: WorkerId = ANNA, *, later_ms: int = 0) -> list[Delivery]:
        return await self.store.claim_deliveries(worker, self.now + later_ms, 10)

    async def delivery(self, worker: WorkerId = ANNA, *, later_ms: int = 0) -> Delivery:
        [delivery] = await self.deliveries(worker, later_ms=later_ms)
        return delivery

    async def states(self, conversation_id: ConversationId) -> list[DeliveryState]:
        return [delivery.state for delivery in await self.store.deliveries(SHOP, conversation_id)]


def posted(name: str, author: Author = ASSISTANT, text: str = "It is on its way.") -> ev.MessagePosted:
    return ev.MessagePosted(message_id=MessageId(f"msg_{name}"), author=author, text=text)


def turn_of(work: Work) -> TurnId:
    return TurnId(f"trn_{work.conversation.id}")


def answer(work: Work, at_ms: int, text: str = "It is on its way.") -> Change:
    """Return the change that settles the turn with a reply."""
    turn = turn_of(work)
    reply = posted(f"reply_{work.conversation.id}_{work.conversation.last_seq}", text=text)
    settled = ev.TurnSettled(turn_id=turn, outcome=ev.OutcomeKind.REPLY, duration_ms=12.5)
    change = changed(work.conversation, (reply, settled), at_ms)
    return msgspec.structs.replace(change, lane=Lane.DONE, turn=summary(work, at_ms))


def summary(work: Work, at_ms: int) -> TurnRecord:
    return TurnRecord(
        id=turn_of(work),
        workspace_id=work.conversation.workspace_id,
        outcome=ev.OutcomeKind.REPLY,
        route=ev.RouteKind.LOCAL,
        started_at_ms=at_ms,
        duration_ms=12.5,
    )


def handoff(conversation: Conversation, at_ms: int, name: str = "one") -> Handoff:
    assert conversation.episode_id is not None
    return Handoff(
        id=HandoffId(f"hnd_{name}"),
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.id,
        episode_id=conversation.episode_id,
        reason=HandoffReason.ASKED_FOR,
        team_id=TeamId("tea_service"),
        summary="Wants to talk to a person.",
        questions=("Where is my parcel?",),
        opened_at_ms=at_ms,
        promised_at_ms=at_ms + 60_000,
    )


def request_person(conversation: Conversation, at_ms: int, name: str = "one") -> Change:
    wanted = handoff(conversation, at_ms, name)
    return lifecycle.request_person(conversation, wanted, posted(f"notice_{name}"), at_ms)


def attempt(
    delivery: Delivery, state: DeliveryState, at_ms: int, *, due_at_ms: int = 0, error: str = ""
) -> Attempt:
    return Attempt(
        delivery_id=DeliveryId(delivery.id),
        number=delivery.attempts,
        at_ms=at_ms,
        state=state,
        due_at_ms=due_at_ms,
        error=error,
    )


async def all_at_once(operations: Iterable[Coroutine[Any, Any, T]]) -> list[T | BaseException]:
    """Start everything before anything is awaited; errors are returned, not raised."""
    return await asyncio.gather(*operations, return_exceptions=True)
