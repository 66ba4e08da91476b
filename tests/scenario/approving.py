"""An action on its way in somebody's conversation, as the assistant leaves it when a teammate is wanted."""

from __future__ import annotations

from typing import Protocol

import msgspec

from fondaco.domain import actions, lifecycle
from fondaco.domain import events as ev
from fondaco.domain.changes import Change, changed
from fondaco.domain.contracts import Action, Contract
from fondaco.domain.conversation import Conversation
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import CallId, EpisodeId, HandoffId, MessageId, TeamId, TurnId
from fondaco.domain.people import ASSISTANT, Author, AuthorKind
from fondaco.domain.ports import Reader, Store
from fondaco.domain.tools import CallState, Effect, ToolSpec

REFUND = Contract(
    dry_run=False, record="order_number", amount="amount", currency="EUR", approve_above_minor=10_000
)
SPEC = ToolSpec(name="refund", description="Pays back.", effect=Effect.WRITE, contract=REFUND)
CONTACT = Author(AuthorKind.CONTACT)


class AnyStore(Store, Reader, Protocol):
    """Both halves of a storage."""


def proposal(turn: str = "trn_1", amount: int = 24_900) -> Action:
    """Return a refund that the rules allow and that was shown."""
    arguments = {"order_number": "RI-10482", "amount": amount}
    proposed = actions.propose(SPEC, arguments, subject="kim", turn_id=TurnId(turn), at_ms=0)
    far = msgspec.structs.replace(proposed, expires_at_ms=2**50)
    return actions.show(actions.check(far, REFUND, 0), MessageId(f"msg_{turn}_a"))


def agreed(turn: str = "trn_1", amount: int = 24_900) -> Action:
    """Return the same refund once the contact has said yes."""
    shown = proposal(turn, amount)
    assert shown.shown_in is not None
    yes = actions.confirm(shown, MessageId("msg_yes"), 1, answers=shown.shown_in)
    return msgspec.structs.replace(yes, expires_at_ms=2**50)


def unknown(turn: str = "trn_1") -> Action:
    """Return a small refund of which nobody knows whether it was paid."""
    begun = actions.begin(actions.approve_unasked(agreed(turn, 900), 1), CallId("call_1"), 1)
    return actions.finish(begun, CallState.UNKNOWN, 1, "no answer within 5 s")


async def move(store: AnyStore, base: Conversation, *moved: Action, at_ms: int = 5) -> Conversation:
    """Let the log tell of actions."""
    events = tuple(ev.ActionMoved(action=one, by=ASSISTANT, why=one.why) for one in moved)
    change = changed(base, events, at_ms)
    await store.commit(change)
    return change.after


async def let_wait(store: AnyStore, base: Conversation, at_ms: int = 5) -> Action:
    """Propose a refund in a conversation, let the contact agree, and ask the team for its approval."""
    for change in until_it_waits(base, at_ms):
        await store.commit(change)
    return agreed()


def until_it_waits(base: Conversation, at_ms: int = 5, turn: str = "trn_1") -> tuple[Change, Change]:
    """Return what the assistant writes until a refund waits for a teammate."""
    first, second = TurnId(turn), TurnId(f"trn_2_{turn}")
    asked = ev.MessagePosted(
        message_id=MessageId(f"msg_{turn}_a"),
        author=ASSISTANT,
        text="Shall I pay back 249.00 € for order RI-10482?",
        turn_id=first,
        awaiting=ev.Awaiting(action_id=agreed(turn).id),
    )
    moves = (
        ev.ActionMoved(action=proposal(turn), by=ASSISTANT, turn_id=first),
        asked,
        ev.ActionMoved(action=agreed(turn), by=CONTACT, turn_id=second),
    )
    told = changed(base, moves, at_ms)
    notice = ev.MessagePosted(
        message_id=MessageId(f"msg_2_{turn}_a"),
        author=ASSISTANT,
        text="A person looks at this first.",
        turn_id=second,
    )
    return told, lifecycle.request_person(told.after, _handoff(base, at_ms), notice, at_ms)


def _handoff(base: Conversation, at_ms: int) -> Handoff:
    return Handoff(
        id=HandoffId(f"hof_approval_{base.id}"),
        workspace_id=base.workspace_id,
        conversation_id=base.id,
        episode_id=base.episode_id or EpisodeId(""),
        reason=HandoffReason.APPROVAL,
        team_id=TeamId("general"),
        summary="Wants 249.00 € back.",
        opened_at_ms=at_ms,
    )
