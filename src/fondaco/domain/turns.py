"""What a worker holds while it answers: the lease, the work, the journal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ActionId, ContactId, ConversationId, MessageId, TurnId, WorkerId
from fondaco.domain.people import AuthorKind
from fondaco.domain.tools import ToolCall

_ACTION_KEY = "action:"
_BACK = "_back"
_REPLY = "_a"
_DUE = (ActionState.APPROVED, ActionState.COMPENSATING)


class Lease(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The exclusive right to answer a conversation.

    Every write of the turn names the token; a worker whose token is no longer the lane's writes nothing.
    """

    conversation_id: ConversationId
    worker_id: WorkerId
    token: int  #: grows with every claim, within the whole database
    attempts: int  #: how often this lane was claimed since the contact last wrote, this time included


class Contact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The person who writes to the shop."""

    id: ContactId
    name: str = ""
    verified_subject: str = ""  #: whom the shop's signature named; empty when nobody vouched


class Opening(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Somebody who begins to write, by the connection's own ids."""

    contact: Contact  #: as it is created where the connection knows nobody by the next
    contact_external_id: str
    conversation: Conversation  #: as it is created, with the contact's id, where there is none by the next
    external_id: str


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One finished or intended piece of a turn; a turn that is taken up again resumes after it."""

    turn_id: TurnId
    key: str  #: the same work has the same key, so it is done once; such as ``call:order:3f2a``
    call: ToolCall | None = None
    data: dict[str, Any] = {}


class Work(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """All that a turn needs to know."""

    conversation: Conversation
    contact: Contact
    records: tuple[ev.Recorded, ...]  #: the open episode's events, oldest first
    steps: tuple[Step, ...] = ()  #: journal of the turns that this episode has not settled yet


def unanswered(records: tuple[ev.Recorded, ...]) -> tuple[ev.MessageReceived, ...]:
    """Return the contact's messages since the last turn was settled or a person wrote, oldest first."""
    found: list[ev.MessageReceived] = []
    for record in records:
        match record.event:
            case ev.MessageReceived() as message:
                found.append(message)
            case ev.TurnSettled():
                found.clear()
            case ev.MessagePosted(answers=True):
                found.clear()
            case _:
                pass
    return tuple(found)


def turn_id_of(messages: tuple[ev.MessageReceived, ...]) -> TurnId:
    """Return the turn's id, which follows from the first message it answers.

    So a worker that takes the turn up after a crash, or begins it again since a newer message came,
    finds its journal and repeats neither a paid model call nor a tool's effect.
    """
    return TurnId("trn_" + messages[0].message_id.removeprefix("msg_"))


def reply_id_of(turn_id: TurnId) -> MessageId:
    """Return the id of a turn's reply; a turn that begins again posts no second one."""
    return MessageId("msg_" + turn_id.removeprefix("trn_") + _REPLY)


def turn_of_reply(message_id: MessageId) -> TurnId | None:
    """Return the turn whose reply has this id; None for a message of somebody else."""
    if not message_id.endswith(_REPLY):
        return None
    return TurnId("trn_" + message_id.removeprefix("msg_").removesuffix(_REPLY))


def approved(records: tuple[ev.Recorded, ...]) -> tuple[Action, ...]:
    """Return the actions that nothing but their execution is left of, oldest first."""
    found = actions.open_of(records).values()
    return tuple(action for action in found if action.state is ActionState.APPROVED)


def decided(records: tuple[ev.Recorded, ...]) -> tuple[Action, ...]:
    """Return the actions whose turn is due though the contact wrote nothing, oldest first.

    A teammate approved them, so they have to be executed, or wants them taken back, or refused them, so the
    contact has to be told.
    """
    refused: set[ActionId] = set()
    for record in records:
        match record.event:
            case ev.ActionMoved(action=action, by=by):
                by_teammate = by.kind is AuthorKind.TEAMMATE
                if by_teammate and action.state is ActionState.REFUSED:
                    refused.add(action.id)
            case ev.TurnSettled(turn_id=turn_id):
                refused -= {action_id for action_id in refused if turn_id_after(action_id) == turn_id}
            case _:
                pass
    found = actions.open_of(records).values()
    return tuple(one for one in found if one.state in _DUE or one.id in refused)


def turn_id_after(action_id: ActionId, *, back: bool = False) -> TurnId:
    """Return the id of the turn that follows a teammate's decision on an action, or on taking it ``back``.

    It is the same for every worker that takes the turn up, so that nothing is done twice.
    """
    return TurnId("trn_" + action_id.removeprefix("act_") + (_BACK if back else ""))


def key_back(action_id: ActionId) -> str:
    """Return the idempotency key of the call that takes an action back."""
    return action_id + _BACK


def action_step(turn_id: TurnId, action: Action) -> Step:
    """Return the step that says how far an action has come within a turn that is not settled."""
    return Step(turn_id=turn_id, key=action_key(action.id), data=msgspec.to_builtins(action))


def action_key(action_id: ActionId) -> str:
    """Return the key of the step that tells of an action."""
    return _ACTION_KEY + action_id


def actions_in(steps: Iterable[Step]) -> dict[ActionId, Action]:
    """Return the actions that these steps tell of."""
    told = (msgspec.convert(step.data, Action) for step in steps if step.key.startswith(_ACTION_KEY))
    return {action.id: action for action in told}
