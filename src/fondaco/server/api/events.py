"""Events: everything that happened in a conversation, in order, and as it happens."""

from __future__ import annotations

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.errors import InvalidInput, NotFound
from fondaco.domain.events import Recorded
from fondaco.server.access import KeyWith
from fondaco.server.operation import Call, Nothing, Operation
from fondaco.server.shapes import After, Place
from fondaco.server.stream import EventStream, WholeLog, resume_after


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """Events in order, and the number after which to go on."""

    items: list[Recorded]
    last_seq: int


async def list_events(call: Call[After, Nothing]) -> Events:
    """Return the next events of the log."""
    records = await call.parts.reader.records(
        call.workspace_id, call.conversation_id, call.query.after, call.query.limit
    )
    return Events(items=records, last_seq=records[-1].seq if records else call.query.after)


async def stream_events(call: Call[Place, Nothing]) -> EventStream:
    """Follow the log for as long as the reader likes."""
    after = resume_after(call.headers, call.query.after)
    conversation = await call.parts.reader.conversation(call.workspace_id, call.conversation_id)
    limit = call.parts.options.limits.streams_per_key
    return call.stream(WholeLog(call.parts.reader, conversation, after), call.key.id, limit)


OPERATIONS = (
    Operation(
        name="list_events",
        method="GET",
        path="/v1/conversations/{conversation_id}/events",
        summary="Read everything that happened",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_events,
        query=After,
        body=Nothing,
        answer=Events,
        errors=(NotFound,),
    ),
    Operation(
        name="stream_events",
        method="GET",
        path="/v1/conversations/{conversation_id}/events/stream",
        summary="Follow what happens as server-sent events; resume with Last-Event-ID or after",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=stream_events,
        query=Place,
        body=Nothing,
        answer=EventStream,
        media_type="text/event-stream",
        errors=(NotFound, InvalidInput),
    ),
)
