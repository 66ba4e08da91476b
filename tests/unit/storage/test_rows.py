"""What is kept reads back as it was."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Delivery, DeliveryState
from fondaco.domain.errors import InvalidInput
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import (
    ActionId,
    ArticleId,
    CallId,
    ConnectionId,
    ContactId,
    ConversationId,
    DeliveryId,
    EpisodeId,
    HandoffId,
    MessageId,
    TeamId,
    TeammateId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import SYSTEM, TO_ASSISTANT, Assignee, AssigneeKind, Author, AuthorKind
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Step
from fondaco.domain.usage import AttemptNote
from fondaco.kit.language import Language
from fondaco.storage import rows

LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")
CALL = ToolCall(
    id=CallId("cal_1"),
    tool="order",
    arguments={"order": "RI-10482"},
    effect=Effect.READ,
    idempotency_key="trn_1:order",
    state=CallState.DONE,
    result={"lines": [{"sku": "红", "price": {"amount_minor": 4990, "currency": "EUR"}}], "open": None},
)
PASSAGE = Passage(
    article_id=ArticleId("art_1"),
    key="returns",
    title="Returns",
    language=Language.DE,
    text="14 Tage",
    score=0.5,
)
EVIDENCE = Evidence(
    written="24. November",
    value="2026-11-24",
    source=EvidenceSource.TOOL,
    reference="cal_1",
    field="promised_on",
)
TURN = TurnId("trn_1")
ACTION = Action(
    id=ActionId("act_1"),
    tool="refund",
    arguments={"amount": {"amount_minor": 4990, "currency": "EUR"}, "why": "红"},
    subject="kim",
    record="RI-10482",
    amount_minor=4990,
    currency="EUR",
    state=ActionState.APPROVED,
    wants_approval=True,
    proposed_at_ms=5,
    expires_at_ms=9,
    shown_in=MessageId("msg_1"),
    confirmed_in=MessageId("msg_2"),
    approved_by=TeammateId("mat_lin"),
)
ATTEMPT = AttemptNote(target="fast", provider="local", ended_as="answered", first_token_ms=2.5)
EVENTS: list[ev.Event] = [
    ev.EpisodeOpened(episode_id=EpisodeId("epi_1")),
    ev.EpisodeClosed(by=LIN),
    ev.MessageReceived(
        message_id=MessageId("msg_1"), text="围巾\n🧣", language=Language.ZH, choice="returns"
    ),
    ev.MessagePosted(
        message_id=MessageId("msg_2"),
        author=LIN,
        text="Hello",
        language=Language.KO,
        turn_id=TURN,
        citations=(ev.Citation("art_1", "returns", "Returns"),),
        offers=(ev.Offer("person", "A person"),),
        awaiting=ev.Awaiting(entry="order", wants="order", filled={"postcode": "10115"}, tries=1),
    ),
    ev.NoteAdded(author=LIN, text="Regular"),
    ev.RouteChosen(turn_id=TURN, route=ev.RouteKind.LOCAL, reasons=("sure",)),
    ev.PassagesFound(turn_id=TURN, question="returns?", passages=(PASSAGE,), confidence=0.93),
    ev.MemoryPlanned(
        turn_id=TURN, strategy="stepped", why="cheaper", high_tokens=9, low_tokens=3, language=Language.JA
    ),
    ev.HistoryCut(
        turn_id=TURN,
        before_seq=7,
        strategy="hierarchical",
        why="too long",
        hidden_tokens=12,
        kept_tokens=3,
        digest="- 围巾",
        digest_by="contact",
        digests=2,
    ),
    ev.PromptShortened(turn_id=TURN, seqs=(3, 5), left_out_tokens=40_000),
    ev.TurnsRecalled(
        turn_id=TURN,
        query="スカーフ",
        seqs=(1, 2),
        tokens=30,
        by="tool",
        earlier=(
            ev.RecalledFrom(
                conversation_id=ConversationId("cnv_0"), episode_id=EpisodeId("epi_0"), seqs=(2, 3)
            ),
        ),
    ),
    ev.ModelAsked(turn_id=TURN, step=1, target="fast", attempts=(ATTEMPT,), cost_pico=7),
    ev.ToolCalled(turn_id=TURN, call=CALL),
    ev.ActionMoved(action=ACTION, by=LIN, why="a regular", turn_id=TURN),
    ev.IdentityVerified(subject="42", scope="RI-10482", call_id=CallId("cal_1")),
    ev.VerificationFailed(scope="RI-10482", call_id=CallId("cal_1")),
    ev.CodeSent(subject="42", challenge="cod_1", sent_to="m•••@example.com", call_id=CallId("cal_1")),
    ev.VerdictGiven(turn_id=TURN, passed=True, evidence=(EVIDENCE,)),
    ev.TurnSettled(
        turn_id=TURN, outcome=ev.OutcomeKind.REPLY, duration_ms=1.5, cost_pico=193_000_001, currency="USD"
    ),
    ev.HandoffRequested(
        handoff_id=HandoffId("hnd_1"), reason=HandoffReason.SAFETY, team_id="tea_1", promised_at_ms=5
    ),
    ev.HandoffAccepted(handoff_id=HandoffId("hnd_1"), teammate=LIN),
    ev.HandoffReturned(handoff_id=None, teammate=LIN),
    ev.AssigneeChanged(assignee=TO_ASSISTANT, epoch=3, by=SYSTEM),
    ev.RatingGiven(stars=5, comment="谢谢"),
    ev.DeliveryEnded(delivery_id=DeliveryId("dlv_1"), message_id=MessageId("msg_1"), state="failed"),
]


def test_every_kind_of_event_is_tried() -> None:
    assert {type(event) for event in EVENTS} == set(ev.Event.__args__)


@pytest.mark.parametrize("event", EVENTS, ids=ev.kind_of)
def test_an_event_reads_back_as_it_was(event: ev.Event) -> None:
    record = ev.Recorded(seq=7, at_ms=9, episode_id=EpisodeId("epi_1"), event=event)
    values = dict(zip(rows.EVENT_COLUMNS, rows.event_values(ConversationId("cnv_1"), record), strict=True))

    assert rows.record_of([values[name] for name in rows.RECORD_COLUMNS]) == record
    assert values["type"] == type(event).__name__


conversations = st.builds(
    Conversation,
    id=st.just(ConversationId("cnv_1")),
    workspace_id=st.just(WorkspaceId("wsp_1")),
    connection_id=st.just(ConnectionId("con_1")),
    contact_id=st.just(ContactId("ctc_1")),
    status=st.sampled_from(Status),
    assignee=st.builds(Assignee, st.sampled_from(AssigneeKind), st.text()),
    language=st.none() | st.sampled_from(Language),
    episode_id=st.none() | st.text().map(EpisodeId),
    waiting_since_ms=st.none() | st.integers(0, 2**60),
)


@given(conversations)
def test_a_conversation_reads_back_as_it_was(conversation: Conversation) -> None:
    assert rows.conversation_of(rows.conversation_values(conversation)) == conversation


@given(conversations)
def test_a_conversation_is_not_known_by_truth_values_but_by_numbers_too(conversation: Conversation) -> None:
    as_sqlite_says = [
        int(value) if value is True else value for value in rows.conversation_values(conversation)
    ]

    assert rows.conversation_of(as_sqlite_says) == conversation


@pytest.mark.parametrize("state", DeliveryState)
def test_a_delivery_reads_back_as_it_was(state: DeliveryState) -> None:
    delivery = Delivery(
        id=DeliveryId("dlv_1"),
        workspace_id=WorkspaceId("wsp_1"),
        conversation_id=ConversationId("cnv_1"),
        connection_id=ConnectionId("con_1"),
        message_id=MessageId("msg_1"),
        seq=3,
        text="Hello",
        by_assistant=True,
        epoch=2,
        state=state,
        attempts=4,
        due_at_ms=5,
        last_error="busy",
    )

    assert rows.delivery_of(rows.delivery_values(delivery)) == delivery


def test_a_handoff_reads_back_with_what_became_of_it() -> None:
    handoff = Handoff(
        id=HandoffId("hnd_1"),
        workspace_id=WorkspaceId("wsp_1"),
        conversation_id=ConversationId("cnv_1"),
        episode_id=EpisodeId("epi_1"),
        reason=HandoffReason.POLICY,
        team_id=TeamId("tea_1"),
        summary="Wants 3 boxes",
        facts=(EVIDENCE,),
        opened_at_ms=1,
    )
    values = dict(zip(rows.HANDOFF_COLUMNS, rows.handoff_values(handoff), strict=True))
    values |= {"accepted_at_ms": 5, "accepted_by": "mat_lin", "returned_at_ms": 9}

    found = rows.handoff_of([values[name] for name in rows.HANDOFF_READ_COLUMNS])

    assert found == msgspec.structs.replace(
        handoff, accepted_at_ms=5, accepted_by=TeammateId("mat_lin"), returned_at_ms=9
    )


def test_a_step_reads_back_as_it_was() -> None:
    step = Step(turn_id=TURN, key="call:order:1", call=CALL, data={"seen": [1, {"deep": "围巾"}]})

    assert rows.step_of(rows.to_json(step)) == step


@given(st.integers(0, 2**62), st.text(min_size=1))
def test_a_cursor_reads_back_as_the_place_it_stands_for(updated_at_ms: int, id_: str) -> None:
    conversation = Conversation(
        id=ConversationId(id_),
        workspace_id=WorkspaceId("wsp_1"),
        connection_id=ConnectionId("con_1"),
        contact_id=ContactId("ctc_1"),
        updated_at_ms=updated_at_ms,
    )

    assert rows.place_of(rows.cursor_of(conversation)) == (updated_at_ms, id_)


@given(st.text())
def test_what_is_no_cursor_is_refused_and_nothing_else_is_raised(cursor: str) -> None:
    with suppress(InvalidInput):
        assert isinstance(rows.place_of(cursor), rows.Place)
