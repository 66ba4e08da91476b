"""Pages, filters and finds: the shapes of answers to questions about many conversations."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from fondaco.domain.contracts import Action
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.ids import ContactId, ConversationId, MessageId, WorkspaceId
from fondaco.domain.people import AssigneeKind

T = TypeVar("T")


class Accepted(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Where an inbound message stands in the log."""

    message_id: MessageId
    seq: int
    duplicate: bool  #: the message was there already; ids are those of the first
    conversation: Conversation


class ConversationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which conversations to list; what is None does not matter."""

    workspace_id: WorkspaceId
    status: Status | None = None
    assignee_kind: AssigneeKind | None = None
    assignee_id: str | None = None
    contact_id: ContactId | None = None


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some items and the cursor of the next page; None on the last."""

    items: list[T]
    next_cursor: str | None = None


class ListedAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action as it stands, and where it stands."""

    workspace_id: WorkspaceId
    conversation_id: ConversationId
    action: Action
    updated_at_ms: int  #: since when it is in this state


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was found by its words."""

    conversation_id: ConversationId
    seq: int
    text: str
    at_ms: int
