"""What the server is built from; ``fondaco.app`` fills it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry

from fondaco.domain.access import Connection, Teammate
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConversationId, MessageId, WorkspaceId
from fondaco.domain.listing import Accepted
from fondaco.domain.people import Author
from fondaco.domain.ports import Reader, Registry, Store
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language
from fondaco.kit.signals import SignalHub
from fondaco.server.options import ServerOptions


class Intake(Protocol):
    """Takes messages in."""

    async def open(
        self,
        connection: Connection,
        *,
        contact_external_id: str,
        external_id: str,
        name: str = "",
        verified_subject: str = "",
        language: Language | None = None,
    ) -> Conversation:
        """Return the conversation behind (connection, external id), creating it and its contact at first."""
        ...

    async def receive(
        self, conversation: Conversation, *, text: str, external_id: str, choice: str = ""
    ) -> Accepted:
        """Store a message once.  Raises InvalidInput for a text that is empty or too long."""
        ...


class Desk(Protocol):
    """What teammates and contacts do besides writing messages."""

    async def take_over(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, teammate: Teammate
    ) -> Conversation: ...

    async def reply(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        teammate: Teammate,
        text: str,
        message_id: MessageId | None = None,
    ) -> Conversation:
        """Write to the contact, which takes the conversation over; the same message id writes once."""
        ...

    async def add_note(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, teammate: Teammate, text: str
    ) -> Conversation: ...

    async def hand_back(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, teammate: Teammate
    ) -> Conversation: ...

    async def resolve(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, by: Author
    ) -> Conversation: ...

    async def request_person(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Conversation:
        """Ask a team to answer; nothing changes while a handoff is open already."""
        ...

    async def rate(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, stars: int, comment: str = ""
    ) -> Conversation: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """Everything that a request may need."""

    store: Store
    reader: Reader
    registry: Registry
    intake: Intake
    desk: Desk
    clock: Clock
    chance: Chance
    ids: IdMaker
    signals: SignalHub
    log: structlog.typing.FilteringBoundLogger
    metrics: CollectorRegistry
    options: ServerOptions = field(default_factory=ServerOptions)
