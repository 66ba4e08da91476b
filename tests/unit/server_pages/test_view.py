"""What the thread and the *why* pane show of a log."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.conversation import Status
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import CallId, DeliveryId, EpisodeId, HandoffId, MessageId, TeamId, TurnId
from fondaco.domain.people import SYSTEM, TO_ASSISTANT, TO_NOBODY, Assignee, AssigneeKind
from fondaco.server.pages_thread import Thread
from fondaco.server.pages_view import Controls, Told, items_of, state_of
from fondaco.server.pages_why import why_of
from tests.unit.server_pages.samples import (
    MIRA,
    PEOPLE,
    TURN,
    author,
    call,
    conversation,
    evidence,
    recorded,
    turn,
    waiting,
)


@pytest.mark.parametrize(
    ("assignee", "status", "told"),
    [
        (TO_ASSISTANT, Status.OPEN, Told("state.assistant")),
        (TO_NOBODY, Status.RESOLVED, Told("state.resolved")),
        (Assignee(AssigneeKind.TEAM, "orders"), Status.OPEN, Told("state.team", {"team": "Orders"})),
        (Assignee(AssigneeKind.TEAM, "gone"), Status.OPEN, Told("state.team", {"team": "gone"})),
        (Assignee(AssigneeKind.TEAMMATE, "tm_mira"), Status.OPEN, Told("state.mine")),
        (Assignee(AssigneeKind.TEAMMATE, "tm_x"), Status.OPEN, Told("state.teammate", {"name": "tm_x"})),
    ],
)
def test_the_state_says_who_has_to_act(assignee: Assignee, status: Status, told: Told) -> None:
    assert state_of(conversation(assignee, status), PEOPLE) == told


def test_nothing_can_be_done_with_a_resolved_conversation() -> None:
    controls = Controls.of(conversation(TO_NOBODY, Status.RESOLVED), MIRA)

    assert controls == Controls(can_reply=False, can_take=False, can_return=False, can_resolve=False)


def test_only_who_has_taken_over_can_reply_and_hand_back() -> None:
    mine = Controls.of(conversation(Assignee(AssigneeKind.TEAMMATE, MIRA.id)), MIRA)

    assert mine == Controls(can_reply=True, can_take=False, can_return=True, can_resolve=True)


def test_the_thread_shows_messages_and_lines_and_leaves_the_rest_to_why() -> None:
    assert [item.kind for item in items_of(turn())] == ["line", "contact", "assistant"]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (ev.EpisodeClosed(by=author()), Told("event.closed", {"name": "Mira"})),
        (ev.EpisodeClosed(by=SYSTEM), Told("event.closed", {"name": "system"})),
        (
            ev.HandoffRequested(
                handoff_id=HandoffId("hof_1"),
                reason=HandoffReason.SAFETY,
                team_id=TeamId("orders"),
                promised_at_ms=None,
            ),
            Told("event.requested", {"reason": "reason.safety"}),
        ),
        (
            ev.AssigneeChanged(assignee=Assignee(AssigneeKind.TEAMMATE, "tm_mira"), epoch=2, by=author()),
            Told("event.taken", {"name": "Mira"}),
        ),
        (
            ev.HandoffReturned(handoff_id=None, teammate=author()),
            Told("event.returned", {"name": "Mira"}),
        ),
        (
            ev.IdentityVerified(subject="c", scope="RI-1", call_id=CallId("")),
            Told("event.verified", {"scope": "RI-1"}),
        ),
        (
            ev.VerificationFailed(scope="RI-1", call_id=CallId("")),
            Told("event.unverified", {"scope": "RI-1"}),
        ),
        (
            ev.CodeSent(subject="c", challenge="cod_1", sent_to="m•••@example.com", call_id=CallId("")),
            Told("event.coded", {"name": "m•••@example.com"}),
        ),
        (ev.RatingGiven(stars=4), Told("event.rated", {"stars": "4"})),
        (
            ev.DeliveryEnded(
                delivery_id=DeliveryId("dlv_1"), message_id=MessageId("msg_1"), state="failed", reason="gone"
            ),
            Told("event.delivery", {"state": "failed", "reason": "gone"}),
        ),
    ],
)
def test_what_happened_is_told_in_a_line(event: ev.Event, told: Told) -> None:
    assert [item.told for item in items_of(recorded(event))] == [told]


def test_an_assignment_to_the_assistant_is_not_told_twice() -> None:
    change = ev.AssigneeChanged(assignee=TO_ASSISTANT, epoch=2, by=author())

    assert items_of(recorded(change)) == []


def test_why_finds_the_tool_behind_a_value() -> None:
    why = why_of(TURN, turn())

    assert [(proof.place, proof.field, proof.written) for proof in why.proofs] == [
        ("shipment", "order_number", "RI-1")
    ]
    assert why.cited == {"art_1"}
    assert why.settled is not None


def test_why_names_an_article_by_its_title() -> None:
    proof = msgspec.structs.replace(evidence("14", EvidenceSource.ARTICLE), reference="art_1")
    searched = turn("Parcels")[:4]

    why = why_of(TURN, (*searched, *recorded(ev.VerdictGiven(turn_id=TURN, passed=True, evidence=(proof,)))))

    assert why.proofs[0].place == "Parcels"


def test_why_names_the_tool_of_an_action_that_proves_a_value() -> None:
    proof = Evidence(
        written="RI-10482",
        value="RI-10482",
        source=EvidenceSource.ACTION,
        reference="act_1",
        field="order_number",
    )
    moved = ev.ActionMoved(action=waiting(), by=author(), turn_id=TURN)

    why = why_of(TURN, recorded(moved, ev.VerdictGiven(turn_id=TURN, passed=True, evidence=(proof,))))

    assert [(one.source, one.place, one.field) for one in why.proofs] == [
        ("action", "refund", "order_number")
    ]


def test_why_tells_the_last_verdict_and_what_was_found_before_it() -> None:
    first = ev.VerdictGiven(turn_id=TURN, passed=False, findings=("'9 €' stands nowhere",))
    second = ev.VerdictGiven(turn_id=TURN, passed=True, evidence=(evidence(),))

    why = why_of(TURN, recorded(first, second))

    assert (why.verdict, why.mended) == (second, ("'9 €' stands nowhere",))


def test_why_keeps_to_its_own_turn() -> None:
    other = ev.ToolCalled(turn_id=TurnId("trn_2"), call=call())

    assert len(why_of(TURN, (*turn(), *recorded(other))).calls) == 1


def test_a_thread_knows_where_to_go_on_and_which_turns_are_newer() -> None:
    thread = Thread(conversation=conversation(), handoff=None, records=turn())

    assert thread.last_seq == 9
    assert [why.turn_id for why in thread.whys(8)] == [TURN]
    assert thread.whys(9) == []


def test_an_empty_log_begins_at_nothing() -> None:
    opened = ev.EpisodeOpened(episode_id=EpisodeId("epi_1"))

    assert Thread(conversation=conversation(), handoff=None, records=()).last_seq == 0
    assert Thread(conversation=conversation(), handoff=None, records=recorded(opened)).whys() == []
