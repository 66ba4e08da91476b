"""How a conversation begins in the widget, and how its contact becomes known.

Nothing is stored before the first message.  Everything that is follows from the request's key, so the same
request, sent again after a lost answer, finds the same conversation and gets the same token.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec

from fondaco.domain.access import Connection
from fondaco.domain.changes import Committed, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.events import IdentityVerified
from fondaco.domain.ids import CallId
from fondaco.domain.tools import Verification
from fondaco.kit.language import Language
from fondaco.kit.text import clean_message
from fondaco.server.access import AnyVisitor, Everybody
from fondaco.server.answer import Answer
from fondaco.server.credentials import new_secret, visitor_secret
from fondaco.server.idempotency import REPLAYED
from fondaco.server.identity import Identity, verify_identity
from fondaco.server.operation import AnyCall, AnyOperation, Call, Nothing, Operation, Repeats
from fondaco.server.receiving import receive_once
from fondaco.server.shapes import Said
from fondaco.server.widget_api import Done, own_conversation, widget_connection

_TRIES = 20  # a busy conversation moves on while a decision is made; each try decides anew
_SIGNED = "signed"  #: what was proven: the whole identity, by the shop's own signature

Token = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096, description="A JWT signed by the shop.")]


class BeginBody(Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first message, and who writes if the shop has signed it."""

    language: Language | None = None
    identity: Token | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation, the place of its first message, and the token that opens it from now on."""

    token: str
    conversation_id: str
    message_id: str
    seq: int


class IdentityBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who writes, as the shop signed it."""

    identity: Token


async def begin(call: Call[Nothing, BeginBody]) -> Answer:
    """Store the first message, and with it contact, conversation and token."""
    connection = await widget_connection(call)
    call.machinery.door.limits.new_conversation(call.address)
    _demand_text(call.body.text, call.parts.options.max_message_characters)
    identity = _identity(call, connection, call.body.identity) if call.body.identity else None
    key = call.idempotency_key or new_secret(call.parts.chance, "")
    # The key stands nowhere in the database, not even as the message's own id: the token follows from it.
    known_as = hashlib.sha256(f"{connection.id}\n{key}".encode()).hexdigest()
    conversation = await _open(call, connection, known_as, identity)
    accepted = await receive_once(call, conversation, call.body, known_as)
    token = visitor_secret(key, conversation.id)
    await call.machinery.door.gate.admit_visitor(token, conversation)
    begun = Begun(
        token=token,
        conversation_id=conversation.id,
        message_id=accepted.message_id,
        seq=accepted.seq,
    )
    replayed = (REPLAYED,) if accepted.duplicate else ()
    return Answer(status=201, body=msgspec.json.encode(begun), headers=replayed)


async def identify(call: Call[Nothing, IdentityBody]) -> Done:
    """Note whom the shop vouches for, for as long as this episode lasts."""
    connection = await call.parts.registry.connection(call.visitor.connection_id)
    identity = _identity(call, connection, call.body.identity)
    proven = IdentityVerified(
        subject=identity.sub, scope=_SIGNED, call_id=CallId(""), level=Verification.SIGNED
    )
    for _ in range(_TRIES):
        base = await own_conversation(call)
        if base.episode_id is None:
            raise Conflict("Nothing is being asked at the moment; send the identity after the next message.")
        change = changed(base, (proven,), call.parts.clock.now_ms())
        if await call.parts.store.commit(change) is Committed.DONE:
            return Done(change.after.last_seq)
    raise Conflict("The conversation keeps changing; try again in a moment.")


async def _open(
    call: Call[Nothing, BeginBody], connection: Connection, known_as: str, identity: Identity | None
) -> Conversation:
    return await call.parts.intake.open(
        connection,
        contact_external_id=f"subject:{identity.sub}" if identity else f"visitor:{known_as}",
        external_id=f"widget:{known_as}",
        name=identity.name if identity else "",
        verified_subject=identity.sub if identity else "",
        language=call.body.language,
    )


def _identity(call: AnyCall, connection: Connection, token: str) -> Identity:
    return verify_identity(token, connection, call.parts.clock.now_ms())


def _demand_text(text: str, limit: int) -> None:
    # The intake checks again; here it keeps a conversation from being opened without a message.
    if len(text) > limit:
        raise InvalidInput(
            f"text has {len(text)} characters; at most {limit} are accepted. Send it in parts.", field="text"
        )
    if not clean_message(text, limit).strip():
        raise InvalidInput("text is empty; write at least one visible character.", field="text")


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="widget_begin",
        method="POST",
        path="/widget/v1/{connection_id}/conversations",
        summary="Begin a conversation with its first message, and get the token that opens it",
        access=Everybody("whoever visits the shop's page may write to the shop"),
        handler=begin,
        query=Nothing,
        body=BeginBody,
        answer=Begun,
        status=201,
        repeats=Repeats.OWN,
        key_pattern=r"^[!-~]{22,255}$",  # 22 characters of base 64 are 128 bits: the token follows from it
        errors=(NotFound, InvalidInput),
    ),
    Operation(
        name="widget_identity",
        method="POST",
        path="/widget/v1/identity",
        summary="Say who writes, as the shop signed it",
        access=AnyVisitor(),
        handler=identify,
        query=Nothing,
        body=IdentityBody,
        answer=Done,
        errors=(NotFound, Conflict, InvalidInput),
    ),
)
