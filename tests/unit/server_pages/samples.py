"""A conversation as its log tells it, with values that want to do harm."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.access import Team, Teammate
from fondaco.domain.articles import Passage
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import (
    ActionId,
    ArticleId,
    CallId,
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    HandoffId,
    MessageId,
    TeamId,
    TeammateId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT, TO_ASSISTANT, Assignee, Author, AuthorKind
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.usage import AttemptNote, Provenance, Usage
from fondaco.kit.language import Language
from fondaco.server.pages_view import People

HARM = "<script>alert('x')</script>\"'&\u202e\u0007"
WORKSPACE = WorkspaceId("ws_1")
MIRA = Teammate(id=TeammateId("tm_mira"), workspace_id=WORKSPACE, name="Mira", email="mira@shop.example")
ORDERS = Team(
    id=TeamId("orders"), workspace_id=WORKSPACE, names={Language.EN: "Orders", Language.DE: "Versand"}
)
PEOPLE = People.of(MIRA, [MIRA], [ORDERS], Language.EN)
TURN = TurnId("trn_1")


def conversation(
    assignee: Assignee = TO_ASSISTANT, status: Status = Status.OPEN, subject: str = "Where is it?"
) -> Conversation:
    return Conversation(
        id=ConversationId("cnv_1"),
        workspace_id=WORKSPACE,
        connection_id=ConnectionId("con_1"),
        contact_id=ContactId("ctc_1"),
        assignee=assignee,
        status=status,
        episode_id=EpisodeId("epi_1") if status is Status.OPEN else None,
        language=Language.EN,
        subject=subject,
        last_seq=9,
    )


def handoff(text: str = "the parcel") -> Handoff:
    return Handoff(
        id=HandoffId("hof_1"),
        workspace_id=WORKSPACE,
        conversation_id=ConversationId("cnv_1"),
        episode_id=EpisodeId("epi_1"),
        reason=HandoffReason.ASKED_FOR,
        team_id=TeamId("orders"),
        summary=text,
        questions=(text,),
        facts=(evidence(text),),
        opened_at_ms=1_000,
        promised_at_ms=2_000,
    )


def evidence(text: str = "RI-1", source: EvidenceSource = EvidenceSource.TOOL) -> Evidence:
    return Evidence(written=text, value=text, source=source, reference="cal_1", field="order_number")


def call(text: str = "RI-1", state: CallState = CallState.DONE) -> ToolCall:
    return ToolCall(
        id=CallId("cal_1"),
        tool="shipment",
        arguments={"order_number": text},
        effect=Effect.READ,
        idempotency_key="key",
        state=state,
        result={"order_number": text} if state is CallState.DONE else None,
        error="" if state is CallState.DONE else text,
        duration_ms=12.5,
    )


def passage(text: str = "Parcels") -> Passage:
    return Passage(
        article_id=ArticleId("art_1"),
        key="order-status",
        title=text,
        language=Language.EN,
        text=text,
        score=0.9,
        matched=text,
    )


def asked(text: str = "cheap") -> ev.ModelAsked:
    """One step that took two attempts."""
    broken = AttemptNote(
        target=text,
        provider=text,
        ended_as=text,
        message=text,
        then=text,
        usage=Usage(input=1_102, output=4),
        provenance=Provenance.ESTIMATED,
        cost_pico=190_000_000,
        possibly_billed=True,
    )
    answered = AttemptNote(
        target=text,
        provider=text,
        ended_as="answered",
        duration_ms=1_500,
        first_token_ms=61,
        usage=Usage(input=1_102, output=22, cache_read=1_024),
        provenance=Provenance.UPPER_BOUND,
        cost_pico=193_000_000,
    )
    return ev.ModelAsked(
        turn_id=TURN,
        step=1,
        target=text,
        served_model=f"{text}-1",
        attempts=(broken, answered),
        cost_pico=383_000_000,
    )


def turn(text: str = "RI-1") -> tuple[ev.Recorded, ...]:
    """A question, everything that was done for it, and the answer."""
    return recorded(
        ev.EpisodeOpened(episode_id=EpisodeId("epi_1")),
        ev.MessageReceived(message_id=MessageId("msg_1"), text=text, language=Language.EN),
        ev.RouteChosen(
            turn_id=TURN,
            route=ev.RouteKind.CHEAP,
            reasons=(text,),
            difficulty=0.4,
            signals={"unsure": 0.7, text: 0.5, "foreign": 0.0},
        ),
        ev.PassagesFound(
            turn_id=TURN, question=text, passages=(passage(text),), confidence=0.9, reasons=(text,)
        ),
        ev.ToolCalled(turn_id=TURN, call=call(text)),
        asked(text),
        ev.VerdictGiven(turn_id=TURN, passed=True, evidence=(evidence(text),)),
        ev.MessagePosted(
            message_id=MessageId("msg_2"),
            author=ASSISTANT,
            text=text,
            language=Language.EN,
            turn_id=TURN,
            citations=(ev.Citation(article_id="art_1", key="order-status", title=text),),
            offers=(ev.Offer(key="person", label=text),),
        ),
        ev.TurnSettled(turn_id=TURN, outcome=ev.OutcomeKind.REPLY, duration_ms=1234.0),
    )


def waiting(text: str = "RI-10482") -> Action:
    """A refund that waits for a teammate."""
    return Action(
        id=ActionId("act_1"),
        tool="refund" if text == "RI-10482" else text,
        arguments={"order_number": text, "amount": 24_900},
        subject="kim" if text == "RI-10482" else text,
        record=text,
        amount_minor=24_900,
        currency="EUR",
        state=ActionState.CONFIRMED,
        wants_approval=True,
        proposed_at_ms=1_000,
        expires_at_ms=9_000,
        shown_in=MessageId("msg_2"),
        confirmed_in=MessageId("msg_3"),
    )


def author(name: str = "Mira") -> Author:
    return Author(AuthorKind.TEAMMATE, "tm_mira", name)


def recorded(*events: ev.Event) -> tuple[ev.Recorded, ...]:
    return tuple(
        ev.Recorded(seq=seq, at_ms=seq * 1000, episode_id=EpisodeId("epi_1"), event=event)
        for seq, event in enumerate(events, 1)
    )
