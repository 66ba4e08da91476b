"""What one process learns of a target, the others know within about a second."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from fondaco.domain.errors import StorageBusy
from fondaco.domain.shared import SharedNote
from fondaco.kit.breaker import Mode
from fondaco.kit.chance import SeededChance
from fondaco.llm.breaker_sync import TOPIC, BreakerSync
from fondaco.llm.breakers import BreakerBoard, Denied, Permit
from fondaco.llm.failures import FailureClass
from fondaco.llm.options import BreakerOptions
from fondaco.testing.clock import FakeClock
from fondaco.testing.shared_notes import MemorySharedNotes
from tests.unit.llm.places_to_ask import a_failure, a_target

TARGET = a_target()


class BrokenNotes(MemorySharedNotes):
    """Shared notes whose database can be away."""

    away = False

    async def put_note(self, topic: str, key: str, data: bytes, at_ms: int) -> None:
        self._answer()
        await super().put_note(topic, key, data, at_ms)

    async def notes(self, topic: str, after_ms: int) -> list[SharedNote]:
        self._answer()
        return await super().notes(topic, after_ms)

    def _answer(self) -> None:
        if self.away:
            raise StorageBusy("the database is away")


def a_board(clock: FakeClock) -> BreakerBoard:
    return BreakerBoard(BreakerOptions(), clock, SeededChance(1))


def break_key(board: BreakerBoard) -> None:
    permit = board.may_ask(TARGET)
    assert isinstance(permit, Permit)
    permit.failed(a_failure(FailureClass.CREDENTIAL))


async def test_an_opening_here_closes_the_door_there() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, there = a_board(clock), a_board(clock)
    break_key(here)

    await BreakerSync(here, notes, clock).step()
    await BreakerSync(there, notes, clock).step()

    assert isinstance(there.may_ask(TARGET), Denied)


async def test_running_side_by_side_they_agree_within_a_second_and_a_half() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    boards = [a_board(clock), a_board(clock)]
    running = [asyncio.create_task(BreakerSync(board, notes, clock).run()) for board in boards]
    await clock.advance(3.1)
    break_key(boards[0])

    await clock.advance(1.5)

    assert isinstance(boards[1].may_ask(TARGET), Denied)
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_what_was_switched_off_by_hand_stays_so_after_a_restart() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    before = a_board(clock)
    before.force(TARGET, Mode.OPEN)
    await BreakerSync(before, notes, clock).step()
    await clock.advance(86_400)
    after = a_board(clock)

    await BreakerSync(after, notes, clock).step()

    assert isinstance(after.may_ask(TARGET), Denied)


async def test_without_news_nothing_is_written() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    board = a_board(clock)
    board.may_ask(TARGET)

    await BreakerSync(board, notes, clock).step()

    assert await notes.notes(TOPIC, 0) == []


async def test_while_the_database_is_away_nothing_is_lost() -> None:
    clock, notes = FakeClock(), BrokenNotes()
    board = a_board(clock)
    sync = BreakerSync(board, notes, clock)
    break_key(board)
    notes.away = True
    await sync.step()
    notes.away = False

    await sync.step()

    assert len(await notes.notes(TOPIC, 0)) == 1


async def test_a_note_dated_in_the_future_makes_nobody_deaf() -> None:
    clock, notes = FakeClock(), MemorySharedNotes()
    here, there = a_board(clock), a_board(clock)
    listening = BreakerSync(there, notes, clock)
    await notes.put_note(TOPIC, "nonsense", b"", clock.now_ms() + 10**9)
    await listening.step()
    break_key(here)
    await BreakerSync(here, notes, clock).step()
    await clock.advance(1)

    await listening.step()

    assert isinstance(there.may_ask(TARGET), Denied)
