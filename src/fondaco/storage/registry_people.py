"""Contacts and conversations, opened once however often and from wherever they are asked for."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, Select, select

from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, WorkspaceId
from fondaco.domain.people import Assignee, AssigneeKind
from fondaco.domain.turns import Contact
from fondaco.kit.language import Language
from fondaco.storage import schema
from fondaco.storage.registry_base import SqlRegistryBase


class SqlPeople(SqlRegistryBase):
    """Finds by a connection's own id, and creates where nothing is found.

    Looking comes first, since nearly always somebody is there; of two that create, the unique key lets one.
    """

    async def open_contact(
        self, workspace_id: WorkspaceId, connection_id: ConnectionId, external_id: str, contact: Contact
    ) -> Contact:
        question = _contact_behind(connection_id, external_id)
        found = await self._row(question)
        if found is None:
            await self._create_contact(workspace_id, connection_id, external_id, contact)
            found = await self._row(question)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound(f"There is no connection {connection_id} in workspace {workspace_id}.")
        return _contact(found)

    async def contact(self, workspace_id: WorkspaceId, contact_id: ContactId) -> Contact:
        table = schema.contact
        wanted = select(table).where(table.c.workspace_id == workspace_id, table.c.id == contact_id)
        row = await self._row(wanted)
        if row is None:
            raise NotFound(f"There is no contact {contact_id} in workspace {workspace_id}.")
        return _contact(row)

    async def open_conversation(self, conversation: Conversation, external_id: str) -> Conversation:
        question = _conversation_behind(conversation.connection_id, external_id)
        found = await self._row(question)
        if found is None:
            row = _row_of(conversation) | {"external_id": external_id}
            await self._write(self._insert(schema.conversation).values(row).on_conflict_do_nothing())
            found = await self._row(question)
        if found is None:
            raise Conflict(f"The id {conversation.id} is another conversation's; make a new one.", field="id")
        if found.workspace_id != conversation.workspace_id:
            place = f"connection {conversation.connection_id} in workspace {conversation.workspace_id}"
            raise NotFound(f"There is no {place}.")
        return _conversation(found)

    async def _create_contact(
        self, workspace_id: WorkspaceId, connection_id: ConnectionId, external_id: str, contact: Contact
    ) -> None:
        """Raises Conflict where the contact's id is taken in another workspace; then nothing is written."""
        row = msgspec.structs.asdict(contact) | {"workspace_id": workspace_id}
        person = self._insert(schema.contact).values(row).on_conflict_do_nothing()
        known_as = self._insert(schema.identity).on_conflict_do_nothing()
        owner = select(schema.contact.c.workspace_id).where(schema.contact.c.id == contact.id)
        identity = {
            "connection_id": connection_id,
            "external_id": external_id,
            "workspace_id": workspace_id,
            "contact_id": contact.id,
        }
        async with self._transaction() as connection:
            if not (await connection.execute(known_as.values(identity))).rowcount:
                return
            await connection.execute(person)
            if (await connection.execute(owner)).scalar_one() != workspace_id:
                raise Conflict(f"The id {contact.id} is another contact's; make a new one.", field="id")


def _contact_behind(connection_id: ConnectionId, external_id: str) -> Select[Any]:
    identity, contact = schema.identity, schema.contact
    return (
        select(identity.c.workspace_id, contact.c.id, contact.c.name, contact.c.verified_subject)
        .join(contact, contact.c.id == identity.c.contact_id)
        .where(identity.c.connection_id == connection_id, identity.c.external_id == external_id)
    )


def _contact(row: Row[Any]) -> Contact:
    return Contact(id=row.id, name=row.name, verified_subject=row.verified_subject)


def _conversation_behind(connection_id: ConnectionId, external_id: str) -> Select[Any]:
    table = schema.conversation
    return select(table).where(table.c.connection_id == connection_id, table.c.external_id == external_id)


def _row_of(conversation: Conversation) -> dict[str, Any]:
    row = msgspec.structs.asdict(conversation)
    assignee = row.pop("assignee")
    return row | {"assignee_kind": assignee.kind, "assignee_id": assignee.id}


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        connection_id=ConnectionId(row.connection_id),
        contact_id=ContactId(row.contact_id),
        status=Status(row.status),
        assignee=Assignee(AssigneeKind(row.assignee_kind), row.assignee_id),
        epoch=row.epoch,
        last_seq=row.last_seq,
        episode_id=None if row.episode_id is None else EpisodeId(row.episode_id),
        pulls=row.pulls,
        language=None if row.language is None else Language(row.language),
        subject=row.subject,
        created_at_ms=row.created_at_ms,
        updated_at_ms=row.updated_at_ms,
        waiting_since_ms=row.waiting_since_ms,
    )
