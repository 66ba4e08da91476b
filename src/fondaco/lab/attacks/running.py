"""Plays the corpus in one house, attack after attack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from fondaco.lab.attacks.cases import Attack, Class
from fondaco.lab.attacks.house import open_house
from fondaco.lab.attacks.judging import Found, judge
from fondaco.lab.attacks.playing import Player, Seen

#: Classes that share a house, which are open at the same time; no shop has enough orders to refund for all.
_HOUSES = (
    (Class.INJECTION, Class.ORDERS, Class.SPLITTING),
    (Class.CONFUSION, Class.UNICODE, Class.EXFILTRATION, Class.HONEST),
    (Class.CLAIMS, Class.TAKEOVER, Class.REPLAY, Class.CONSENT),
)


_FEW = 40  # attacks for which more than one house does not pay


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An attack, what there was to see, and what is wrong with it."""

    attack: Attack
    seen: Seen
    found: tuple[Found, ...]


async def run_all(attacks: Sequence[Attack], seed: int) -> list[Result]:
    """Return what came of the attacks, in their order.  Raises StorageError, ConfigurationError."""
    groups = [[one for one in attacks if one.sort in sorts] for sorts in _HOUSES]
    if len(attacks) < _FEW:
        groups = [list(attacks)]
    opening = asyncio.Lock()  # a database is brought to its schema by one at a time
    async with asyncio.TaskGroup() as together:
        houses = [together.create_task(_run(group, seed, opening)) for group in groups if group]
    found = {result.attack.id: result for house in houses for result in house.result()}
    return [found[one.id] for one in attacks]


async def _run(attacks: Sequence[Attack], seed: int, opening: asyncio.Lock) -> list[Result]:
    """Play the attacks in one house."""
    results = []
    async with AsyncExitStack() as stack:
        async with opening:
            house = await stack.enter_async_context(open_house(seed))
        everybody = list(house.casting.everybody)
        for attack in attacks:
            seen = await Player(house, attack, house.casting.cast(attack)).play()
            results.append(Result(attack=attack, seen=seen, found=judge(seen, everybody)))
    return results
