"""Messages: what a contact and the shop say to each other."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.access import Scope
from fondaco.domain.errors import InvalidInput, NotFound
from fondaco.domain.people import Author, AuthorKind
from fondaco.kit.language import Language
from fondaco.server.access import KeyWith
from fondaco.server.answer import Answer
from fondaco.server.credentials import new_secret
from fondaco.server.operation import Call, Nothing, Operation, Repeats
from fondaco.server.receiving import receive_once, taken
from fondaco.server.shapes import After, Said, Taken

_PAGE = 200
_PAGES = 10  # a log without messages is read so far for one request, and the next one goes on


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One utterance."""

    seq: int
    at_ms: int
    message_id: str
    author: Author
    shown_as: str
    text: str
    language: Language | None
    choice: str = ""
    citations: tuple[ev.Citation, ...] = ()
    offers: tuple[ev.Offer, ...] = ()


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages in order, and the number after which to go on."""

    items: list[Message]
    last_seq: int


async def post_message(call: Call[Nothing, Said]) -> Answer:
    """Take a contact's message in."""
    conversation = await call.parts.reader.conversation(call.workspace_id, call.conversation_id)
    key = call.idempotency_key or new_secret(call.parts.chance, "")
    return taken(await receive_once(call, conversation, call.body, key), status=202)


async def list_messages(call: Call[After, Nothing]) -> Messages:
    """Return messages alone, whatever else happened between them."""
    items: list[Message] = []
    last_seq = call.query.after
    for _ in range(_PAGES):
        records = await call.parts.reader.records(call.workspace_id, call.conversation_id, last_seq, _PAGE)
        for record in records:
            last_seq = record.seq
            items += _message(record)
            if len(items) == call.query.limit:
                return Messages(items=items, last_seq=last_seq)
        if len(records) < _PAGE:
            break
    return Messages(items=items, last_seq=last_seq)


def _message(record: ev.Recorded) -> list[Message]:
    match record.event:
        case ev.MessageReceived() as said:
            author, shown_as, choice = Author(AuthorKind.CONTACT), "", said.choice
            citations: tuple[ev.Citation, ...] = ()
            offers: tuple[ev.Offer, ...] = ()
        case ev.MessagePosted() as said:
            author, shown_as, choice = said.author, said.shown_as, ""
            citations, offers = said.citations, said.offers
        case _:
            return []
    return [
        Message(
            seq=record.seq,
            at_ms=record.at_ms,
            message_id=said.message_id,
            author=author,
            shown_as=shown_as,
            text=said.text,
            language=said.language,
            choice=choice,
            citations=citations,
            offers=offers,
        )
    ]


OPERATIONS = (
    Operation(
        name="post_message",
        method="POST",
        path="/v1/conversations/{conversation_id}/messages",
        summary="Write a message as the contact; the key is the message's own id, so it is stored once",
        access=KeyWith(Scope.CONVERSATIONS_WRITE),
        handler=post_message,
        query=Nothing,
        body=Said,
        answer=Taken,
        status=202,
        repeats=Repeats.OWN,
        errors=(NotFound, InvalidInput),
    ),
    Operation(
        name="list_messages",
        method="GET",
        path="/v1/conversations/{conversation_id}/messages",
        summary="Read what was said",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_messages,
        query=After,
        body=Nothing,
        answer=Messages,
        errors=(NotFound,),
    ),
)
