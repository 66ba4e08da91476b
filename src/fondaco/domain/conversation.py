"""The conversation's own state, and how events change it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, WorkspaceId
from fondaco.domain.people import TO_NOBODY, Assignee, AssigneeKind
from fondaco.kit.language import Language


class Status(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"  #: somebody has to do something
    RESOLVED = "resolved"  #: done; the next message opens a new episode


class Conversation(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The ongoing exchange with one contact on one connection.

    ``last_seq`` is its version: whoever wants to write names the ``last_seq`` that the decision
    was made on, and nothing is written when it has moved on meanwhile.
    """

    id: ConversationId
    workspace_id: WorkspaceId
    connection_id: ConnectionId
    contact_id: ContactId
    status: Status = Status.OPEN
    assignee: Assignee = TO_NOBODY
    epoch: int = 0  #: raised by every change of assignee
    last_seq: int = 0
    episode_id: EpisodeId | None = None  #: the open episode; None before the first and after the last
    pulls: bool = True  #: the contact's side reads the event log itself, so nothing has to be sent
    language: Language | None = None
    subject: str = ""  #: first words of the episode's first message
    created_at_ms: int = 0
    updated_at_ms: int = 0
    waiting_since_ms: int | None = None  #: since when the contact waits for an answer

    @property
    def assistant_answers(self) -> bool:
        """Whether the next answer is the assistant's to give."""
        return self.assignee.kind is AssigneeKind.ASSISTANT


SUBJECT_CHARACTERS = 80


def evolve(conversation: Conversation, recorded: ev.Recorded) -> Conversation:
    """Return the conversation as it stands after one more event."""
    moved = msgspec.structs.replace(
        conversation, last_seq=recorded.seq, updated_at_ms=max(conversation.updated_at_ms, recorded.at_ms)
    )
    match recorded.event:
        case ev.EpisodeOpened(episode_id=episode_id):
            return msgspec.structs.replace(moved, episode_id=episode_id, status=Status.OPEN, subject="")
        case ev.EpisodeClosed():
            return msgspec.structs.replace(
                moved, episode_id=None, status=Status.RESOLVED, waiting_since_ms=None
            )
        case ev.AssigneeChanged(assignee=assignee, epoch=epoch):
            return msgspec.structs.replace(moved, assignee=assignee, epoch=epoch)
        case ev.MessageReceived() as message:
            return _received(moved, message, recorded.at_ms)
        case ev.MessagePosted(language=language, answers=answers):
            waiting = None if answers else moved.waiting_since_ms
            # An answer in another language, for want of one in the contact's, is no change of language.
            return msgspec.structs.replace(
                moved, waiting_since_ms=waiting, language=moved.language or language
            )
        case _:
            return moved


def _received(conversation: Conversation, message: ev.MessageReceived, at_ms: int) -> Conversation:
    waiting = at_ms if conversation.waiting_since_ms is None else conversation.waiting_since_ms
    return msgspec.structs.replace(
        conversation,
        status=Status.OPEN,
        waiting_since_ms=waiting,
        subject=conversation.subject or message.text[:SUBJECT_CHARACTERS],
        language=message.language or conversation.language,
    )
