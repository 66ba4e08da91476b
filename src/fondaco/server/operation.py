"""An operation: one declaration that routes, lets in, validates and is documented."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

import msgspec

from fondaco.domain.access import ApiKey, Visitor
from fondaco.domain.errors import FondacoError, NotAllowed
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.outbox.connections import Connections
from fondaco.server.access import Access, Principal
from fondaco.server.answer import JSON, Answer
from fondaco.server.door import Door
from fondaco.server.parts import ServerParts
from fondaco.server.stream import EventStream, Source
from fondaco.server.streams import Streams

Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B", bound=msgspec.Struct)
R = TypeVar("R")

Method = Literal["GET", "POST", "DELETE"]


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No query, or a body without fields."""


class Repeats(StrEnum):
    """How a POST is kept from taking effect twice under one ``Idempotency-Key``."""

    KEPT = "kept"  #: the answer is kept and given again
    OWN = "own"  #: the operation itself finds what it stored under the key


@dataclass(frozen=True, slots=True)
class Machinery:
    """What the operations of one server share."""

    parts: ServerParts
    door: Door
    streams: Streams
    connections: Connections  #: as they were within the last few seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """One request that was let in."""

    machinery: Machinery
    operation: AnyOperation
    principal: Principal
    path: Mapping[str, str]
    query: Q
    body: B
    headers: Mapping[bytes, bytes]
    address: str
    idempotency_key: str = ""
    presented: str = ""  #: the secret that opened the door, to ask again while a stream is open

    @property
    def parts(self) -> ServerParts:
        return self.machinery.parts

    @property
    def key(self) -> ApiKey:
        """The API key that let this call in.  Raises NotAllowed where the operation takes none."""
        if isinstance(self.principal, ApiKey):
            return self.principal
        raise NotAllowed("This needs an API key.")

    @property
    def visitor(self) -> Visitor:
        """The visitor token that let this call in.  Raises NotAllowed where the operation takes none."""
        if isinstance(self.principal, Visitor):
            return self.principal
        raise NotAllowed("This needs a visitor token.")

    @property
    def workspace_id(self) -> WorkspaceId:
        """The workspace of the API key; nothing outside it exists for this call."""
        return self.key.workspace_id

    def stream(self, source: Source, owner: str, limit: int) -> EventStream:
        """Return an answer that follows ``source`` while whoever opened it may see it."""
        door, access, secret = self.machinery.door, self.operation.access, self.presented
        return EventStream(
            source=source,
            signals=self.parts.signals,
            streams=self.machinery.streams,
            clock=self.parts.clock,
            options=self.parts.options.streams,
            owner=owner,
            limit=limit,
            still_allowed=lambda: door.still_in(access, secret),
        )

    @property
    def conversation_id(self) -> ConversationId:
        """The conversation that the path names."""
        return ConversationId(self.path["conversation_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Q, B, R]):
    """What can be done at one address with one method."""

    name: str  #: unique; the ``operationId``, and the name in log and metrics
    method: Method
    path: str
    summary: str
    access: Access
    handler: Callable[[Call[Q, B]], Awaitable[R | Answer]]
    query: type[Q]
    body: type[B]
    answer: type[R]
    status: int = 200
    media_type: str = JSON
    repeats: Repeats = Repeats.KEPT
    key_pattern: str = r"^[!-~]{1,255}$"  #: what an ``Idempotency-Key`` looks like here
    errors: tuple[type[FondacoError], ...] = ()  #: of the domain, besides those that every operation has

    @property
    def takes_body(self) -> bool:
        return self.method == "POST"

    @property
    def is_raw(self) -> bool:
        """Whether the handler returns a finished answer instead of a value to be written as JSON."""
        return self.media_type != JSON

    @property
    def body_is_optional(self) -> bool:
        """Whether an empty body means the same as ``{}``."""
        return all(not one.required for one in msgspec.structs.fields(self.body))


AnyOperation = Operation[Any, Any, Any]
AnyCall = Call[Any, Any]
