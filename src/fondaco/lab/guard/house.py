"""The turn in which a reply was written, laid out as the engine finds it in the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import (
    ActionId,
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    MessageId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT
from fondaco.domain.tools import ToolCall
from fondaco.domain.turns import Contact, Work
from fondaco.engine.context import TurnContext
from fondaco.kit.language import Language
from fondaco.testing.clock import FakeClock

TURN = TurnId("trn_lab")
_EPISODE = EpisodeId("epi_lab")
_SHOP, _WHO, _WHERE = WorkspaceId("lab"), ContactId("con_lab"), ConnectionId("cnn_lab")
_CONVERSATION = Conversation(
    id=ConversationId("cnv_lab"),
    workspace_id=_SHOP,
    connection_id=_WHERE,
    contact_id=_WHO,
    episode_id=_EPISODE,
)
_CONTACT = Contact(id=_WHO)


def clock_at(moment: datetime) -> FakeClock:
    """Return a clock that stands still at a moment."""
    return FakeClock(int(moment.timestamp() * 1000))


def context_of(events: Iterable[ev.Event], language: Language) -> TurnContext:
    """Return the turn that finds these events in its episode."""
    records = tuple(
        ev.Recorded(seq=number, at_ms=0, episode_id=_EPISODE, event=event)
        for number, event in enumerate(events, 1)
    )
    said = [record.event for record in records if isinstance(record.event, ev.MessageReceived)]
    return TurnContext(
        turn_id=TURN,
        work=Work(conversation=_CONVERSATION, contact=_CONTACT, records=records),
        question=said[-1].text if said else "",
        language=language,
    )


def heard(text: str, number: int = 1) -> ev.MessageReceived:
    """Return the event of a message of the contact."""
    return ev.MessageReceived(message_id=MessageId(f"msg_{number}"), text=text)


def called(call: ToolCall) -> ev.ToolCalled:
    """Return the event of a call."""
    return ev.ToolCalled(turn_id=TURN, call=call)


def done_by(call: ToolCall, record: str = "") -> Action:
    """Return the action that a call has carried out."""
    return Action(
        id=ActionId(f"act_{call.id}"),
        tool=call.tool,
        arguments=call.arguments,
        subject="lab",
        record=record,
        state=ActionState.DONE,
        proposed_at_ms=0,
        expires_at_ms=0,
        call_id=call.id,
    )


def moved(action: Action) -> ev.ActionMoved:
    """Return the event of an action's last step."""
    return ev.ActionMoved(action=action, by=ASSISTANT, turn_id=TURN)
