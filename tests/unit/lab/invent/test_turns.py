"""What the log tells of a turn: answers, what was kept back, how it ended."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.lab.invent.turns import End, Turn, Why, turns_of, why
from tests.unit.lab.invent.runs import asked, conversed, posted, settled, verdict

STORED = "You're very welcome! If there is anything else, just write to me."
NUMBER = "The number '5' stands in no tool result, no article and no message of the contact."


def turn(*events: ev.Event) -> Turn:
    [found] = turns_of(conversed(events=events).records)
    return found


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        (posted("The moon is made of cheese."), End.MODEL),
        (posted(STORED), End.STORED),
        (posted("I am not sure:", ev.Offer("a", "b")), End.OFFERS),
    ],
)
def test_the_end_is_told_by_the_words(reply: ev.MessagePosted, end: End) -> None:
    assert turn(asked(), verdict(), reply, settled()).end is end


def test_a_second_answer_that_went_out_has_mended_the_first() -> None:
    found = turn(asked(), verdict(NUMBER), asked(step=2), verdict(), posted("Cheese."), settled())

    assert (found.answers, found.kept_back, found.mended) == (2, 1, True)


def test_answers_that_both_stayed_are_counted_though_the_same_verdict_stands_only_once() -> None:
    found = turn(asked(), verdict(NUMBER), asked(step=2), verdict(), posted(STORED), settled())

    assert (found.answers, found.kept_back, found.mended, found.end) == (2, 2, False, End.STORED)


def test_an_answer_that_was_cut_off_is_a_half_and_a_person_goes_on() -> None:
    found = turn(asked("length"), posted("x"), settled(ev.OutcomeKind.HANDOFF))

    assert (found.answers, found.halves, found.kept_back, found.end) == (0, 1, 0, End.PERSON)


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        (NUMBER, Why.VALUE),
        ("'3' and '4' are true of different things, and stand together.", Why.MIX_UP),
        ("'3' is only what the contact said, which does not make it true.", Why.SAID),
        ("'I cancelled' claims what nobody has done (cancelled)", Why.CLAIM),
        ("the text is not in de", Why.LANGUAGE),
        ("'<x>' is markup of a model", Why.MARKUP),
        ("'facts come only' repeats the rules that a model was given", Why.RULES),
        ("'http://x.y' leads to x.y, which is not among the allowed hosts", Why.LINK),
        ("something new", Why.OTHER),
    ],
)
def test_findings_are_sorted(finding: str, kind: Why) -> None:
    assert why([finding, finding]) == {kind: 1}
