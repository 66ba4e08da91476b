"""A connection is looked up once in a few seconds, however many messages go out by it."""

from __future__ import annotations

import asyncio

import pytest

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import NotFound
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.outbox import RememberedConnections
from fondaco.testing.clock import FakeClock

SHOP = ConnectionId("shop")


def connection(name: str) -> Connection:
    return Connection(id=SHOP, workspace_id=WorkspaceId("wsp"), channel=ChannelKind.CALLBACK, name=name)


class Registry:
    """Holds connections and counts how often it is asked."""

    def __init__(self) -> None:
        self.stored: dict[ConnectionId, Connection] = {}
        self.asked = 0

    async def connection(self, connection_id: ConnectionId) -> Connection:
        self.asked += 1
        if connection_id not in self.stored:
            raise NotFound(f"There is no connection {connection_id}.")
        return self.stored[connection_id]


async def test_a_second_message_within_five_seconds_asks_nobody() -> None:
    clock, registry = FakeClock(), Registry()
    registry.stored[SHOP] = connection("first")
    remembered = RememberedConnections(registry, clock)

    await remembered.connection(SHOP)
    await clock.advance(4.9)
    found = await remembered.connection(SHOP)

    assert (found.name, registry.asked) == ("first", 1)


async def test_a_changed_connection_counts_after_five_seconds() -> None:
    clock, registry = FakeClock(), Registry()
    registry.stored[SHOP] = connection("first")
    remembered = RememberedConnections(registry, clock)

    await remembered.connection(SHOP)
    registry.stored[SHOP] = connection("second")
    await clock.advance(5.0)
    found = await remembered.connection(SHOP)

    assert found.name == "second"


async def test_messages_of_one_moment_look_it_up_once() -> None:
    registry = Registry()
    registry.stored[SHOP] = connection("first")
    remembered = RememberedConnections(registry, FakeClock())

    await asyncio.gather(remembered.connection(SHOP), remembered.connection(SHOP))

    assert registry.asked == 1


async def test_that_a_connection_is_missing_is_not_remembered() -> None:
    clock, registry = FakeClock(), Registry()
    remembered = RememberedConnections(registry, clock)

    with pytest.raises(NotFound):
        await remembered.connection(SHOP)
    registry.stored[SHOP] = connection("new")

    assert (await remembered.connection(SHOP)).name == "new"
