"""The planted suite: replies over the demo shop, right ones and ones with a mistake."""

from __future__ import annotations

from itertools import islice

import pytest

from fondaco.kit.chance import SeededChance
from fondaco.kit.language import Language
from fondaco.kit.money import Money
from fondaco.lab.guard.mistakes import Mistake
from fondaco.lab.guard.scenes import TODAY, Scene, draw
from fondaco.lab.guard.suite import Planted, Tally, examined, make, rialto
from fondaco.lab.guard.tables import planted_figures, planted_table
from fondaco.lab.guard.templates import Literal, Slot, book_of, pieces_of

SEED = 3


def _first(language: Language, mistake: Mistake | None) -> Planted:
    return next(one for one in make(language, SEED) if one.mistake is mistake and not one.held)


@pytest.mark.parametrize("language", Language)
def test_a_language_has_many_templates_and_a_third_is_held_out(language: Language) -> None:
    book = book_of(language)

    held = [one for one in book.replies if one.held]

    assert len(book.replies) >= 25
    assert 3 * len(held) == len(book.replies)
    assert {one.scene for one in book.replies} == set(Scene)
    assert 3 * len([one for one in book.claims if one.held]) == len(book.claims)


def test_the_same_seed_makes_the_same_replies() -> None:
    twice = [[one.text for one in islice(make(Language.JA, SEED), 60)] for _ in range(2)]

    assert twice[0] == twice[1]


@pytest.mark.parametrize("language", Language)
def test_a_language_has_three_hundred_replies_and_each_kind_of_mistake(language: Language) -> None:
    made = list(make(language, SEED))

    assert len(made) >= 300
    assert {one.mistake for one in made} == {None, *Mistake}


@pytest.mark.parametrize("language", Language)
def test_a_right_reply_leaves(language: Language) -> None:
    found = examined(_first(language, None))

    assert found.faults == ()


@pytest.mark.parametrize("mistake", Mistake)
@pytest.mark.parametrize("language", Language)
def test_a_mistake_is_kept_back(language: Language, mistake: Mistake) -> None:
    found = examined(_first(language, mistake))

    assert found.faults != ()


def test_a_template_is_cut_at_its_slots() -> None:
    pieces = pieces_of("Order {a.number} comes {a.promised|weekday}, within {=30 days}.")

    assert pieces == (
        "Order ",
        Slot("a", "number", ""),
        " comes ",
        Slot("a", "promised", "weekday"),
        ", within ",
        Literal("30 days"),
        ".",
    )


def test_the_first_order_of_a_scene_may_have_to_come_first() -> None:
    drawn = [draw(Scene.MOVING, Language.EN, SeededChance(seed), "promised") for seed in range(12)]

    assert all(str(one.worth("a", "promised")) <= str(one.worth("b", "promised")) for one in drawn)


@pytest.mark.parametrize(
    ("language", "amount", "day", "near"),
    [
        (Language.DE, "1.234,50 €", "Montag, 23. November", "heute"),
        (Language.EN, "€1,234.50", "Monday, November 23", "today"),
        (Language.ZH, "1,234.50 欧元", "11月23日（周一）", "今天"),
        (Language.JA, "1,234.50 ユーロ", "11月23日(月)", "本日"),
        (Language.KO, "1,234.50유로", "11월 23일(월)", "오늘"),
    ],
)
def test_values_are_spelled_as_people_write_them(
    language: Language, amount: str, day: str, near: str
) -> None:
    speller = rialto().speller(language)

    assert speller.spell(Money(123_450, "EUR"), "") == amount
    assert speller.spell(TODAY, "weekday") == day
    assert speller.spell(TODAY, "relative") == near


def test_the_table_tells_the_held_out_apart() -> None:
    tallies = {
        (Language.DE, False, None): Tally(made=20, stopped=1),
        (Language.DE, True, None): Tally(made=10, stopped=0),
        (Language.DE, False, Mistake.LEAK): Tally(made=4, stopped=4),
        (Language.DE, True, Mistake.LEAK): Tally(made=2, stopped=1),
    }

    figures = list(planted_figures(tallies))

    assert "1/20 | 0/10" in planted_table(tallies)
    assert "4/4 | 1/2" in planted_table(tallies)
    assert [figure.missed for figure in figures] == [False, True, False, False, False, False, False, True]
