"""How long episodes are is read at the start and every hour, and stays known while the database is away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from fondaco.domain.errors import StorageBusy
from fondaco.inbox import EpisodeLengths
from fondaco.testing.clock import FakeClock


class Database:
    """Tells of one episode more each time, and is away the second time."""

    def __init__(self) -> None:
        self.times = 0

    async def read(self) -> Mapping[int, int]:
        self.times += 1
        if self.times == 2:
            raise StorageBusy("The database is away; wait for it.")
        return {8: self.times}


async def test_nothing_is_known_before_it_was_read() -> None:
    assert EpisodeLengths(Database().read, FakeClock()).latest() == {}


async def test_lengths_are_read_at_the_start_and_every_hour_and_outlive_a_database_that_is_away() -> None:
    clock, database = FakeClock(), Database()
    lengths = EpisodeLengths(database.read, clock)
    running = asyncio.create_task(lengths.run())

    await clock.advance(1)
    at_first = lengths.latest()
    await clock.advance(3_600)
    while_away = database.times, lengths.latest()
    await clock.advance(3_600)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert (at_first, while_away, lengths.latest()) == ({8: 1}, (2, {8: 1}), {8: 3})
