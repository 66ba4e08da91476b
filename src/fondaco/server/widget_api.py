"""The contact's side: read what to show, write, read along, ask for a person, rate.

A visitor token opens one conversation, and a route that takes one has no other way to name a conversation.
"""

from __future__ import annotations

import msgspec

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import ConnectionId
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from fondaco.server.access import AnyVisitor, Everybody
from fondaco.server.answer import Answer
from fondaco.server.credentials import new_secret
from fondaco.server.operation import AnyCall, AnyOperation, Call, Nothing, Operation, Repeats
from fondaco.server.projection import Shown, for_contact
from fondaco.server.receiving import receive_once, taken
from fondaco.server.shapes import Place, RatingBody, Said, Taken, said
from fondaco.server.stream import ContactsView, EventStream, WholeLog, resume_after
from fondaco.server.widget_texts import AI_NOTICE

_PAGE = 200
_PAGES = 25  # a history of 5,000 events in one answer; a longer one is read on from its last_seq


class ConfigQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language the widget is shown; empty: the connection's first."""

    language: Language | msgspec.UnsetType = msgspec.UNSET


class WidgetConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the widget shows before anybody has written."""

    name: str
    language: Language
    greeting: str
    ai_notice: str
    languages: tuple[Language, ...]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the contact may see, in order, and the number after which to go on."""

    items: list[Shown]
    last_seq: int


class Done(msgspec.Struct, frozen=True):
    """It was done; what followed from it stands in the events."""

    last_seq: int


async def widget_connection(call: AnyCall) -> Connection:
    """Return the widget that the path names.  Raises NotFound, for other channels too."""
    connection = await call.parts.registry.connection(ConnectionId(call.path["connection_id"]))
    if connection.channel is not ChannelKind.WIDGET:
        raise NotFound(f"There is no widget {connection.id}.", field="connection_id")
    return connection


async def own_conversation(call: AnyCall) -> Conversation:
    """Return the one conversation that the token opens."""
    visitor = call.visitor
    return await call.parts.reader.conversation(visitor.workspace_id, visitor.conversation_id)


async def get_config(call: Call[ConfigQuery, Nothing]) -> WidgetConfig:
    """Return what to show at first."""
    connection = await widget_connection(call)
    spoken = connection.languages or tuple(Language)
    wanted = said(call.query.language)
    language = wanted if wanted in spoken else spoken[0]
    return WidgetConfig(
        name=connection.name,
        language=language,
        greeting=phrases(language).say("greeting"),
        ai_notice=AI_NOTICE[language],
        languages=spoken,
    )


async def post_message(call: Call[Nothing, Said]) -> Answer:
    """Take the contact's message in."""
    key = call.idempotency_key or new_secret(call.parts.chance, "")
    return taken(await receive_once(call, await own_conversation(call), call.body, key), status=202)


async def stream_events(call: Call[Place, Nothing]) -> EventStream:
    """Follow the conversation as its contact may see it."""
    after = resume_after(call.headers, call.query.after)
    conversation = await own_conversation(call)
    log = WholeLog(call.parts.reader, conversation, after)
    view = ContactsView(log, conversation, call.parts.clock, call.parts.drafts)
    return call.stream(view, conversation.id, call.parts.options.limits.streams_per_visitor)


async def get_history(call: Call[Place, Nothing]) -> History:
    """Return what the contact may see of the log so far."""
    conversation = await own_conversation(call)
    items: list[Shown] = []
    last_seq = call.query.after
    for _ in range(_PAGES):
        records = await call.parts.reader.records(conversation.workspace_id, conversation.id, last_seq, _PAGE)
        items += [shown for shown in map(for_contact, records) if shown is not None]
        last_seq = records[-1].seq if records else last_seq
        if len(records) < _PAGE:
            break
    return History(items=items, last_seq=last_seq)


async def request_person(call: Call[Nothing, Nothing]) -> Done:
    """Ask for a person; nothing changes while one is asked for or answers already."""
    visitor = call.visitor
    after = await call.parts.desk.request_person(visitor.workspace_id, visitor.conversation_id)
    return Done(after.last_seq)


async def rate(call: Call[Nothing, RatingBody]) -> Done:
    """Record the contact's judgement."""
    visitor = call.visitor
    after = await call.parts.desk.rate(
        visitor.workspace_id, visitor.conversation_id, call.body.stars, call.body.comment
    )
    return Done(after.last_seq)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="widget_config",
        method="GET",
        path="/widget/v1/{connection_id}/config",
        summary="Read what the widget shows before anybody has written",
        access=Everybody("a shop's page shows it to every visitor"),
        handler=get_config,
        query=ConfigQuery,
        body=Nothing,
        answer=WidgetConfig,
        errors=(NotFound,),
    ),
    Operation(
        name="widget_message",
        method="POST",
        path="/widget/v1/messages",
        summary="Write a message; the key is the message's own id, so it is stored once",
        access=AnyVisitor(),
        handler=post_message,
        query=Nothing,
        body=Said,
        answer=Taken,
        status=202,
        repeats=Repeats.OWN,
        errors=(NotFound, InvalidInput),
    ),
    Operation(
        name="widget_events",
        method="GET",
        path="/widget/v1/events",
        summary="Follow the conversation; resume with Last-Event-ID or after",
        access=AnyVisitor(),
        handler=stream_events,
        query=Place,
        body=Nothing,
        answer=EventStream,
        media_type="text/event-stream",
        errors=(NotFound, InvalidInput),
    ),
    Operation(
        name="widget_history",
        method="GET",
        path="/widget/v1/history",
        summary="Read the conversation so far",
        access=AnyVisitor(),
        handler=get_history,
        query=Place,
        body=Nothing,
        answer=History,
        errors=(NotFound,),
    ),
    Operation(
        name="widget_person",
        method="POST",
        path="/widget/v1/person",
        summary="Ask for a person",
        access=AnyVisitor(),
        handler=request_person,
        query=Nothing,
        body=Nothing,
        answer=Done,
        errors=(NotFound, Conflict),
    ),
    Operation(
        name="widget_rating",
        method="POST",
        path="/widget/v1/rating",
        summary="Rate the episode",
        access=AnyVisitor(),
        handler=rate,
        query=Nothing,
        body=RatingBody,
        answer=Done,
        errors=(NotFound, Conflict),
    ),
)
