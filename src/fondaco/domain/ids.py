"""Distinct types for ids: a conversation's id cannot be handed in for a contact's."""

from __future__ import annotations

from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
ConnectionId = NewType("ConnectionId", str)
ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
EpisodeId = NewType("EpisodeId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
CallId = NewType("CallId", str)
HandoffId = NewType("HandoffId", str)
DeliveryId = NewType("DeliveryId", str)
ArticleId = NewType("ArticleId", str)
TeammateId = NewType("TeammateId", str)
TeamId = NewType("TeamId", str)
KeyId = NewType("KeyId", str)
WorkerId = NewType("WorkerId", str)
EntryId = NewType("EntryId", str)
ActionId = NewType("ActionId", str)
