"""The measures of the local answerer, on answers made by hand."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from fondaco.knowledge.result import Decision
from fondaco.lab.answers import main
from fondaco.lab.answers_bench import Ways
from fondaco.lab.answers_curve import draw, panel
from fondaco.lab.answers_data import UNANSWERABLE
from fondaco.lab.answers_measure import Answered, accuracy, as_shipped, right_at_wrong

FOUND = [
    Answered("a", ("a", "b"), 0.99, Decision.ANSWER),
    Answered("b", ("c", "b"), 0.95, Decision.ANSWER),
    Answered("c", ("a", "b", "c"), 0.50, Decision.OFFER),
    Answered(UNANSWERABLE, ("a",), 0.40, Decision.OFFER),
    Answered("d", ("d",), 0.10, Decision.NONE),
]


def test_forced_accuracy_counts_answerable_questions_only() -> None:
    assert accuracy(FOUND) == 50.0
    assert accuracy(FOUND, first=3) == 100.0


@pytest.mark.parametrize(("most_wrong", "right"), [(0, 20.0), (20, 20.0), (60, 40.0)])
def test_right_answers_are_counted_down_to_the_confidence_that_wrong_ones_allow(
    most_wrong: float, right: float
) -> None:
    assert right_at_wrong(FOUND, most_wrong) == right


def test_an_answer_to_an_unanswerable_question_is_wrong() -> None:
    found = [
        Answered(UNANSWERABLE, ("a",), 0.99, Decision.ANSWER),
        Answered("a", ("a",), 0.9, Decision.ANSWER),
    ]

    assert right_at_wrong(found, 2.0) == 0.0


def test_offers_serve_the_answerable_and_disturb_the_others() -> None:
    shipped = as_shipped(FOUND)

    assert (shipped.right, shipped.wrong, shipped.precision) == (20.0, 20.0, 50.0)
    assert (shipped.served, shipped.disturbed) == (50.0, 100.0)


def test_the_curve_is_a_drawing_with_a_description() -> None:
    drawn = ElementTree.fromstring(draw([panel("A shop", Ways(FOUND, FOUND, FOUND))]))  # noqa: S314 - our own

    texts = [node.text or "" for node in drawn.iter()]
    assert any("at two percent wrong 20 percent" in text for text in texts)


def test_without_the_public_data_the_command_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = main(["--data", str(tmp_path)])

    assert ended == 2
    assert "banking77" in capsys.readouterr().err
