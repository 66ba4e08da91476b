"""A world's tools as tools of fondaco."""

from __future__ import annotations

import pytest

from fondaco.lab.tau.data import Published
from fondaco.lab.tau.offered import Bench, as_object, as_published
from tests.unit.lab.tau.worlds import sky

CERTIFICATE = {"user_id": "mira", "amount": 50}


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("255.0", {"text": "255.0"}),
        ("", {"text": ""}),
        ('[{"a": 1}]', {"list": [{"a": 1}]}),
        ('{"a": 1.5, "b": [true, null]}', {"a": 1.5, "b": [True, None]}),
    ],
)
def test_a_published_result_becomes_an_object_and_back(result: str, told: dict[str, object]) -> None:
    assert as_object(result) == told
    assert (
        as_published(repr(told).replace("'", '"').replace("True", "true").replace("None", "null")) == result
    )


def test_what_is_no_object_of_ours_is_left_as_it_is() -> None:
    assert as_published("no JSON") == "no JSON"
    assert as_published("[1]") == "[1]"


def test_a_tool_has_the_published_description_and_schema() -> None:
    schema = {
        "properties": {"amount": {"type": "number"}, "note": {"type": "string"}},
        "required": ["amount"],
    }

    [tool] = Bench(sky()).tools([Published("send_certificate", "Sends one.", schema)])

    assert (tool.spec.name, tool.spec.description) == ("send_certificate", "Sends one.")
    assert [(one.name, one.schema, one.required) for one in tool.spec.parameters] == [
        ("amount", {"type": "number"}, True),
        ("note", {"type": "string"}, False),
    ]


def test_a_write_that_comes_again_under_its_key_has_one_effect_and_the_same_answer() -> None:
    bench = Bench(sky())

    first = bench.call("send_certificate", CERTIFICATE, "key_1")
    again = bench.call("send_certificate", CERTIFICATE, "key_1")
    other = bench.call("send_certificate", CERTIFICATE, "key_2")

    assert first == again != other
    assert len(bench.writes) == 2
    assert bench.repeated == 1


def test_a_look_up_is_made_as_often_as_it_is_asked_for() -> None:
    bench = Bench(sky())

    bench.call("get_user_details", {"user_id": "mira"}, "key_1")
    bench.call("get_user_details", {"user_id": "mira"}, "key_1")

    assert (len(bench.executed), len(bench.writes), bench.repeated) == (2, 0, 0)
