"""Sent and recorded messages side by side."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fondaco.lab.tau.recorded import turns_of
from fondaco.lab.tau.shapes import first_difference, recorded_shapes, same, sent_shape
from tests.unit.lab.tau.talks import APOLOGY, ASKED

RESULTS = ['{"reservation_id": "R1"}', "Certificate <1> added."]
ARGUMENTS = json.dumps({"reservation_id": "R1"})


def call_of(call_id: str, arguments: str = ARGUMENTS) -> dict[str, Any]:
    function = {"name": "get_reservation_details", "arguments": arguments}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": call_id, "function": function}]}


def result_of(call_id: str, content: str = '{"reservation_id":"R1"}') -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


QUESTION = {"role": "user", "content": f"<articles>\nnothing was found\n</articles>\n\n{ASKED}"}


def test_a_prompt_as_recorded_is_the_same_whatever_stands_before_the_question() -> None:
    wanted = recorded_shapes(turns_of(APOLOGY), 0, 1, RESULTS)

    found = [sent_shape(one) for one in (QUESTION, call_of("call_1"), result_of("call_1"))]

    assert same(found, wanted)


@pytest.mark.parametrize(
    "sent",
    [
        (QUESTION, call_of("call_1")),
        (QUESTION, result_of("call_1"), call_of("call_1")),
        (QUESTION, call_of("call_9"), result_of("call_9")),
        (QUESTION, call_of("call_1"), result_of("call_9")),
        (QUESTION, call_of("call_1", '{"reservation_id": "R2"}'), result_of("call_1")),
        (QUESTION, call_of("call_1"), result_of("call_1", '{"reservation_id":"R2"}')),
        ({"role": "user", "content": "Something else."}, call_of("call_1"), result_of("call_1")),
    ],
)
def test_another_order_id_argument_result_or_word_is_noticed(sent: tuple[dict[str, Any], ...]) -> None:
    wanted = recorded_shapes(turns_of(APOLOGY), 0, 1, RESULTS)

    found = [sent_shape(one) for one in sent]

    assert not same(found, wanted)
    assert first_difference(found, wanted)


def test_a_text_result_and_angle_brackets_are_told_as_the_prompt_spells_them() -> None:
    wanted = recorded_shapes(turns_of(APOLOGY), 1, 1, RESULTS)

    assert wanted[-1].what == "Certificate ‹1› added."
    assert sent_shape(result_of("call_2", '{"text":"Certificate ‹1› added."}')).what == wanted[-1].what


def test_an_id_that_a_recording_repeats_may_be_another_one_if_its_result_answers_it() -> None:
    wanted = [sent_shape(one) for one in (call_of("x"), result_of("x"), call_of("x"), result_of("x"))]
    renamed = [sent_shape(one) for one in (call_of("x"), result_of("x"), call_of("y"), result_of("y"))]
    crossed = [sent_shape(one) for one in (call_of("x"), result_of("x"), call_of("y"), result_of("x"))]

    assert same(renamed, wanted)
    assert not same(crossed, wanted)
