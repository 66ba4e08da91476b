"""Actions: what waits for a teammate's yes, what nobody knows the end of, and what a teammate says to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.contracts import ActionState
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ActionId
from fondaco.domain.listing import ListedAction
from fondaco.server.access import KeyWith
from fondaco.server.api.team import ByTeammate, teammate_of
from fondaco.server.operation import AnyCall, Call, Nothing, Operation
from fondaco.server.shapes import Id, Limit, said

B = TypeVar("B", bound=msgspec.Struct)

Why = Annotated[str, msgspec.Meta(max_length=500, description="For teammates; contacts never see it.")]

#: In these a person is wanted.
_WANTED = (ActionState.CONFIRMED, ActionState.UNKNOWN)


class ActionQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actions to list; without a state those that wait for a person: ``confirmed`` and ``unknown``."""

    state: ActionState | msgspec.UnsetType = msgspec.UNSET
    limit: Limit = 50


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who says no, or wants it taken back, and why."""

    teammate_id: Id
    why: Why = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has found out what became of an action."""

    teammate_id: Id
    took_effect: bool
    why: Why = ""  #: how it is known


class Actions(msgspec.Struct, frozen=True, kw_only=True):
    """Actions, those first that have been in their state for the longest."""

    items: list[ListedAction]


async def list_actions(call: Call[ActionQuery, Nothing]) -> Actions:
    """Return actions of the workspace."""
    state = said(call.query.state)
    states = _WANTED if state is None else (state,)
    return Actions(items=await call.parts.reader.actions(call.workspace_id, states, call.query.limit))


async def approve(call: Call[Nothing, ByTeammate]) -> Conversation:
    """Approve an action."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.approve(call.workspace_id, call.conversation_id, _action_id(call), teammate)


async def refuse(call: Call[Nothing, Refusal]) -> Conversation:
    """Refuse an action."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.refuse(
        call.workspace_id, call.conversation_id, _action_id(call), teammate, call.body.why
    )


async def settle(call: Call[Nothing, Finding]) -> Conversation:
    """Write down what became of an unknown action."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.settle_unknown(
        call.workspace_id,
        call.conversation_id,
        _action_id(call),
        teammate,
        took_effect=call.body.took_effect,
        why=call.body.why,
    )


async def take_back(call: Call[Nothing, Refusal]) -> Conversation:
    """Have an action's effect taken back."""
    teammate = await teammate_of(call, call.body.teammate_id)
    return await call.parts.desk.take_back(
        call.workspace_id, call.conversation_id, _action_id(call), teammate, call.body.why
    )


def _action_id(call: AnyCall) -> ActionId:
    return ActionId(call.path["action_id"])


def _operation(
    word: str, summary: str, handler: Callable[[Call[Nothing, B]], Awaitable[Conversation]], body: type[B]
) -> Operation[Nothing, B, Conversation]:
    return Operation(
        name=f"{word}_action",
        method="POST",
        path=f"/v1/conversations/{{conversation_id}}/actions/{{action_id}}/{word}",
        summary=summary,
        access=KeyWith(Scope.TEAM_WRITE),
        handler=handler,
        query=Nothing,
        body=body,
        answer=Conversation,
        errors=(NotFound, Conflict),
    )


OPERATIONS = (
    Operation(
        name="list_actions",
        method="GET",
        path="/v1/actions",
        summary="List actions, such as those that wait for a teammate or whose end nobody knows",
        access=KeyWith(Scope.CONVERSATIONS_READ),
        handler=list_actions,
        query=ActionQuery,
        body=Nothing,
        answer=Actions,
    ),
    _operation("approve", "Say yes to an action; the assistant executes it", approve, ByTeammate),
    _operation("refuse", "Say no to an action; the assistant tells the contact", refuse, Refusal),
    _operation(
        "take_back", "Have the effect of an action taken back; the assistant does it", take_back, Refusal
    ),
    _operation("settle", "Say whether an action took effect of which nobody knew", settle, Finding),
)
