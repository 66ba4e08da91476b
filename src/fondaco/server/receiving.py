"""A contact's message over HTTP: once under its key, and the same answer again."""

from __future__ import annotations

import msgspec

from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import InvalidInput
from fondaco.domain.events import MessageReceived
from fondaco.domain.listing import Accepted
from fondaco.kit.text import clean_message
from fondaco.server.answer import Answer
from fondaco.server.idempotency import HEADER, REPLAYED
from fondaco.server.operation import AnyCall
from fondaco.server.shapes import Said, Taken

_ENCODER = msgspec.json.Encoder()


async def receive_once(call: AnyCall, conversation: Conversation, said: Said, key: str) -> Accepted:
    """Store a message under its key.

    The key counts within the conversation: the same one elsewhere is another message.
    Raises InvalidInput where the key came before with another message.
    """
    accepted = await call.parts.intake.receive(
        conversation, text=said.text, external_id=f"{conversation.id}:{key}", choice=said.choice
    )
    if accepted.duplicate:
        await _demand_same(call, accepted, said)
    return accepted


def taken(accepted: Accepted, status: int) -> Answer:
    """Return the answer that says where a message stands."""
    body = _ENCODER.encode(
        Taken(message_id=accepted.message_id, seq=accepted.seq, duplicate=accepted.duplicate)
    )
    return Answer(status=status, body=body, headers=(REPLAYED,) if accepted.duplicate else ())


async def _demand_same(call: AnyCall, accepted: Accepted, said: Said) -> None:
    where = accepted.conversation
    records = await call.parts.reader.records(where.workspace_id, where.id, accepted.seq - 1, 1)
    first = records[0].event if records else None
    text = clean_message(said.text, call.parts.options.max_message_characters)
    same = isinstance(first, MessageReceived) and (first.text, first.choice) == (text, said.choice)
    if not same:
        raise InvalidInput(
            f"This {HEADER} came before with another message; use a new key for a new message.", field=HEADER
        )
