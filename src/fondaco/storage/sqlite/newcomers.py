"""Contacts and conversations, opened once however often they are asked for."""

from __future__ import annotations

import sqlite3

from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ContactId
from fondaco.domain.turns import Opening
from fondaco.storage import newcomers as common
from fondaco.storage import rows
from fondaco.storage.sqlite import statements as sql
from fondaco.storage.sqlite.writer import Done


def open_conversation(db: sqlite3.Connection, opening: Opening) -> Done[Conversation]:
    """Return the conversation, created where there is none.  Raises NotFound, Conflict."""
    place = (opening.conversation.connection_id, opening.external_id)
    row = db.execute(sql.READ_CONVERSATION_BEHIND, place).fetchone()
    if row is not None:
        return Done(common.found(opening, row))
    if db.execute(sql.READ_CONVERSATION, (opening.conversation.id,)).fetchone() is not None:
        raise common.conversation_is_taken(opening)
    made = common.fresh(opening, _contact(db, opening))
    db.execute(sql.ADD_CONVERSATION, (*rows.conversation_values(made), opening.external_id))
    return Done(made)


def _contact(db: sqlite3.Connection, opening: Opening) -> ContactId:
    place = (opening.conversation.connection_id, opening.contact_external_id)
    identity = db.execute(sql.READ_IDENTITY, place).fetchone()
    if identity is not None:
        return common.known(opening, identity)
    owner = db.execute(sql.READ_CONTACT_OWNER, (opening.contact.id,)).fetchone()
    if owner is None:
        db.execute(sql.ADD_CONTACT, common.contact_values(opening))
    elif owner[0] != opening.conversation.workspace_id:
        raise common.contact_is_taken(opening)
    db.execute(sql.ADD_IDENTITY, common.identity_values(opening, opening.contact.id))
    return opening.contact.id
