"""What happened: append-only facts in the past tense, numbered without a gap per conversation."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.articles import Passage
from fondaco.domain.contracts import Action
from fondaco.domain.evidence import Evidence
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import (
    CallId,
    ConversationId,
    DeliveryId,
    EpisodeId,
    HandoffId,
    MessageId,
    TurnId,
)
from fondaco.domain.people import Assignee, Author
from fondaco.domain.tools import ToolCall, Verification
from fondaco.domain.usage import AttemptNote
from fondaco.kit.language import Language


class Citation(msgspec.Struct, frozen=True, gc=False):
    """An article that a message quotes."""

    article_id: str
    key: str
    title: str


class Offer(msgspec.Struct, frozen=True, gc=False):
    """One choice under a message; ``key`` names an article, or is ``person``."""

    key: str
    label: str


PERSON_OFFER = "person"  #: the key of the offer that asks for a person


class Awaiting(msgspec.Struct, frozen=True, kw_only=True):
    """What the assistant asked for, so that the next message is read as the answer to it."""

    entry: str = ""  #: key of the article whose answer waits for the missing values
    wants: str = ""  #: name of the parameter that was asked for
    sentence: str = ""  #: key of the stored sentence that asked for it
    filled: dict[str, str] = {}  #: parameters that are known already
    tries: int = 0  #: how often the contact has answered in vain
    action_id: str = ""  #: the action that was proposed, where a yes to it is awaited


# gc=False here and elsewhere: nothing here can be part of a cycle, and thousands of these are kept.
class _Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="type", tag=True):
    """A fact; its class name is its type on the wire."""


class EpisodeOpened(_Event, frozen=True, kw_only=True):
    """A request has begun."""

    episode_id: EpisodeId


class EpisodeClosed(_Event, frozen=True, kw_only=True):
    """The request is done."""

    by: Author


class MessageReceived(_Event, frozen=True, kw_only=True):
    """The contact wrote."""

    message_id: MessageId
    text: str
    external_id: str = ""
    language: Language | None = None  #: None where the text does not tell
    choice: str = ""  #: key of the offer that was clicked
    tokens: int = 0  #: of the text in the vocabulary o200k; 0 where nobody counted


class MessagePosted(_Event, frozen=True, kw_only=True):
    """Somebody of the shop wrote to the contact; the delivery is a matter of the outbox."""

    message_id: MessageId
    author: Author
    text: str
    shown_as: str = ""  #: name that the contact sees
    language: Language | None = None
    answers: bool = True  #: whether the contact has to wait no longer
    turn_id: TurnId | None = None
    citations: tuple[Citation, ...] = ()
    offers: tuple[Offer, ...] = ()
    awaiting: Awaiting | None = None
    tokens: int = 0  #: of the text in the vocabulary o200k; 0 where nobody counted


class NoteAdded(_Event, frozen=True, kw_only=True):
    """A teammate wrote an internal remark; no contact ever sees it."""

    author: Author
    text: str
    message_id: MessageId | None = None  #: set where a repeated request must not write it twice


class RouteKind(StrEnum):
    """Who or what a turn was given to."""

    LOCAL = "local"  #: the local assistant answers from stored texts
    CHEAP = "cheap"  #: the cheap chain of models answers
    STRONG = "strong"  #: the strong chain of models answers
    PERSON = "person"  #: a teammate has to answer


class RouteChosen(_Event, frozen=True, kw_only=True):
    """It was decided who answers this turn, and why."""

    turn_id: TurnId
    route: RouteKind
    reasons: tuple[str, ...] = ()
    difficulty: float | None = None  #: 0 to 1; None where nothing depended on it
    signals: dict[str, float] = {}  #: what the difficulty was added up from, each 0 to 1


class PassagesFound(_Event, frozen=True, kw_only=True):
    """The knowledge base was searched."""

    turn_id: TurnId
    question: str
    passages: tuple[Passage, ...]
    confidence: float  #: trained probability that the first passage is right, 0 to 1
    reasons: tuple[str, ...] = ()


class ModelAsked(_Event, frozen=True, kw_only=True):
    """A model was asked for one step, with all attempts that it took."""

    turn_id: TurnId
    step: int  #: 1 is the first of the turn; 0 summed up what a cut hides
    target: str  #: the operator's name for the model that answered; empty where none did
    served_model: str = ""  #: as the provider named it
    finish: str = ""
    attempts: tuple[AttemptNote, ...] = ()
    cost_pico: int = 0  #: of all attempts, 10⁻¹² of the currency
    currency: str = "USD"


class MemoryPlanned(_Event, frozen=True, kw_only=True):
    """It was decided how much of the episode models are told; from here on prompts begin anew.

    Prompts follow from the events alone, so that any process builds the same ones, byte for byte.
    """

    turn_id: TurnId
    strategy: str  #: such as ``append`` or ``stepped``
    why: str
    high_tokens: int = 0  #: a window that has grown beyond is cut; 0: only the model's limit cuts
    low_tokens: int = 0  #: to so many it is cut
    longest_tokens: int = 0  #: of one message or tool result; what is longer is shown shortened
    recall: str = ""  #: how turns that were cut off come back: ``tool``, ``gate`` or not at all
    card: str = ""  #: what models are told of the contact, the same for as long as the plan lasts
    language: Language | None = None  #: of tools' results that were told before the contact's first words
    earlier: bool = False  #: whether words of the contact's earlier episodes may come back as well


class HistoryCut(_Event, frozen=True, kw_only=True):
    """Models are told the episode's earlier words no more, or only in short; everything stays stored."""

    turn_id: TurnId
    before_seq: int  #: what came before this event is hidden
    strategy: str
    why: str
    hidden_tokens: int  #: of what this cut hides and earlier ones did not
    kept_tokens: int  #: of what is still told word for word
    digest: str = ""  #: what is told in place of what this cut hides; never written again
    digest_by: str = ""  #: ``contact`` where it is the contact's own words, ``extract``, or a model's name
    digests: int = 0  #: so many of the latest cuts' digests are told from now on, this one's among them


class PromptShortened(_Event, frozen=True, kw_only=True):
    """Something was longer than a model's window has room for, and was told in parts."""

    turn_id: TurnId
    seqs: tuple[int, ...]  #: of the messages and tool results; without those of the turn itself
    left_out_tokens: int  #: of all of them together


class RecalledFrom(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An earlier episode of the contact, of which words were told again."""

    conversation_id: ConversationId
    episode_id: EpisodeId
    seqs: tuple[int, ...]  #: of the messages in that conversation, oldest first


class TurnsRecalled(_Event, frozen=True, kw_only=True):
    """Words that a cut had hidden, or of earlier episodes, were told again, for this turn only."""

    turn_id: TurnId
    query: str
    seqs: tuple[int, ...]  #: of the messages of this episode, oldest first
    tokens: int  #: of all of them
    by: str  #: ``tool`` where the model asked for it, ``gate`` where the server decided
    earlier: tuple[RecalledFrom, ...] = ()  #: what came from earlier episodes, oldest first


class ToolCalled(_Event, frozen=True, kw_only=True):
    """A tool was called and the call ended, well or badly."""

    turn_id: TurnId
    call: ToolCall


class ActionMoved(_Event, frozen=True, kw_only=True):
    """An action has come a step further, or has ended; the latest one tells how far it is."""

    action: Action
    by: Author  #: who moved it: the contact by a yes, a teammate, the assistant by the rules
    why: str = ""  #: for teammates
    turn_id: TurnId | None = None  #: None where it was no turn that moved it


class IdentityVerified(_Event, frozen=True, kw_only=True):
    """Somebody proved who they are, for as long as this episode lasts."""

    subject: str  #: whom the merchant's system knows; bound by the server to personal tools
    scope: str  #: what was proven, such as an order number; ``signed`` where the shop vouched
    call_id: CallId  #: the call that proved it; empty where the shop vouched
    level: Verification = Verification.MATCHED


class VerificationFailed(_Event, frozen=True, kw_only=True):
    """A proof was wrong."""

    scope: str
    call_id: CallId
    level: Verification = Verification.MATCHED  #: what the proof would have shown


class CodeSent(_Event, frozen=True, kw_only=True):
    """The merchant sent the contact a one-time code; what it is, nobody here knows."""

    subject: str  #: whom the merchant's system knows; the code went to the address that it has of them
    challenge: str  #: what the sending is called; only a code of this very one is taken
    sent_to: str = ""  #: the address, masked; empty where the merchant does not tell
    call_id: CallId


class VerdictGiven(_Event, frozen=True, kw_only=True):
    """The guard judged the finished text."""

    turn_id: TurnId
    passed: bool
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[str, ...] = ()


class OutcomeKind(StrEnum):
    """How a turn ended."""

    REPLY = "reply"  #: the contact got an answer
    HANDOFF = "handoff"  #: a teammate was asked to answer
    SILENCE = "silence"  #: nothing was to be said


class TurnSettled(_Event, frozen=True, kw_only=True):
    """A turn is over."""

    turn_id: TurnId
    outcome: OutcomeKind
    duration_ms: float  #: from the claim to the settling write
    restarts: int = 0  #: how often newer messages made it begin again
    cost_pico: int = 0  #: of all models that it asked, 10⁻¹² of the currency
    currency: str = "USD"


class HandoffRequested(_Event, frozen=True, kw_only=True):
    """A teammate was asked to take over."""

    handoff_id: HandoffId
    reason: HandoffReason
    team_id: str
    promised_at_ms: int | None
    summary: str = ""


class HandoffAccepted(_Event, frozen=True, kw_only=True):
    """A teammate took the handoff."""

    handoff_id: HandoffId
    teammate: Author


class HandoffReturned(_Event, frozen=True, kw_only=True):
    """A teammate gave the conversation back to the assistant."""

    handoff_id: HandoffId | None
    teammate: Author


class AssigneeChanged(_Event, frozen=True, kw_only=True):
    """Somebody else has to answer now."""

    assignee: Assignee
    epoch: int
    by: Author


class RatingGiven(_Event, frozen=True, kw_only=True):
    """The contact judged the episode."""

    stars: int  #: 1 (bad) to 5 (good)
    comment: str = ""


class DeliveryEnded(_Event, frozen=True, kw_only=True):
    """It is known what became of a message on its channel, or that it cannot be known."""

    delivery_id: DeliveryId
    message_id: MessageId
    state: str  #: a ``DeliveryState``
    reason: str = ""


Event = (
    EpisodeOpened
    | EpisodeClosed
    | MessageReceived
    | MessagePosted
    | NoteAdded
    | RouteChosen
    | PassagesFound
    | MemoryPlanned
    | HistoryCut
    | PromptShortened
    | TurnsRecalled
    | ModelAsked
    | ToolCalled
    | ActionMoved
    | IdentityVerified
    | VerificationFailed
    | CodeSent
    | VerdictGiven
    | TurnSettled
    | HandoffRequested
    | HandoffAccepted
    | HandoffReturned
    | AssigneeChanged
    | RatingGiven
    | DeliveryEnded
)


class Recorded(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An event with its place in the conversation."""

    seq: int  #: 1, 2, 3 … without a gap within the conversation
    at_ms: int
    episode_id: EpisodeId | None
    event: Event


def kind_of(event: Event) -> str:
    """Return the event's type as it stands on the wire, such as ``MessageReceived``."""
    return type(event).__name__


#: Event types that a contact may see; everything else is for the team only.
CONTACT_MAY_SEE: frozenset[type] = frozenset(
    {
        EpisodeOpened,
        EpisodeClosed,
        MessageReceived,
        MessagePosted,
        HandoffRequested,
        HandoffAccepted,
        HandoffReturned,
        RatingGiven,
    }
)
