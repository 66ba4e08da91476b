"""What is left to answer, and what the answering is called."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.events import Recorded
from fondaco.domain.ids import ActionId, MessageId, TurnId
from fondaco.domain.people import ASSISTANT, Author
from fondaco.domain.turns import (
    Step,
    action_step,
    actions_in,
    approved,
    decided,
    reply_id_of,
    turn_id_after,
    turn_id_of,
    turn_of_reply,
    unanswered,
)
from tests.unit.domain.conversations import LIN, NOW, said


def message(name: str) -> ev.MessageReceived:
    return ev.MessageReceived(message_id=MessageId(f"msg_{name}"), text=name)


def settled() -> ev.TurnSettled:
    return ev.TurnSettled(turn_id=TurnId("trn_1"), outcome=ev.OutcomeKind.SILENCE, duration_ms=1.0)


def left(*events: ev.Event) -> list[str]:
    records = tuple(
        Recorded(seq=place, at_ms=NOW, episode_id=None, event=event) for place, event in enumerate(events, 1)
    )
    return [message.text for message in unanswered(records)]


def test_all_messages_since_the_last_answer_are_unanswered() -> None:
    assert left(message("a"), said(), message("b"), message("c")) == ["b", "c"]


def test_a_settled_turn_leaves_nothing() -> None:
    assert left(message("a"), settled()) == []


def test_what_came_while_a_turn_was_settled_is_left() -> None:
    assert left(message("a"), said(), settled(), message("b")) == ["b"]


def test_a_teammates_reply_is_an_answer() -> None:
    assert left(message("a"), said(LIN)) == []


def test_a_notice_is_no_answer() -> None:
    assert left(message("a"), said(LIN, answers=False)) == ["a"]


def test_a_note_is_no_answer() -> None:
    assert left(message("a"), ev.NoteAdded(author=LIN, text="Regular")) == ["a"]


def test_a_turn_keeps_its_name_when_more_is_written() -> None:
    early, late = (message("a"),), (message("a"), message("b"))

    assert turn_id_of(early) == turn_id_of(late) == "trn_a"


def record(*events: ev.Event) -> tuple[Recorded, ...]:
    return tuple(
        Recorded(seq=place, at_ms=NOW, episode_id=None, event=event) for place, event in enumerate(events, 1)
    )


def moved(state: ActionState, by: Author, name: str = "1") -> ev.ActionMoved:
    action = Action(
        id=ActionId(f"act_{name}"),
        tool="refund",
        arguments={},
        subject="kim",
        state=state,
        proposed_at_ms=NOW,
        expires_at_ms=NOW + 1,
    )
    return ev.ActionMoved(action=action, by=by)


def test_what_is_approved_waits_for_its_execution() -> None:
    log = record(
        moved(ActionState.CONFIRMED, ASSISTANT),
        moved(ActionState.APPROVED, LIN),
        moved(ActionState.CONFIRMED, ASSISTANT, "2"),
    )

    assert [one.id for one in approved(log)] == ["act_1"]
    assert [one.id for one in decided(log)] == ["act_1"]


def test_what_was_executed_waits_no_more() -> None:
    log = record(moved(ActionState.APPROVED, LIN), moved(ActionState.DONE, ASSISTANT))

    assert (approved(log), decided(log)) == ((), ())


def test_a_teammates_refusal_is_told_in_a_turn_of_its_own() -> None:
    refused = moved(ActionState.REFUSED, LIN, "9")
    told = ev.TurnSettled(
        turn_id=turn_id_after(refused.action.id), outcome=ev.OutcomeKind.REPLY, duration_ms=1.0
    )

    assert [one.id for one in decided(record(refused, settled()))] == ["act_9"]
    assert decided(record(refused, told)) == ()


def test_what_the_rules_refused_was_told_in_the_same_turn() -> None:
    assert decided(record(moved(ActionState.REFUSED, ASSISTANT))) == ()


def test_a_step_remembers_how_far_an_action_has_come() -> None:
    action = moved(ActionState.EXECUTING, ASSISTANT).action

    found = actions_in([action_step(TurnId("trn_1"), action), Step(turn_id=TurnId("trn_1"), key="call:1")])

    assert found == {action.id: action}


@pytest.mark.parametrize("turn_id", ["trn_a", "trn_a_back", "trn_01j_a"])
def test_a_reply_names_its_turn(turn_id: str) -> None:
    assert turn_of_reply(reply_id_of(TurnId(turn_id))) == turn_id


@pytest.mark.parametrize("message_id", ["msg_01", "msg_01_w", "msg_01_w2", "msg_0f3a"])
def test_a_message_of_somebody_else_names_none(message_id: str) -> None:
    assert turn_of_reply(MessageId(message_id)) is None
