"""Recordings cut into turns, and the model that says them again."""

from __future__ import annotations

import json

import pytest

from fondaco.lab.tau.recorded import Told, calls_of, script_of, turns_of
from fondaco.testing.provider.script import Ask, Call, Line, Role, WireName
from tests.unit.lab.tau.talks import APOLOGY, ASKED, OFFER, TRANSFER, YES

LOOK_UP = Call(name="get_reservation_details", arguments='{"reservation_id": "R1"}', id="call_1")


def asking(*lines: Line) -> Ask:
    system = Line(role=Role.SYSTEM, text="rules")
    return Ask(wire=WireName.OPENAI, model="", lines=(system, *lines), parts=())


def user(text: str) -> Line:
    return Line(role=Role.USER, text=f"<articles>\n</articles>\n\n{text}")


def wish(arguments: str = LOOK_UP.arguments) -> Line:
    return Line(role=Role.ASSISTANT, calls=(Call(name=LOOK_UP.name, arguments=arguments, id="any"),))


RESULT = Line(role=Role.TOOL, text="{}", call_id="any")


def test_a_recording_is_cut_at_the_contacts_words_and_its_unanswered_end_is_left_out() -> None:
    turns = turns_of(APOLOGY)

    assert [turn.asked for turn in turns] == [ASKED, YES]
    assert [len(turn.answers) for turn in turns] == [2, 2]
    assert turns[0].reply == OFFER
    assert turns[0].results == ("{}",)


def test_a_recording_that_ends_with_a_tool_has_no_last_reply() -> None:
    assert [turn.reply for turn in turns_of(TRANSFER)] == [""]


def test_calls_come_in_order_with_their_arguments_and_results() -> None:
    calls = calls_of(turns_of(APOLOGY))

    assert [call.id for call in calls] == ["call_1", "call_2"]
    assert calls[1].arguments == {"user_id": "mira", "amount": 50}
    assert calls[0].result == "{}"


@pytest.mark.parametrize(
    ("lines", "text", "call"),
    [
        ((user(ASKED),), "", "get_reservation_details"),
        ((user(ASKED), wish(), RESULT), OFFER, ""),
        ((user(ASKED), wish('{"unparsed":"{"}'), RESULT), "", "get_reservation_details"),
        ((user(ASKED), Line(role=Role.ASSISTANT, text=OFFER), user(YES)), "", "send_certificate"),
        (
            (user(ASKED), wish(), RESULT, Line(role=Role.ASSISTANT, text=OFFER), user(YES)),
            "",
            "send_certificate",
        ),
        ((user(ASKED), user(YES), user("more")), "", "hand_over"),
    ],
)
def test_the_next_message_follows_from_the_prompt_alone(
    lines: tuple[Line, ...], text: str, call: str
) -> None:
    answer = script_of(turns_of(APOLOGY), Told.STREAMED)(asking(*lines))

    assert answer.text == text
    assert [one.name for one in answer.calls] == ([call] if call else [])


def test_after_the_last_recorded_call_the_model_asks_for_a_person() -> None:
    summary = json.dumps({"summary": "wants a person"})
    line = Line(
        role=Role.ASSISTANT,
        calls=(Call(name="transfer_to_human_agents", arguments=summary, id="call_1"),),
    )

    answer = script_of(turns_of(TRANSFER), Told.PLAIN)(asking(user("I want a person."), line, RESULT))

    assert answer.calls[0].name == "hand_over"


def test_a_split_telling_has_every_letter_in_a_piece_of_its_own() -> None:
    script = script_of(turns_of(APOLOGY), Told.SPLIT)

    call = script(asking(user(ASKED))).calls[0]
    words = script(asking(user(ASKED), wish(), RESULT))

    assert call.pieces == tuple(call.arguments)
    assert words.pieces == tuple(OFFER)
