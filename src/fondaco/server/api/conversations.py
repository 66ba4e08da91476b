"""Conversations: opening, listing, and what a contact does besides writing."""

from __future__ import annotations

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import ConnectionId, ContactId
from fondaco.domain.listing import ConversationFilter, Page
from fondaco.domain.people import AssigneeKind
from fondaco.kit.language import Language
from fondaco.server.access import KeyWith
from fondaco.server.credentials import new_secret
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.shapes import Cursor, ExternalId, Id, Limit, Name, RatingBody, said


class ContactBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person who writes, by the shop's own id."""

    external_id: ExternalId
    name: Name = ""


class OpenBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What opens a conversation; the same ``external_id`` on the same connection opens the same one."""

    connection_id: Id
    contact: ContactBody
    external_id: ExternalId | None = None
    language: Language | None = None


class ListQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which conversations to list."""

    status: Status | msgspec.UnsetType = msgspec.UNSET
    assignee_kind: AssigneeKind | msgspec.UnsetType = msgspec.UNSET
    assignee_id: Id | msgspec.UnsetType = msgspec.UNSET
    contact_id: Id | msgspec.UnsetType = msgspec.UNSET
    cursor: Cursor | msgspec.UnsetType = msgspec.UNSET
    limit: Limit = 50


async def open_conversation(call: Call[Nothing, OpenBody]) -> Conversation:
    """Open a conversation on a connection of the key's workspace."""
    connection = await call.machinery.connections.connection(ConnectionId(call.body.connection_id))
    if connection.workspace_id != call.workspace_id:
        raise NotFound(f"There is no connection {call.body.connection_id}.", field="connection_id")
    return await call.parts.intake.open(
        connection,
        contact_external_id=call.body.contact.external_id,
        external_id=call.body.external_id or new_secret(call.parts.chance, "api-"),
        name=call.body.contact.name,
        language=call.body.language,
    )


async def list_conversations(call: Call[ListQuery, Nothing]) -> Page[Conversation]:
    """Return a page of conversations."""
    query = call.query
    contact_id = said(query.contact_id)
    wanted = ConversationFilter(
        workspace_id=call.workspace_id,
        status=said(query.status),
        assignee_kind=said(query.assignee_kind),
        assignee_id=said(query.assignee_id),
        contact_id=None if contact_id is None else ContactId(contact_id),
    )
    return await call.parts.reader.conversations(wanted, said(query.cursor), query.limit)


async def get_conversation(call: Call[Nothing, Nothing]) -> Conversation:
    """Return one conversation."""
    return await call.parts.reader.conversation(call.workspace_id, call.conversation_id)


async def request_person(call: Call[Nothing, Nothing]) -> Conversation:
    """Ask for a person on the contact's behalf."""
    return await call.parts.desk.request_person(call.workspace_id, call.conversation_id)


async def rate(call: Call[Nothing, RatingBody]) -> Conversation:
    """Record the contact's judgement."""
    return await call.parts.desk.rate(
        call.workspace_id, call.conversation_id, call.body.stars, call.body.comment
    )


OPERATIONS = (
    Operation(
        name="open_conversation",
        method="POST",
        path="/v1/conversations",
        summary="Open a conversation, or return the one that this external id opened before",
        access=KeyWith(Scope.CONVERSATIONS_WRITE),
        handler=open_conversation,
        query=Nothing,
        body=OpenBody,
        answer=Conversation,
        status=201,
        errors=(NotFound,),
    ),
    Operation(
        name="list_conversations",
        method="GET",
        path="/v1/conversations",
        summary="List conversations, the newest change first",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_conversations,
        query=ListQuery,
        body=Nothing,
        answer=Page[Conversation],
        errors=(InvalidInput,),
    ),
    Operation(
        name="get_conversation",
        method="GET",
        path="/v1/conversations/{conversation_id}",
        summary="Read one conversation",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=get_conversation,
        query=Nothing,
        body=Nothing,
        answer=Conversation,
        errors=(NotFound,),
    ),
    Operation(
        name="request_person",
        method="POST",
        path="/v1/conversations/{conversation_id}/person",
        summary="Ask for a person; nothing changes while one is asked for or answers already",
        access=KeyWith(Scope.CONVERSATIONS_WRITE),
        handler=request_person,
        query=Nothing,
        body=Nothing,
        answer=Conversation,
        errors=(NotFound, Conflict),
    ),
    Operation(
        name="rate_conversation",
        method="POST",
        path="/v1/conversations/{conversation_id}/rating",
        summary="Rate the episode as the contact",
        access=KeyWith(Scope.CONVERSATIONS_WRITE),
        handler=rate,
        query=Nothing,
        body=RatingBody,
        answer=Conversation,
        errors=(NotFound, Conflict),
    ),
)
