"""Contacts and conversations, opened once by however many hosts that ask at the same moment."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ContactId
from fondaco.domain.turns import Opening
from fondaco.storage import newcomers as common
from fondaco.storage import rows
from fondaco.storage.postgres import statements as sql


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening, in one transaction; done again it finds what it has made.

    Looking comes last, behind what waits for others who open the same: of two, the unique key lets one.
    """

    opening: Opening

    async def run(self, connection: asyncpg.Connection, *, again: bool) -> Conversation:
        """Return the conversation, created where there is none.  Raises NotFound, Conflict."""
        del again
        opening, place = self.opening, (self.opening.conversation.connection_id, self.opening.external_id)
        row = await connection.fetchrow(sql.CONVERSATION_BEHIND, *place)
        if row is None:
            made = common.fresh(opening, await self._contact(connection))
            await connection.execute(
                sql.ADD_CONVERSATION, *rows.conversation_values(made), opening.external_id
            )
            row = await connection.fetchrow(sql.CONVERSATION_BEHIND, *place)
        if row is None:
            raise common.conversation_is_taken(opening)
        return common.found(opening, row)

    async def _contact(self, connection: asyncpg.Connection) -> ContactId:
        opening, contact_id = self.opening, self.opening.contact.id
        place = (opening.conversation.connection_id, opening.contact_external_id)
        identity = await connection.fetchrow(sql.IDENTITY, *place)
        if identity is None:
            # Who is known goes first: whoever lost the race for it leaves no contact that nobody knows.
            await connection.execute(sql.ADD_IDENTITY, *common.identity_values(opening, contact_id))
            identity = await connection.fetchrow(sql.IDENTITY, *place)
            if identity["contact_id"] == contact_id:
                await self._create(connection)
        return common.known(opening, identity)

    async def _create(self, connection: asyncpg.Connection) -> None:
        opening = self.opening
        await connection.execute(sql.ADD_CONTACT, *common.contact_values(opening))
        owner = await connection.fetchval(sql.CONTACT_OWNER, opening.contact.id)
        if owner != opening.conversation.workspace_id:
            raise common.contact_is_taken(opening)
