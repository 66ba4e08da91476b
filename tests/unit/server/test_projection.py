from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import ActionId, CallId, DeliveryId, EpisodeId, HandoffId, MessageId, TeamId, TurnId
from fondaco.domain.people import TO_ASSISTANT, Assignee, Author, AuthorKind
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.usage import AttemptNote
from fondaco.kit.language import Language
from fondaco.server.projection import TYPING_MS, Typing, for_contact

SECRET = "only-for-the-team"
MIA = Author(AuthorKind.TEAMMATE, SECRET, "Mia")
TURN = TurnId(SECRET)

MESSAGE = ev.MessagePosted(
    message_id=MessageId("msg_2"),
    author=MIA,
    text="Within 30 days.",
    shown_as="Mia",
    language=Language.EN,
    turn_id=TURN,
    citations=(ev.Citation(SECRET, "returns", "Returns"),),
    offers=(ev.Offer("person", "A person"),),
    awaiting=ev.Awaiting(entry=SECRET, wants=SECRET, action_id=SECRET),
)
REQUESTED = ev.HandoffRequested(
    handoff_id=HandoffId(SECRET),
    reason=HandoffReason.SAFETY,
    team_id=SECRET,
    promised_at_ms=99,
    summary=SECRET,
)
SHOWN: list[tuple[ev.Event, dict[str, Any]]] = [
    (
        ev.MessageReceived(message_id=MessageId("msg_1"), text="hi", external_id=SECRET, choice=SECRET),
        {
            "type": "message",
            "message_id": "msg_1",
            "author": "contact",
            "shown_as": "",
            "text": "hi",
            "language": None,
            "citations": [],
            "offers": [],
        },
    ),
    (
        MESSAGE,
        {
            "type": "message",
            "message_id": "msg_2",
            "author": "teammate",
            "shown_as": "Mia",
            "text": "Within 30 days.",
            "language": "en",
            "citations": [{"title": "Returns", "key": "returns"}],
            "offers": [{"key": "person", "label": "A person"}],
        },
    ),
    (REQUESTED, {"type": "handoff", "state": "requested", "promised_at_ms": 99}),
    (
        ev.HandoffAccepted(handoff_id=HandoffId(SECRET), teammate=MIA),
        {"type": "handoff", "state": "accepted", "shown_as": "Mia"},
    ),
    (
        ev.HandoffReturned(handoff_id=HandoffId(SECRET), teammate=MIA),
        {"type": "handoff", "state": "returned"},
    ),
    (ev.EpisodeOpened(episode_id=EpisodeId(SECRET)), {"type": "episode", "state": "opened"}),
    (ev.EpisodeClosed(by=MIA), {"type": "episode", "state": "closed"}),
    (ev.RatingGiven(stars=4, comment=SECRET), {"type": "rating", "stars": 4}),
]
CALL = ToolCall(
    id=CallId("cal_1"),
    tool="order",
    arguments={},
    effect=Effect.READ,
    idempotency_key="k",
    state=CallState.DONE,
)
ACTION = Action(
    id=ActionId("act_1"),
    tool="refund",
    arguments={"order_number": SECRET},
    subject=SECRET,
    proposed_at_ms=1,
    expires_at_ms=2,
)
ATTEMPT = AttemptNote(target=SECRET, provider=SECRET, ended_as="answered", message=SECRET)
HIDDEN: list[ev.Event] = [
    ev.NoteAdded(author=MIA, text=SECRET),
    ev.RouteChosen(turn_id=TURN, route=ev.RouteKind.LOCAL),
    ev.PassagesFound(turn_id=TURN, question=SECRET, passages=(), confidence=1.0),
    ev.MemoryPlanned(turn_id=TURN, strategy=SECRET, why=SECRET, card=SECRET),
    ev.HistoryCut(
        turn_id=TURN,
        before_seq=1,
        strategy=SECRET,
        why=SECRET,
        hidden_tokens=1,
        kept_tokens=1,
        digest=SECRET,
        digest_by=SECRET,
    ),
    ev.PromptShortened(turn_id=TURN, seqs=(1,), left_out_tokens=1),
    ev.TurnsRecalled(turn_id=TURN, query=SECRET, seqs=(1,), tokens=1, by=SECRET),
    ev.ModelAsked(turn_id=TURN, step=1, target=SECRET, attempts=(ATTEMPT,), cost_pico=1),
    ev.ToolCalled(turn_id=TURN, call=CALL),
    ev.ActionMoved(action=ACTION, by=MIA, why=SECRET),
    ev.IdentityVerified(subject=SECRET, scope=SECRET, call_id=CallId("cal_1")),
    ev.VerificationFailed(scope=SECRET, call_id=CallId("cal_1")),
    ev.CodeSent(subject=SECRET, challenge=SECRET, sent_to=SECRET, call_id=CallId("cal_1")),
    ev.VerdictGiven(turn_id=TURN, passed=True),
    ev.TurnSettled(turn_id=TURN, outcome=ev.OutcomeKind.REPLY, duration_ms=1),
    ev.AssigneeChanged(assignee=TO_ASSISTANT, epoch=1, by=MIA),
    ev.DeliveryEnded(delivery_id=DeliveryId("dlv_1"), message_id=MessageId("msg_1"), state="failed"),
]


def recorded(event: ev.Event, at_ms: int = 7) -> ev.Recorded:
    return ev.Recorded(seq=3, at_ms=at_ms, episode_id=EpisodeId(SECRET), event=event)


@pytest.mark.parametrize(("event", "shown"), SHOWN, ids=lambda one: type(one).__name__)
def test_the_contact_sees_these_fields_and_no_others(event: ev.Event, shown: dict[str, Any]) -> None:
    found = msgspec.json.decode(msgspec.json.encode(for_contact(recorded(event))))

    assert found == {"seq": 3, "at_ms": 7, **shown}


@pytest.mark.parametrize("event", HIDDEN, ids=lambda one: type(one).__name__)
def test_the_contact_does_not_see_what_is_the_teams(event: ev.Event) -> None:
    assert for_contact(recorded(event)) is None


def test_every_event_was_thought_of() -> None:
    thought_of = {type(event) for event, _ in SHOWN} | {type(event) for event in HIDDEN}

    assert thought_of == set(ev.Event.__args__)
    assert {type(event) for event, _ in SHOWN} == ev.CONTACT_MAY_SEE


WAITING = Typing(assistant_answers=True, waiting_since_ms=1_000)
QUIET = Typing(assistant_answers=True, waiting_since_ms=None)


@pytest.mark.parametrize(
    ("before", "event", "on"),
    [
        (QUIET, ev.MessageReceived(message_id=MessageId("msg_1"), text="hi"), True),
        (WAITING, MESSAGE, False),
        (WAITING, ev.MessagePosted(message_id=MessageId("m"), author=MIA, text="…", answers=False), True),
        (WAITING, ev.TurnSettled(turn_id=TURN, outcome=ev.OutcomeKind.SILENCE, duration_ms=1), False),
        (WAITING, ev.EpisodeClosed(by=MIA), False),
        (WAITING, ev.AssigneeChanged(assignee=Assignee.team(TeamId("t")), epoch=2, by=MIA), False),
        (WAITING, ev.NoteAdded(author=MIA, text="x"), True),
    ],
)
def test_typing_follows_the_events(before: Typing, event: ev.Event, on: bool) -> None:
    after = before.after(recorded(event, at_ms=1_000))

    assert after.is_on(now_ms=2_000) is on


def test_nobody_types_for_ever() -> None:
    assert WAITING.is_on(now_ms=1_000 + TYPING_MS - 1)
    assert not WAITING.is_on(now_ms=1_000 + TYPING_MS)
