"""What a turn knows before it begins: read from the episode's events, decided by nobody."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.domain.tools import Verification
from fondaco.domain.turns import Work, turn_id_of, unanswered
from fondaco.kit.language import Language


class TurnContext(msgspec.Struct, frozen=True, kw_only=True):
    """One turn's question and everything in the episode that bears on it."""

    turn_id: TurnId
    work: Work
    question: str  #: the contact's unanswered messages, one a line
    language: Language  #: in which the answer has to be
    choice: str = ""  #: key of the offer that was clicked last
    awaiting: ev.Awaiting | None = None  #: what the assistant asked for in its last message
    offered: bool = False  #: the assistant's last message was an offer
    subject: str = ""  #: whom the merchant's system knows; empty until proven
    verified_scopes: frozenset[str] = frozenset()  #: such as order numbers that were proven in this episode
    failed_proofs: int = 0  #: wrong proofs in this episode

    @property
    def verification(self) -> Verification:
        """How sure the server is of who writes."""
        if self.work.contact.verified_subject:
            return Verification.SIGNED
        return Verification.MATCHED if self.subject else Verification.NONE


def build(work: Work, fallback: Language) -> TurnContext | None:
    """Read the context off the episode's events; None where nothing waits for an answer."""
    messages = unanswered(work.records)
    if not messages:
        return None
    events = [record.event for record in work.records]
    verified = [event for event in events if isinstance(event, ev.IdentityVerified)]
    last = _last_words(events)
    return TurnContext(
        turn_id=turn_id_of(messages),
        work=work,
        question="\n".join(message.text for message in messages),
        language=_language(messages) or work.conversation.language or fallback,
        choice=messages[-1].choice,
        awaiting=last.awaiting if last else None,
        offered=bool(last and last.offers),
        subject=work.contact.verified_subject or (verified[-1].subject if verified else ""),
        verified_scopes=frozenset(event.scope for event in verified),
        failed_proofs=sum(isinstance(event, ev.VerificationFailed) for event in events),
    )


def _language(messages: tuple[ev.MessageReceived, ...]) -> Language | None:
    return next((message.language for message in reversed(messages) if message.language), None)


def _last_words(events: list[ev.Event]) -> ev.MessagePosted | None:
    """Return the assistant's last message, unless a person has spoken since."""
    for event in reversed(events):
        if isinstance(event, ev.HandoffReturned):
            return None
        if isinstance(event, ev.MessagePosted):
            return event
    return None
