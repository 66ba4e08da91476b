"""What is left to answer, and what the answering is called."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.events import Recorded
from fondaco.domain.ids import MessageId, TurnId
from fondaco.domain.turns import turn_id_of, unanswered
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
