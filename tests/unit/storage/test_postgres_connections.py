"""Connections are lent again and again, and never one that may be spoilt."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from fondaco.domain.errors import NotFound
from fondaco.storage.postgres.connections import Connections
from fondaco.testing.clock import FakeClock


class Line:
    """What a connection shows of itself."""

    def __init__(self) -> None:
        self.closed = False
        self.in_transaction = False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True

    async def close(self) -> None:
        self.closed = True


class Exchange:
    """Opens lines, and refuses while it is out of order."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.lines: list[Line] = []
        self.out_of_order = False
        self.connections = Connections(self.connect, self.clock, most=2, wait_seconds=0.01)

    async def connect(self) -> Line:
        if self.out_of_order:
            raise ConnectionRefusedError
        self.lines.append(Line())
        return self.lines[-1]

    async def fail(self, error: BaseException) -> None:
        async with self.connections.lend():
            raise error


async def test_one_after_another_use_one_connection() -> None:
    exchange = Exchange()

    async with exchange.connections.lend() as first:
        pass
    async with exchange.connections.lend() as second:
        pass

    assert first is second


async def test_whoever_comes_when_all_are_lent_waits_and_gives_up() -> None:
    exchange = Exchange()
    await exchange.connections.take()
    held = await exchange.connections.take()

    with pytest.raises(TimeoutError):
        await exchange.connections.take()
    exchange.connections.give_back(held, None)

    assert await exchange.connections.take() is held


async def test_a_connection_that_cannot_be_made_leaves_room_for_the_next() -> None:
    exchange = Exchange()
    exchange.out_of_order = True
    with pytest.raises(ConnectionRefusedError):
        await exchange.connections.take()
    with pytest.raises(ConnectionRefusedError):
        await exchange.connections.take()

    exchange.out_of_order = False

    assert await exchange.connections.take() is exchange.lines[0]


@pytest.mark.parametrize("error", [asyncpg.UniqueViolationError("twice"), NotFound("nowhere")])
async def test_a_statement_that_was_answered_with_an_error_leaves_its_connection_good(
    error: Exception,
) -> None:
    exchange = Exchange()

    with pytest.raises(type(error)):
        await exchange.fail(error)

    assert await exchange.connections.take() is exchange.lines[0]


@pytest.mark.parametrize("error", [asyncio.CancelledError(), TimeoutError(), OSError()])
async def test_a_connection_whose_answer_was_not_waited_for_is_thrown_away(error: BaseException) -> None:
    exchange = Exchange()

    with pytest.raises(type(error)):
        await exchange.fail(error)

    assert exchange.lines[0].closed
    assert await exchange.connections.take() is exchange.lines[1]


@pytest.mark.parametrize("state", ["closed", "in_transaction"])
async def test_a_connection_that_was_lost_or_is_in_a_transaction_is_thrown_away(state: str) -> None:
    exchange = Exchange()
    line = await exchange.connections.take()
    setattr(line, state, True)

    exchange.connections.give_back(line, None)

    assert await exchange.connections.take() is exchange.lines[1]


async def test_a_connection_that_lay_long_unused_is_not_trusted() -> None:
    exchange = Exchange()
    exchange.connections.give_back(await exchange.connections.take(), None)

    await exchange.clock.advance(301)

    assert await exchange.connections.take() is exchange.lines[1]
    assert exchange.lines[0].closed


async def test_closing_waits_for_what_is_lent() -> None:
    exchange = Exchange()
    held = await exchange.connections.take()
    closing = asyncio.create_task(exchange.connections.close())
    await exchange.clock.advance(1)
    assert not closing.done()

    exchange.connections.give_back(held, None)
    await closing

    assert held.is_closed()
