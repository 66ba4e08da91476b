"""What either database does where a contact begins to write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ContactId
from fondaco.domain.turns import Opening
from fondaco.storage import rows


def found(opening: Opening, row: Sequence[Any]) -> Conversation:
    """Return the conversation that is there.  Raises NotFound where it is another workspace's."""
    conversation = rows.conversation_of(row)
    if conversation.workspace_id != opening.conversation.workspace_id:
        raise _no_connection(opening)
    return conversation


def known(opening: Opening, identity: Sequence[Any]) -> ContactId:
    """Return the contact of an identity: its workspace and contact.  Raises NotFound as ``found`` does."""
    workspace_id, contact_id = identity
    if workspace_id != opening.conversation.workspace_id:
        raise _no_connection(opening)
    return ContactId(contact_id)


def contact_values(opening: Opening) -> tuple[str, ...]:
    """Return id, workspace, name and subject of the contact."""
    contact = opening.contact
    return contact.id, opening.conversation.workspace_id, contact.name, contact.verified_subject


def identity_values(opening: Opening, contact_id: ContactId) -> tuple[str, ...]:
    """Return connection, its own id for the contact, workspace and contact."""
    place = opening.conversation
    return place.connection_id, opening.contact_external_id, place.workspace_id, contact_id


def fresh(opening: Opening, contact_id: ContactId) -> Conversation:
    """Return the conversation as it is created."""
    return msgspec.structs.replace(opening.conversation, contact_id=contact_id)


def contact_is_taken(opening: Opening) -> Conflict:
    """Return the error for a contact's id that another workspace has."""
    return Conflict(f"The id {opening.contact.id} is another contact's; make a new one.", field="id")


def conversation_is_taken(opening: Opening) -> Conflict:
    """Return the error for a conversation's id that another one has."""
    return Conflict(
        f"The id {opening.conversation.id} is another conversation's; make a new one.", field="id"
    )


def _no_connection(opening: Opening) -> NotFound:
    place = opening.conversation
    return NotFound(f"There is no connection {place.connection_id} in workspace {place.workspace_id}.")
