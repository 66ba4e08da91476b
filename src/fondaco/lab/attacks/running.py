"""Plays the corpus in one house, attack after attack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from fondaco.lab.attacks.cases import Attack, Class
from fondaco.lab.attacks.house import open_house
from fondaco.lab.attacks.judging import Found, judge
from fondaco.lab.attacks.playing import Player, Seen

#: Classes that share a house; the shop has not enough orders that could be refunded for all of them.
_HOUSES = {
    **dict.fromkeys(Class, 0),
    Class.REPLAY: 1,
    Class.CONSENT: 1,
    Class.HONEST: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An attack, what there was to see, and what is wrong with it."""

    attack: Attack
    seen: Seen
    found: tuple[Found, ...]


async def run_all(attacks: Sequence[Attack], seed: int) -> list[Result]:
    """Return what came of the attacks, in their order.  Raises StorageError, ConfigurationError."""
    results: list[Result] = []
    for _, together in groupby(attacks, lambda one: _HOUSES[one.sort]):
        results += await _run(list(together), seed)
    return results


async def _run(attacks: Sequence[Attack], seed: int) -> list[Result]:
    """Play the attacks in one house."""
    results = []
    async with open_house(seed) as house:
        everybody = list(house.casting.everybody)
        for attack in attacks:
            seen = await Player(house, attack, house.casting.cast(attack)).play()
            results.append(Result(attack=attack, seen=seen, found=judge(seen, everybody)))
    return results
