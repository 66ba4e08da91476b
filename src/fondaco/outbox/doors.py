"""Finds the way out for a delivery: its connection, and the channel that sends for it."""

from __future__ import annotations

from collections.abc import Mapping

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.deliveries import Delivery
from fondaco.domain.errors import DeliveryRejected, NotFound
from fondaco.domain.ports import Channel
from fondaco.outbox.connections import Connections


class Doors:
    """All channels that send, by kind."""

    def __init__(self, connections: Connections, channels: Mapping[ChannelKind, Channel]) -> None:
        self._connections = connections
        self._channels = channels

    async def door_for(self, delivery: Delivery) -> tuple[Connection, Channel]:
        """Return where the delivery goes out.  Raises DeliveryRejected where there is no way."""
        try:
            connection = await self._connections.connection(delivery.connection_id)
        except NotFound as error:
            raise DeliveryRejected(str(error)) from error
        channel = self._channels.get(connection.channel)
        if channel is None:
            raise DeliveryRejected(f"no channel sends {connection.channel.value}")
        return connection, channel
