"""Handoffs and deliveries: who waits for a person, and what became of what was sent."""

from __future__ import annotations

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.deliveries import Delivery
from fondaco.domain.errors import NotFound
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import ConversationId, HandoffId
from fondaco.server.access import KeyWith
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.shapes import Id, Limit


class HandoffQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which handoffs to list."""

    open: bool = False  #: only those that nobody has given back
    limit: Limit = 50


class DeliveryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose deliveries to list."""

    conversation_id: Id


class Handoffs(msgspec.Struct, frozen=True, kw_only=True):
    """Handoffs, the longest waiting first."""

    items: list[Handoff]


class Deliveries(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries in the order in which they leave."""

    items: list[Delivery]


async def list_handoffs(call: Call[HandoffQuery, Nothing]) -> Handoffs:
    """Return handoffs of the workspace."""
    found = await call.parts.reader.handoffs(
        call.workspace_id, only_open=call.query.open, limit=call.query.limit
    )
    return Handoffs(items=found)


async def get_handoff(call: Call[Nothing, Nothing]) -> Handoff:
    """Return one handoff."""
    return await call.parts.reader.handoff(call.workspace_id, HandoffId(call.path["handoff_id"]))


async def list_deliveries(call: Call[DeliveryQuery, Nothing]) -> Deliveries:
    """Return the deliveries of a conversation; none where the contact's side reads the log itself."""
    conversation = await call.parts.reader.conversation(
        call.workspace_id, ConversationId(call.query.conversation_id)
    )
    return Deliveries(items=await call.parts.reader.deliveries(call.workspace_id, conversation.id))


OPERATIONS = (
    Operation(
        name="list_handoffs",
        method="GET",
        path="/v1/handoffs",
        summary="List who waits for a person, the longest waiting first",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_handoffs,
        query=HandoffQuery,
        body=Nothing,
        answer=Handoffs,
    ),
    Operation(
        name="get_handoff",
        method="GET",
        path="/v1/handoffs/{handoff_id}",
        summary="Read one handoff with its summary, open questions and proven facts",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=get_handoff,
        query=Nothing,
        body=Nothing,
        answer=Handoff,
        errors=(NotFound,),
    ),
    Operation(
        name="list_deliveries",
        method="GET",
        path="/v1/deliveries",
        summary="Read what became of the messages that were sent to a channel",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_deliveries,
        query=DeliveryQuery,
        body=Nothing,
        answer=Deliveries,
        errors=(NotFound,),
    ),
)
