"""What a teammate does in a conversation, through the shop's own program."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from fondaco.domain.access import Scope, Teammate
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import MessageId, TeammateId
from fondaco.domain.people import Author, AuthorKind
from fondaco.server.access import KeyWith
from fondaco.server.operation import AnyCall, Call, Nothing, Operation
from fondaco.server.shapes import Id, Text

B = TypeVar("B", bound=msgspec.Struct)


class ByTeammate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who does it."""

    teammate_id: Id


class WrittenByTeammate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who writes what."""

    teammate_id: Id
    text: Text


async def take_over(call: Call[Nothing, ByTeammate]) -> Conversation:
    """Make a teammate the assignee."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.take_over(call.workspace_id, call.conversation_id, teammate)


async def hand_back(call: Call[Nothing, ByTeammate]) -> Conversation:
    """Give the conversation back to the assistant."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.hand_back(call.workspace_id, call.conversation_id, teammate)


async def reply(call: Call[Nothing, WrittenByTeammate]) -> Conversation:
    """Write to the contact as a teammate, which is a takeover."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.reply(
        call.workspace_id, call.conversation_id, teammate, call.body.text, _message_id(call)
    )


async def add_note(call: Call[Nothing, WrittenByTeammate]) -> Conversation:
    """Write an internal remark."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.add_note(
        call.workspace_id, call.conversation_id, teammate, call.body.text, _message_id(call)
    )


async def resolve(call: Call[Nothing, ByTeammate]) -> Conversation:
    """Close the episode."""
    teammate = await teammate_of(call, call.body.teammate_id)
    by = Author(AuthorKind.TEAMMATE, teammate.id, teammate.name)
    return await call.parts.desk.resolve(call.workspace_id, call.conversation_id, by)


async def teammate_of(call: AnyCall, teammate_id: str) -> Teammate:
    """Return the teammate of the key's workspace that a body names.  Raises NotFound."""
    teammate = await call.parts.registry.teammate(TeammateId(teammate_id))
    if teammate.workspace_id != call.workspace_id:
        raise NotFound(f"There is no teammate {teammate_id}.", field="teammate_id")
    return teammate


def _message_id(call: AnyCall) -> MessageId | None:
    """Return the id that follows from the request's key, so that a repeated reply is posted once."""
    if not call.idempotency_key:
        return None
    named = f"{call.key.id}\n{call.conversation_id}\n{call.idempotency_key}"
    return MessageId(f"msg_{hashlib.sha256(named.encode()).hexdigest()[:24]}")


def _operation(
    name: str,
    word: str,
    summary: str,
    handler: Callable[[Call[Nothing, B]], Awaitable[Conversation]],
    body: type[B],
) -> Operation[Nothing, B, Conversation]:
    return Operation(
        name=name,
        method="POST",
        path=f"/v1/conversations/{{conversation_id}}/{word}",
        summary=summary,
        access=KeyWith(Scope.TEAM_WRITE),
        handler=handler,
        query=Nothing,
        body=body,
        answer=Conversation,
        errors=(NotFound, Conflict, InvalidInput),
    )


OPERATIONS = (
    _operation("take_over", "takeover", "Let a teammate answer from now on", take_over, ByTeammate),
    _operation("hand_back", "handback", "Give the conversation back to the assistant", hand_back, ByTeammate),
    _operation("reply", "replies", "Write to the contact as a teammate", reply, WrittenByTeammate),
    _operation("add_note", "notes", "Write a note that no contact sees", add_note, WrittenByTeammate),
    _operation("resolve", "resolve", "Close the episode", resolve, ByTeammate),
)
