"""What each command makes of a conversation: pure decisions, written by whoever calls them."""

from __future__ import annotations

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.changes import Change, HandoffUpdate, Lane, changed
from fondaco.domain.contracts import Action
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import EpisodeId, HandoffId, MessageId, TeammateId
from fondaco.domain.people import (
    ASSISTANT,
    SYSTEM,
    TO_ASSISTANT,
    TO_NOBODY,
    Assignee,
    AssigneeKind,
    Author,
    AuthorKind,
)
from fondaco.kit.language import Language


class Inbound(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A contact's message as a channel hands it in."""

    message_id: MessageId
    text: str
    external_id: str  #: the channel's own id for it; a second one with the same id is a duplicate
    at_ms: int
    new_episode_id: EpisodeId  #: used if this message opens an episode
    language: Language | None = None
    choice: str = ""
    burst_ms: int = 0  #: how long the assistant waits whether more is coming
    tokens: int = 0  #: of the text in the vocabulary o200k; 0 where nobody counted


def reassigned(base: Conversation, to: Assignee, by: Author) -> tuple[ev.Event, ...]:
    """Return the events that make ``to`` the assignee; none if it is already so."""
    if base.assignee == to:
        return ()
    return (ev.AssigneeChanged(assignee=to, epoch=base.epoch + 1, by=by),)


def receive(base: Conversation, inbound: Inbound) -> Change:
    """A contact wrote: open an episode if none is open, and give the assistant its turn.

    While a team is asked and nobody has come yet, the turn is a short one: the contact is told once that
    the team has this message too.
    """
    opening: tuple[ev.Event, ...] = ()
    if base.episode_id is None:
        opening = (
            ev.EpisodeOpened(episode_id=inbound.new_episode_id),
            *reassigned(base, TO_ASSISTANT, SYSTEM),
        )
    message = ev.MessageReceived(
        message_id=inbound.message_id,
        text=inbound.text,
        external_id=inbound.external_id,
        language=inbound.language,
        choice=inbound.choice,
        tokens=inbound.tokens,
    )
    change = changed(base, (*opening, message), inbound.at_ms)
    if not (change.after.assistant_answers or waits_for_team(change.after)):
        return change
    return msgspec.structs.replace(change, lane=Lane.DUE, lane_due_at_ms=inbound.at_ms + inbound.burst_ms)


def waits_for_team(conversation: Conversation) -> bool:
    """Return whether a team was asked to answer and nobody of it has taken the conversation yet."""
    return conversation.assignee.kind is AssigneeKind.TEAM


def noted(base: Conversation, notice: ev.MessagePosted, at_ms: int) -> Change:
    """Tell a contact who waits for a team that the further message has arrived; the waiting goes on."""
    return msgspec.structs.replace(changed(base, (notice,), at_ms), lane=Lane.DONE)


def post_as_teammate(
    base: Conversation, message: ev.MessagePosted, handoff: Handoff | None, at_ms: int
) -> Change:
    """A teammate writes to the contact, which takes the conversation over."""
    events = (*_taken(base, message.author, handoff), message)
    return _taken_change(base, events, message.author, handoff, at_ms)


def take_over(base: Conversation, teammate: Author, handoff: Handoff | None, at_ms: int) -> Change:
    """A teammate takes the conversation; no turn in flight can answer it any more."""
    return _taken_change(base, _taken(base, teammate, handoff), teammate, handoff, at_ms)


def _taken(base: Conversation, teammate: Author, handoff: Handoff | None) -> tuple[ev.Event, ...]:
    _demand_teammate(teammate)
    _demand_open(base)
    accepted: tuple[ev.Event, ...] = ()
    if handoff is not None and handoff.accepted_at_ms is None:
        accepted = (ev.HandoffAccepted(handoff_id=handoff.id, teammate=teammate),)
    return (*reassigned(base, Assignee.teammate(TeammateId(teammate.id)), teammate), *accepted)


def _taken_change(
    base: Conversation, events: tuple[ev.Event, ...], teammate: Author, handoff: Handoff | None, at_ms: int
) -> Change:
    update = None
    if handoff is not None and handoff.accepted_at_ms is None:
        update = HandoffUpdate(
            handoff_id=handoff.id, accepted_at_ms=at_ms, accepted_by=TeammateId(teammate.id)
        )
    change = changed(base, events, at_ms)
    return msgspec.structs.replace(change, lane=Lane.DONE, handoff_update=update)


def hand_back(
    base: Conversation,
    teammate: Author,
    handoff_id: HandoffId | None,
    notice: ev.MessagePosted,
    at_ms: int,
    *,
    owed: bool = False,
) -> Change:
    """A teammate gives the conversation back; the assistant answers what came since the last answer.

    ``owed`` says that something else than a message waits for it, such as an approved action.
    """
    _demand_teammate(teammate)
    _demand_open(base)
    if base.assistant_answers:
        raise Conflict("The assistant already answers this conversation; there is nothing to hand back.")
    waiting = owed or base.waiting_since_ms is not None
    events = (
        ev.HandoffReturned(handoff_id=handoff_id, teammate=teammate),
        *reassigned(base, TO_ASSISTANT, teammate),
        notice,
    )
    change = changed(base, events, at_ms)
    update = HandoffUpdate(handoff_id=handoff_id, returned_at_ms=at_ms) if handoff_id else None
    lane = Lane.DUE if waiting else Lane.DONE
    return msgspec.structs.replace(change, lane=lane, lane_due_at_ms=at_ms, handoff_update=update)


def request_person(base: Conversation, handoff: Handoff, notice: ev.MessagePosted, at_ms: int) -> Change:
    """Ask a team to answer, and tell the contact; used by turns and by the *talk to a person* button."""
    _demand_open(base)
    requested = ev.HandoffRequested(
        handoff_id=handoff.id,
        reason=handoff.reason,
        team_id=handoff.team_id,
        promised_at_ms=handoff.promised_at_ms,
        summary=handoff.summary,
    )
    events = (requested, notice, *reassigned(base, Assignee.team(handoff.team_id), ASSISTANT))
    change = changed(base, events, at_ms)
    return msgspec.structs.replace(change, lane=Lane.DONE, handoff=handoff)


def approve_action(
    base: Conversation, action: Action, teammate: Author, handoff: Handoff | None, at_ms: int
) -> Change:
    """A teammate approves an action; the assistant executes it and tells the contact."""
    _demand_open(base)
    _demand_wait(action)
    approved = actions.approve(action, TeammateId(teammate.id), at_ms)
    return _given_back(base, ev.ActionMoved(action=approved, by=teammate), handoff, at_ms)


def refuse_action(
    base: Conversation, action: Action, teammate: Author, handoff: Handoff | None, at_ms: int, why: str = ""
) -> Change:
    """A teammate refuses an action; the assistant tells the contact, where the episode is open still."""
    _demand_wait(action)
    refused = ev.ActionMoved(action=actions.refuse(action, at_ms, why), by=teammate, why=why)
    if base.episode_id is None:
        _demand_teammate(teammate)
        return changed(base, (refused,), at_ms)
    return _given_back(base, refused, handoff, at_ms)


def take_action_back(
    base: Conversation, action: Action, teammate: Author, handoff: Handoff | None, at_ms: int, why: str = ""
) -> Change:
    """A teammate wants an action's effect taken back; the assistant does it and tells the contact."""
    _demand_open(base)
    moved = ev.ActionMoved(action=actions.take_back(action, at_ms, why), by=teammate, why=why)
    return _given_back(base, moved, handoff, at_ms)


def _given_back(base: Conversation, moved: ev.ActionMoved, handoff: Handoff | None, at_ms: int) -> Change:
    """Let the assistant go on after a teammate's decision."""
    _demand_teammate(moved.by)
    returned: tuple[ev.Event, ...] = ()
    update = None
    if handoff is not None:
        returned = (ev.HandoffReturned(handoff_id=handoff.id, teammate=moved.by),)
        update = HandoffUpdate(
            handoff_id=handoff.id,
            accepted_at_ms=handoff.accepted_at_ms or at_ms,
            accepted_by=handoff.accepted_by or TeammateId(moved.by.id),
            returned_at_ms=at_ms,
        )
    change = changed(base, (moved, *returned, *reassigned(base, TO_ASSISTANT, moved.by)), at_ms)
    return msgspec.structs.replace(change, lane=Lane.DUE, lane_due_at_ms=at_ms, handoff_update=update)


def settle_action(
    base: Conversation, action: Action, teammate: Author, at_ms: int, *, took_effect: bool, why: str = ""
) -> Change:
    """A teammate has found out what became of an action that nobody knew of; who answers stays as it is."""
    _demand_teammate(teammate)
    known = actions.reconcile(action, took_effect=took_effect, at_ms=at_ms, why=why)
    return changed(base, (ev.ActionMoved(action=known, by=teammate, why=why),), at_ms)


def resolve(
    base: Conversation,
    by: Author,
    handoff: Handoff | None,
    at_ms: int,
    last: tuple[ev.Event, ...] = (),
) -> Change:
    """Close the episode and the handoff with it; the contact's next message opens a new one.

    ``last`` is what has to be told of the episode before it ends.
    """
    _demand_open(base)
    events = (*last, *reassigned(base, TO_NOBODY, by), ev.EpisodeClosed(by=by))
    update = HandoffUpdate(handoff_id=handoff.id, returned_at_ms=at_ms) if handoff else None
    return msgspec.structs.replace(changed(base, events, at_ms), lane=Lane.DONE, handoff_update=update)


def add_note(
    base: Conversation, author: Author, text: str, at_ms: int, message_id: MessageId | None = None
) -> Change:
    """Write an internal remark; who answers stays as it is."""
    _demand_teammate(author)
    return changed(base, (ev.NoteAdded(author=author, text=text, message_id=message_id),), at_ms)


def rate(base: Conversation, stars: int, comment: str, at_ms: int) -> Change:
    """The contact judges the episode with one to five stars."""
    if not 1 <= stars <= 5:
        raise InvalidInput(f"stars is {stars}; write a whole number from 1 to 5.", field="stars")
    return changed(base, (ev.RatingGiven(stars=stars, comment=comment),), at_ms)


def _demand_open(base: Conversation) -> None:
    if base.status is Status.RESOLVED or base.episode_id is None:
        raise Conflict(
            f"Conversation {base.id} has no open episode; it opens with the contact's next message."
        )


def _demand_wait(action: Action) -> None:
    if not actions.waits_for_teammate(action):
        raise Conflict(f"Action {action.id} is {action.state.value}; it does not wait for a teammate.")


def _demand_teammate(author: Author) -> None:
    if author.kind is not AuthorKind.TEAMMATE:
        raise InvalidInput(f"Only a teammate can do this, not {author.kind.value}.", field="author")
