"""Plays the corpus in one house, attack after attack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.lab.attacks.cases import Attack
from fondaco.lab.attacks.house import open_house
from fondaco.lab.attacks.judging import Found, judge
from fondaco.lab.attacks.playing import Player, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An attack, what there was to see, and what is wrong with it."""

    attack: Attack
    seen: Seen
    found: tuple[Found, ...]


async def run_all(attacks: Sequence[Attack], seed: int) -> list[Result]:
    """Return what came of the attacks, in their order.  Raises StorageError, ConfigurationError."""
    results = []
    async with open_house(seed) as house:
        everybody = list(house.casting.everybody)
        for attack in attacks:
            seen = await Player(house, attack, house.casting.cast(attack)).play()
            results.append(Result(attack=attack, seen=seen, found=judge(seen, everybody)))
    return results
