"""Processes that ask under the same key keep to the operator's limits together."""

from __future__ import annotations

import asyncio

from fondaco.llm.limiter import Limiters
from fondaco.llm.neighbours import TOPIC, Neighbours
from fondaco.llm.options import ProviderOptions
from fondaco.testing.clock import FakeClock
from fondaco.testing.shared_notes import MemorySharedNotes
from tests.unit.llm.places_to_ask import a_target
from tests.unit.llm.test_breaker_sync import BrokenNotes

TARGET = a_target()


class Process:
    """One of several that ask."""

    def __init__(self, name: str, notes: MemorySharedNotes, clock: FakeClock) -> None:
        options = ProviderOptions(
            name=TARGET.provider, requests_per_minute=100, tokens_per_minute=9_000, in_flight=3
        )
        self.limiters = Limiters((options,), clock)
        self.neighbours = Neighbours(name, self.limiters, notes, clock)

    def ask(self) -> Process:
        """Have a request let in."""
        room = self.limiters.of(TARGET).take(1)
        assert room is not None
        room.settle(1)
        return self

    def limits(self) -> tuple[int | None, int | None]:
        """Return what is there once everything is whole again."""
        view = self.limiters.of(TARGET).view()
        return view.requests_left, view.tokens_left

    def at_once(self) -> int:
        """Return how many are let in beside each other."""
        rooms = [self.limiters.of(TARGET).take(1) for _ in range(9)]
        return sum(room is not None for room in rooms)


async def _meet(clock: FakeClock, *processes: Process) -> None:
    """Let everybody tell, and then count; and fill the buckets."""
    for one in (*processes, *processes):
        await one.neighbours.step()
    await clock.advance(20)


async def test_two_that_ask_take_half_each() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, there = (Process(name, notes, clock).ask() for name in ("here", "there"))

    await _meet(clock, here, there)
    await clock.advance(60)

    assert [here.limits(), there.limits()] == [(50, 4_500)] * 2
    assert here.at_once() == 2


async def test_who_asks_nothing_takes_no_part() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, idle = Process("here", notes, clock).ask(), Process("idle", notes, clock)

    await _meet(clock, here, idle)
    await clock.advance(60)

    assert here.limits() == (100, 9_000)


async def test_the_part_of_one_that_is_gone_comes_back() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, gone = (Process(name, notes, clock).ask() for name in ("here", "gone"))
    await _meet(clock, here, gone)

    await clock.advance(31)
    await here.neighbours.step()
    await clock.advance(60)

    assert here.limits() == (100, 9_000)


async def test_a_limiter_that_is_made_later_knows_of_the_others() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    late, there = Process("late", notes, clock), Process("there", notes, clock).ask()

    await _meet(clock, there, late)

    assert late.limits() == (50, 4_500)


async def test_while_the_database_is_away_everybody_keeps_their_part() -> None:
    clock, notes = FakeClock(), BrokenNotes()
    here, there = (Process(name, notes, clock).ask() for name in ("here", "there"))
    await _meet(clock, here, there)

    notes.away = True
    await clock.advance(600)
    await here.neighbours.step()

    assert here.limits() == (50, 4_500)


async def test_notes_of_processes_long_gone_are_deleted_once_a_day() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    now_ms, day_ms = clock.now_ms(), 86_400_000
    await notes.put_note(TOPIC, "old", b"", now_ms - day_ms - 1)
    await notes.put_note(TOPIC, "young", b"", now_ms - day_ms)
    here = Process("here", notes, clock)

    await here.neighbours.step()

    assert [note.key for note in await notes.notes(TOPIC, 0)] == ["young"]


async def test_it_tells_and_counts_until_it_is_stopped() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, there = (Process(name, notes, clock).ask() for name in ("here", "there"))
    running = [asyncio.create_task(one.neighbours.run()) for one in (here, there)]

    await clock.advance(6)
    await clock.advance(20)

    assert [here.limits(), there.limits()] == [(50, 4_500)] * 2
    for task in running:
        task.cancel()
    await asyncio.wait(running)
