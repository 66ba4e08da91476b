"""What a turn knows before it begins: read from the episode's events, decided by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.actions import open_of
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.ids import ActionId, MessageId, TurnId
from fondaco.domain.tools import Verification
from fondaco.domain.turns import Work, decided, turn_id_after, turn_id_of, unanswered
from fondaco.kit.language import Language


class SentCode(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time code that the merchant sent in this episode."""

    subject: str
    challenge: str  #: what the sending is called
    sent_to: str  #: masked; empty where nobody tells
    at_ms: int


class TurnContext(msgspec.Struct, frozen=True, kw_only=True):
    """One turn's question and everything in the episode that bears on it."""

    turn_id: TurnId
    work: Work
    question: str  #: the contact's unanswered messages, one a line
    language: Language  #: in which the answer has to be
    choice: str = ""  #: key of the offer that was clicked last; a wish for a person outlives later words
    awaiting: ev.Awaiting | None = None  #: what the assistant asked for in its last message
    offered: tuple[str, ...] = ()  #: entries that the assistant's last message offered, the best first
    offers_in_a_row: int = 0  #: how many of the assistant's last messages were offers
    signed_subject: str = ""  #: whom the shop's own signature named, for all that concerns them
    proven: dict[str, str] = {}  #: scope, such as an order number, to the subject proven for it here
    failed_proofs: int = 0  #: wrong proofs in this episode
    codes: tuple[SentCode, ...] = ()  #: the one-time codes that were sent in this episode, oldest first
    coded_at_ms: dict[str, int] = {}  #: subject to when a code of theirs came back last in this episode
    failed_codes: int = 0  #: wrong codes in this episode
    proposed: Action | None = None  #: whose yes the assistant's last message asked for
    times_proposed: int = 0  #: how often the contact was asked for it
    decided: tuple[Action, ...] = ()  #: what teammates have approved or refused and nobody has acted on yet
    last_message_id: MessageId | None = None  #: of the contact's messages; None where it has written none

    @property
    def verification(self) -> Verification:
        """How sure the server is of who writes."""
        if self.signed_subject:
            return Verification.SIGNED
        return Verification.MATCHED if self.proven else Verification.NONE

    def level_of(self, subject: str) -> Verification:
        """Return how sure the server is that this very person writes; of nobody it is not sure."""
        if not subject:
            return Verification.NONE
        if subject == self.signed_subject:
            return Verification.SIGNED
        return Verification.MATCHED if subject in self.proven.values() else Verification.NONE


def build(work: Work, fallback: Language) -> TurnContext | None:
    """Read the context off the episode's events; None where nothing waits for an answer."""
    messages = unanswered(work.records)
    waiting = decided(work.records)
    if not messages and not waiting:
        return None
    events = [record.event for record in work.records]
    last = _last_words(events)
    proposed = _proposed(work, last)
    return TurnContext(
        turn_id=turn_id_of(messages) if messages else _turn_after(waiting[0]),
        work=work,
        question="\n".join(message.text for message in messages),
        language=_language(messages) or work.conversation.language or fallback,
        choice=_choice(messages),
        awaiting=last.awaiting if last and proposed is None else None,
        offered=_entries(last) if proposed is None else (),
        offers_in_a_row=_offers_in_a_row(events),
        signed_subject=_signed(events) or work.contact.verified_subject,
        proven=_proven(events),
        failed_proofs=_failures(events, Verification.MATCHED),
        codes=_codes(work),
        coded_at_ms=_coded(work),
        failed_codes=_failures(events, Verification.CODE),
        proposed=proposed,
        times_proposed=1 + last.awaiting.tries if proposed and last and last.awaiting else 0,
        decided=waiting,
        last_message_id=messages[-1].message_id if messages else None,
    )


def _turn_after(action: Action) -> TurnId:
    return turn_id_after(action.id, back=action.state is ActionState.COMPENSATING)


def _proposed(work: Work, last: ev.MessagePosted | None) -> Action | None:
    """Return the action that the assistant's last message asked about; no other message counts."""
    if last is None or last.awaiting is None or not last.awaiting.action_id:
        return None
    return open_of(work.records).get(ActionId(last.awaiting.action_id))


def _signed(events: list[ev.Event]) -> str:
    """Return whom the shop's signature named last within this episode."""
    signed = [
        event.subject
        for event in events
        if isinstance(event, ev.IdentityVerified) and event.level is Verification.SIGNED
    ]
    return signed[-1] if signed else ""


def _proven(events: list[ev.Event]) -> dict[str, str]:
    """Return scope to subject; that a code came back says of no order whose it is."""
    return {
        event.scope: event.subject
        for event in events
        if isinstance(event, ev.IdentityVerified) and event.level is not Verification.CODE
    }


def _failures(events: list[ev.Event], level: Verification) -> int:
    return sum(isinstance(event, ev.VerificationFailed) and event.level is level for event in events)


def _codes(work: Work) -> tuple[SentCode, ...]:
    return tuple(
        SentCode(
            subject=record.event.subject,
            challenge=record.event.challenge,
            sent_to=record.event.sent_to,
            at_ms=record.at_ms,
        )
        for record in work.records
        if isinstance(record.event, ev.CodeSent)
    )


def _coded(work: Work) -> dict[str, int]:
    return {
        record.event.subject: record.at_ms
        for record in work.records
        if isinstance(record.event, ev.IdentityVerified) and record.event.level is Verification.CODE
    }


def _choice(messages: tuple[ev.MessageReceived, ...]) -> str:
    if any(message.choice == ev.PERSON_OFFER for message in messages):
        return ev.PERSON_OFFER
    return messages[-1].choice if messages else ""


def _language(messages: tuple[ev.MessageReceived, ...]) -> Language | None:
    return next((message.language for message in reversed(messages) if message.language), None)


def _last_words(events: list[ev.Event]) -> ev.MessagePosted | None:
    """Return the assistant's last message, unless a person has spoken since."""
    return next(iter(_words_backwards(events)), None)


def _words_backwards(events: list[ev.Event]) -> Iterator[ev.MessagePosted]:
    """Go back through the messages of the shop, as far as the last handback."""
    for event in reversed(events):
        if isinstance(event, ev.HandoffReturned):
            return
        if isinstance(event, ev.MessagePosted):
            yield event


def _entries(message: ev.MessagePosted | None) -> tuple[str, ...]:
    offers = message.offers if message is not None else ()
    return tuple(offer.key for offer in offers if offer.key != ev.PERSON_OFFER)


def _offers_in_a_row(events: list[ev.Event]) -> int:
    return sum(1 for _ in takewhile(lambda message: message.offers, _words_backwards(events)))
