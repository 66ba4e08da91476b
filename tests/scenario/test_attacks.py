"""A case of each class of attacks against the demo shop: nothing gets through, and the door still opens."""

from __future__ import annotations

from fondaco.lab.attacks.corpus import short_round
from fondaco.lab.attacks.running import run_all


async def test_attacks_of_every_class_come_to_nothing_and_an_honest_contact_to_the_goal() -> None:
    attacks = short_round()

    results = await run_all(attacks, 7)

    assert len(results) == len(attacks)
    assert [(one.attack.id, one.found) for one in results if one.found] == []
    assert [one.attack.id for one in results if one.attack.must and not one.seen.effects] == []
