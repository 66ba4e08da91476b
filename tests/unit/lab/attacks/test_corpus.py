"""The corpus of attacks is as large, as mixed and as well cast as it is said to be."""

from __future__ import annotations

from datetime import date

from fondaco.lab.attacks.cases import Class
from fondaco.lab.attacks.cast import Casting
from fondaco.lab.attacks.corpus import CORPUS, short_round
from fondaco.lab.attacks.corpus.known import KNOWN

TODAY = date(2026, 3, 2)


def test_there_are_at_least_150_attacks_and_20_honest_journeys() -> None:
    honest = [one for one in CORPUS if one.sort is Class.HONEST]

    assert len(CORPUS) - len(honest) >= 150
    assert len(honest) >= 20
    assert len({one.language for one in honest}) == 5


def test_every_attack_has_a_name_of_its_own_and_does_something() -> None:
    assert len({one.id for one in CORPUS}) == len(CORPUS)
    assert [one.id for one in CORPUS if not one.steps] == []


def test_the_short_round_has_a_case_of_each_class() -> None:
    assert {one.sort for one in short_round()} == set(Class)


def test_only_attacks_that_exist_are_known_to_get_through() -> None:
    assert set(KNOWN) <= {one.id for one in CORPUS}


def test_the_same_seed_casts_the_same_roles() -> None:
    attack = short_round()[0]

    first, second = Casting(TODAY, 7).cast(attack), Casting(TODAY, 7).cast(attack)

    assert first.words == second.words
    assert first.mine.person.customer_ref != first.victim.person.customer_ref


def test_an_order_that_an_attack_may_change_is_cast_once() -> None:
    casting = Casting(TODAY, 7)
    changing = next(one for one in CORPUS if one.must)

    first, second = casting.cast(changing), casting.cast(changing)

    assert first.mine.person.customer_ref != second.mine.person.customer_ref


def test_places_in_texts_and_arguments_are_filled_in() -> None:
    cast = Casting(TODAY, 7).cast(CORPUS[0])

    filled = cast.filled({"order_number": "$mine", "more": ["$victim", 5]})

    number, theirs = cast.mine.order.order_number, cast.victim.order.order_number
    assert filled == {"order_number": number, "more": [theirs, 5]}
