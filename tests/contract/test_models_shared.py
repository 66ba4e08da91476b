"""Two processes that ask models through one storage know of each other's breakers and share their limits."""

from __future__ import annotations

import pytest

from fondaco.domain.ports import SharedNotes
from fondaco.kit.breaker import Mode
from fondaco.kit.chance import SeededChance
from fondaco.llm.breaker_sync import BreakerSync
from fondaco.llm.breakers import BreakerBoard, Denied, Permit
from fondaco.llm.failures import FailureClass
from fondaco.llm.limiter import Limiters
from fondaco.llm.neighbours import Neighbours
from fondaco.llm.options import BreakerOptions, ProviderOptions
from fondaco.storage.postgres import PostgresStore
from fondaco.storage.sqlite import SqliteStore
from fondaco.testing.clock import FakeClock
from fondaco.testing.shared_notes import MemorySharedNotes
from tests.contract.store_support import Ground
from tests.unit.llm.places_to_ask import a_failure, a_target

TARGET = a_target()
PROVIDER = ProviderOptions(name=TARGET.provider, requests_per_minute=100)


class Process:
    """One of the two."""

    def __init__(self, name: str, notes: SharedNotes, clock: FakeClock) -> None:
        self.board = BreakerBoard(BreakerOptions(), clock, SeededChance(1), targets=(TARGET,))
        self.limiters = Limiters((PROVIDER,), clock)
        self._breakers = BreakerSync(self.board, notes, clock)
        self._neighbours = Neighbours(name, self.limiters, notes, clock)

    async def tell_and_listen(self) -> None:
        await self._breakers.step()
        await self._neighbours.step()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def two(ground: Ground, clock: FakeClock) -> tuple[Process, Process]:
    store = ground.store
    notes = store.notes if isinstance(store, SqliteStore | PostgresStore) else MemorySharedNotes()
    return Process("here", notes, clock), Process("there", notes, clock)


async def test_a_key_that_is_refused_here_is_not_tried_there(two: tuple[Process, Process]) -> None:
    here, there = two
    permit = here.board.may_ask(TARGET)
    assert isinstance(permit, Permit)
    permit.failed(a_failure(FailureClass.CREDENTIAL))

    await here.tell_and_listen()
    await there.tell_and_listen()

    assert isinstance(there.board.may_ask(TARGET), Denied)


async def test_what_is_switched_off_here_is_not_asked_there(two: tuple[Process, Process]) -> None:
    here, there = two
    here.board.force(TARGET, Mode.OPEN)

    await here.tell_and_listen()
    await there.tell_and_listen()

    assert there.board.state_of(TARGET).mode is Mode.OPEN


async def test_two_that_ask_take_half_of_a_limit_each(two: tuple[Process, Process], clock: FakeClock) -> None:
    rooms = [one.limiters.of(TARGET).take(0) for one in two]

    for one in (*two, *two):
        await one.tell_and_listen()
    await clock.advance(20)

    assert None not in rooms
    assert [one.limiters.of(TARGET).view().requests_left for one in two] == [50, 50]
