"""What a contact may know of an event: these fields and no others."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import MessageId
from fondaco.domain.people import AssigneeKind, AuthorKind
from fondaco.kit.language import Language


class ShownCitation(msgspec.Struct, frozen=True):
    """An article that a message quotes."""

    title: str
    key: str


class ShownOffer(msgspec.Struct, frozen=True):
    """One choice under a message."""

    key: str
    label: str


class _Shown(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    seq: int
    at_ms: int


class ShownMessage(_Shown, frozen=True, kw_only=True, tag="message"):
    """One utterance, of the contact or of the shop."""

    message_id: MessageId
    author: AuthorKind
    shown_as: str
    text: str
    language: Language | None
    citations: tuple[ShownCitation, ...] = ()
    offers: tuple[ShownOffer, ...] = ()


class ShownHandoff(_Shown, frozen=True, kw_only=True, tag="handoff", omit_defaults=True):
    """A person was asked, came, or left."""

    state: str  #: ``requested``, ``accepted`` or ``returned``
    promised_at_ms: int | None = None
    shown_as: str = ""


class ShownEpisode(_Shown, frozen=True, kw_only=True, tag="episode"):
    """The request began or ended."""

    state: str  #: ``opened`` or ``closed``


class ShownRating(_Shown, frozen=True, kw_only=True, tag="rating"):
    """The contact's own judgement."""

    stars: int


Shown = ShownMessage | ShownHandoff | ShownEpisode | ShownRating


def for_contact(record: ev.Recorded) -> Shown | None:
    """Return what the contact is shown of an event; None for what is the team's alone."""
    if type(record.event) not in ev.CONTACT_MAY_SEE:
        return None
    seq, at_ms = record.seq, record.at_ms
    match record.event:
        case ev.MessageReceived() | ev.MessagePosted() as message:
            return _message(seq, at_ms, message)
        case ev.EpisodeOpened():
            return ShownEpisode(seq=seq, at_ms=at_ms, state="opened")
        case ev.EpisodeClosed():
            return ShownEpisode(seq=seq, at_ms=at_ms, state="closed")
        case ev.RatingGiven(stars=stars):
            return ShownRating(seq=seq, at_ms=at_ms, stars=stars)
        case event:
            return _handoff(seq, at_ms, event)


def _handoff(seq: int, at_ms: int, event: ev.Event) -> ShownHandoff | None:
    match event:
        case ev.HandoffRequested(promised_at_ms=promised_at_ms):
            return ShownHandoff(seq=seq, at_ms=at_ms, state="requested", promised_at_ms=promised_at_ms)
        case ev.HandoffAccepted(teammate=teammate):
            return ShownHandoff(seq=seq, at_ms=at_ms, state="accepted", shown_as=teammate.name)
        case ev.HandoffReturned():
            return ShownHandoff(seq=seq, at_ms=at_ms, state="returned")
        case _:
            return None


def _message(seq: int, at_ms: int, message: ev.MessageReceived | ev.MessagePosted) -> ShownMessage:
    if isinstance(message, ev.MessageReceived):
        return ShownMessage(
            seq=seq,
            at_ms=at_ms,
            message_id=message.message_id,
            author=AuthorKind.CONTACT,
            shown_as="",
            text=message.text,
            language=message.language,
        )
    return ShownMessage(
        seq=seq,
        at_ms=at_ms,
        message_id=message.message_id,
        author=message.author.kind,
        shown_as=message.shown_as,
        text=message.text,
        language=message.language,
        citations=tuple(ShownCitation(one.title, one.key) for one in message.citations),
        offers=tuple(ShownOffer(one.key, one.label) for one in message.offers),
    )


#: After so long without an answer nobody believes that somebody is still typing.
TYPING_MS = 60_000


class Typing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the assistant is about to answer, followed from event to event."""

    assistant_answers: bool
    waiting_since_ms: int | None

    @classmethod
    def at(cls, conversation: Conversation) -> Typing:
        """Return how it stands in a conversation."""
        return cls(
            assistant_answers=conversation.assistant_answers, waiting_since_ms=conversation.waiting_since_ms
        )

    def after(self, record: ev.Recorded) -> Typing:
        """Return how it stands after one more event."""
        match record.event:
            case ev.MessageReceived():
                return msgspec.structs.replace(self, waiting_since_ms=record.at_ms)
            case ev.MessagePosted(answers=True) | ev.TurnSettled() | ev.EpisodeClosed():
                return msgspec.structs.replace(self, waiting_since_ms=None)
            case ev.AssigneeChanged(assignee=assignee):
                answers = assignee.kind is AssigneeKind.ASSISTANT
                return msgspec.structs.replace(self, assistant_answers=answers)
            case _:
                return self

    def is_on(self, now_ms: int) -> bool:
        """Whether the contact is shown that the assistant is typing."""
        since = self.waiting_since_ms
        return self.assistant_answers and since is not None and now_ms - since < TYPING_MS
