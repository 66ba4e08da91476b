"""Episodes and contexts for the engine's tests."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import (
    CallId,
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    MessageId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT
from fondaco.domain.turns import Contact, Work
from fondaco.engine.context import TurnContext, build
from fondaco.kit.language import Language

EPISODE = EpisodeId("epi_1")


def work(*events: ev.Event, language: Language | None = None, subject: str = "") -> Work:
    """Return the work of a turn in an episode in which this has happened."""
    conversation = Conversation(
        id=ConversationId("cnv_1"),
        workspace_id=WorkspaceId("wsp_1"),
        connection_id=ConnectionId("con_1"),
        contact_id=ContactId("ctc_1"),
        episode_id=EPISODE,
        language=language,
        last_seq=len(events),
    )
    records = tuple(
        ev.Recorded(seq=seq, at_ms=seq, episode_id=EPISODE, event=event)
        for seq, event in enumerate(events, 1)
    )
    contact = Contact(id=conversation.contact_id, verified_subject=subject)
    return Work(conversation=conversation, contact=contact, records=records)


def context(*events: ev.Event, language: Language | None = None, subject: str = "") -> TurnContext:
    """Return the context of a turn that has something to answer."""
    built = build(work(*events, language=language, subject=subject), Language.EN)
    assert built is not None
    return built


def wrote(
    text: str = "Where is it?", *, name: str = "1", language: Language | None = None, choice: str = ""
) -> ev.MessageReceived:
    return ev.MessageReceived(
        message_id=MessageId(f"msg_{name}"), text=text, language=language, choice=choice
    )


def posted(
    *,
    offers: tuple[ev.Offer, ...] = (),
    awaiting: ev.Awaiting | None = None,
    answers: bool = True,
) -> ev.MessagePosted:
    return ev.MessagePosted(
        message_id=MessageId("msg_a"),
        author=ASSISTANT,
        text="…",
        offers=offers,
        awaiting=awaiting,
        answers=answers,
    )


def verified(scope: str, subject: str) -> ev.IdentityVerified:
    return ev.IdentityVerified(subject=subject, scope=scope, call_id=CallId("call_1"))


SETTLED = ev.TurnSettled(turn_id=TurnId("trn_0"), outcome=ev.OutcomeKind.REPLY, duration_ms=1.0)
FAILED_PROOF = ev.VerificationFailed(scope="RI-1", call_id=CallId("call_1"))
