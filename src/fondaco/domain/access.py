"""Who may do what: workspaces, connections, teammates, keys, visitors."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    KeyId,
    TeamId,
    TeammateId,
    WorkspaceId,
)
from fondaco.kit.language import Language

SHORTEST_IDENTITY_SECRET_BYTES = 32  #: RFC 7518, 3.2: as long as the hash; a shorter one proves nothing


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A shop's own space; every row belongs to one."""

    id: WorkspaceId
    name: str
    created_at_ms: int


class ChannelKind(StrEnum):
    """A kind of transport."""

    WIDGET = "widget"  #: our own chat on the shop's pages; reads the event log
    API = "api"  #: the shop's own program over ``/v1``; reads the event log
    CALLBACK = "callback"  #: as ``api``, and replies are posted to the shop's address


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A configured account on a channel."""

    id: ConnectionId
    workspace_id: WorkspaceId
    channel: ChannelKind
    name: str
    languages: tuple[Language, ...] = tuple(Language)
    origins: tuple[str, ...] = ()  #: pages that may embed the widget, such as ``https://shop.example``
    identity_secrets: tuple[
        str, ...
    ] = ()  #: keys with which the shop signs who is signed in (two for rotation)
    callback_url: str = ""
    callback_secret: str = ""  #: signs what is posted (Standard Webhooks)
    callback_dedupes: bool = False  #: the shop shows a message once however often its ``webhook-id`` comes
    lookup_url: str = ""  #: answers whether a delivery id was received; empty: no look-up

    @property
    def pulls(self) -> bool:
        """Whether the contact's side reads the log itself."""
        return self.channel is not ChannelKind.CALLBACK

    @property
    def takes_back(self) -> bool:
        """Whether shown words can be taken back, so that an answer may be read while it is given."""
        return self.channel is ChannelKind.WIDGET


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """Teammates who share an inbox."""

    id: TeamId
    workspace_id: WorkspaceId
    names: dict[Language, str]
    topics: tuple[str, ...] = ()  #: article topics whose handoffs come here; empty: everything else


class Teammate(msgspec.Struct, frozen=True, kw_only=True):
    """A human who answers."""

    id: TeammateId
    workspace_id: WorkspaceId
    name: str
    email: str


class Scope(StrEnum):
    """What an API key may do."""

    CONVERSATIONS_READ = "conversations:read"  #: read conversations and events
    CONVERSATIONS_WRITE = "conversations:write"  #: write as a contact, and rate
    TEAM_WRITE = "team:write"  #: reply as a teammate, take over, hand back, resolve, note
    ARTICLES_READ = "articles:read"
    ARTICLES_WRITE = "articles:write"
    METRICS_READ = "metrics:read"  #: read what is measured, and how models stand
    PROVIDERS_WRITE = "providers:write"  #: forbid and allow models by hand


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key for ``/v1``; only a hash of its secret is kept."""

    id: KeyId
    workspace_id: WorkspaceId
    name: str
    scopes: tuple[Scope, ...]
    created_at_ms: int
    revoked_at_ms: int | None = None


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """An opaque token of the widget, bound to one connection and one conversation."""

    workspace_id: WorkspaceId
    connection_id: ConnectionId
    contact_id: ContactId
    conversation_id: ConversationId
    created_at_ms: int
    expires_at_ms: int


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """A teammate's signed-in browser, kept on the server."""

    teammate_id: TeammateId
    workspace_id: WorkspaceId
    created_at_ms: int
    seen_at_ms: int
    expires_at_ms: int


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk write did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
