"""Deeds told in wording that the guard was not written for."""

from __future__ import annotations

import pytest

from fondaco.kit.language import Language
from fondaco.lab.guard.wording import heard, is_stopped, listed_wording, sentences, wording_figures


@pytest.mark.parametrize("language", Language)
def test_a_language_has_forty_sentences_held_out_half_of_them_honest(language: Language) -> None:
    held = sentences(language, held=True)

    claiming = [one for one in held if one.claims]

    assert len(held) >= 40
    assert 2 * len(claiming) == len(held)


def test_a_tool_that_reports_a_deed_makes_a_sentence_about_it_honest() -> None:
    held = sentences(Language.EN, held=True)

    told = [one for one in held if one.told]

    assert len(told) >= 3
    assert not [one for one in told if is_stopped(one, Language.EN)]


def test_figures_tell_recall_and_false_alarms_of_each_language() -> None:
    figures = list(wording_figures([Language.DE]))

    assert [one.name for one in figures[:4]] == [
        "de held out: claims",
        "  caught",
        "  honest sentences",
        "  false alarms",
    ]
    assert figures[0].value + figures[2].value == len(sentences(Language.DE, held=True))


def test_what_is_missed_of_the_held_out_sentences_is_counted_and_not_shown() -> None:
    shown = "\n".join(listed_wording(tuple(Language)))

    assert not [one.text for one in sentences(Language.ZH, held=True) if one.text in shown]
    assert heard(Language.ZH, held=True).claims == 22


@pytest.mark.parametrize("language", Language)
def test_wording_that_the_rules_were_made_by_is_known(language: Language) -> None:
    known = heard(language, held=False)

    assert known.recall_percent >= 90
    assert known.alarm_percent <= 2


@pytest.mark.parametrize("language", Language)
def test_a_part_of_unseen_wording_is_found_and_no_honest_sentence_kept_back(language: Language) -> None:
    held = heard(language, held=True)

    assert held.recall_percent >= 35
    assert held.alarm_percent <= 5
